"""Delivery reports. They come in any order, repeated, and sometimes before the answer to the
send that they are about; a final state is never downgraded."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from gateway.storage.engine import insert_new
from gateway.storage.tables import delivery_reports, opt_outs, outbox

NONE_YET: Final = ""  # of a message that the operator took and has not reported on


def note(
    connection: Connection,
    *,
    message_id: str,
    status: str,
    reason: str | None,
    final: bool,
    now: datetime,
) -> None:
    """Keeps a delivery report, and shows it on the reply that it is about."""
    statement = insert_new(connection, delivery_reports).values(
        message_id=message_id, status=status, reason=reason, final=final, received_at=now
    )
    fresh = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["message_id"],
        set_={
            "status": fresh.status,
            "reason": fresh.reason,
            "final": fresh.final,
            "received_at": fresh.received_at,
        },
        where=delivery_reports.c.final.is_(False),
    )
    connection.execute(statement)
    newest = select(delivery_reports.c.status).where(delivery_reports.c.message_id == message_id)
    connection.execute(
        update(outbox)
        .where(outbox.c.message_id == message_id)
        .values(delivery=newest.scalar_subquery())
    )


def expect(
    connection: Connection, message_ids: Collection[str], now: datetime
) -> Mapping[str, str]:
    """Makes room for the reports of messages that are being settled as sent; returns, by message
    id, the statuses that were reported already.

    A report that arrives before the caller's COMMIT then waits for it, and finds the reply: it
    could neither see that uncommitted row, nor be seen.
    """
    rows = [
        {"message_id": one, "status": NONE_YET, "final": False, "received_at": now}
        for one in sorted(set(message_ids))
    ]
    if not rows:
        return {}
    connection.execute(insert_new(connection, delivery_reports).on_conflict_do_nothing(), rows)
    statement = select(delivery_reports.c.message_id, delivery_reports.c.status).where(
        delivery_reports.c.message_id.in_(message_ids), delivery_reports.c.status != NONE_YET
    )
    return {row.message_id: row.status for row in connection.execute(statement)}


def opt_out(connection: Connection, *, phone: str, sender_id: str, now: datetime) -> None:
    """Keeps that this number wants no messages that nobody asked for."""
    statement = insert_new(connection, opt_outs).values(phone=phone, sender_id=sender_id, since=now)
    connection.execute(statement.on_conflict_do_nothing())
