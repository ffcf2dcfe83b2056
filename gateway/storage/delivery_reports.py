"""Delivery reports as they come.

They come in any order, repeated, and sometimes before the answer to the send that they are
about; a final state is never downgraded.
"""

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
    """Store a delivery report, and show it on the reply that it is about."""
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
    """Reserve the reports of messages that are being settled as sent, until the COMMIT.

    Return, by message id, the statuses that were reported already. Every row is locked, also
    one that an earlier report made: a report that arrives before the caller's COMMIT could
    not see the outbox row and its status would be lost, so it has to wait.
    """
    rows = [
        {"message_id": message_id, "status": NONE_YET, "final": False, "received_at": now}
        for message_id in sorted(set(message_ids))
    ]
    if not rows:
        return {}
    connection.execute(insert_new(connection, delivery_reports).on_conflict_do_nothing(), rows)
    statement = (
        select(delivery_reports.c.message_id, delivery_reports.c.status)
        .where(delivery_reports.c.message_id.in_(message_ids))
        .order_by(delivery_reports.c.message_id)
        .with_for_update()
    )
    found = connection.execute(statement)
    return {row.message_id: row.status for row in found if row.status != NONE_YET}


def opt_out(connection: Connection, *, phone: str, sender_id: str, now: datetime) -> None:
    """Store that this number wants no messages that it did not ask for."""
    statement = insert_new(connection, opt_outs).values(phone=phone, sender_id=sender_id, since=now)
    connection.execute(statement.on_conflict_do_nothing())
