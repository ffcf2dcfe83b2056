"""Referrals in the outbox: which events DHIS2 must be brought up to date with.

One row stands for the event of one referral; it says that it is wanted, never what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, or_, select, update

from gateway.storage.engine import insert_new
from gateway.storage.outbox import REFERRAL, SENDING, WAITING, is_due, is_free, take_lease
from gateway.storage.tables import outbox


@dataclass(frozen=True, slots=True)
class EventRow:
    """A claimed event. `sent_revision` is None while DHIS2 has never surely had it."""

    id: int
    referral_id: int
    revision: int
    attempts: int
    sent_revision: int | None


def want(connection: Connection, referrals: Mapping[int, int], period: str, now: datetime) -> None:
    """Asks for the events of these referrals to be brought up to date, due at once.

    `referrals` gives for each id its site. A row in flight keeps its lease: its sender will find
    the revision changed and leave it waiting.
    """
    rows = [
        {
            "kind": REFERRAL,
            "key": f"referral:{referral_id}",
            "state": WAITING,
            "next_at": now,
            "created_at": now,
            "unit_id": site_id,
            "period": period,
            "referral_id": referral_id,
        }
        for referral_id, site_id in sorted(referrals.items(), key=lambda one: f"{one[0]}")
    ]
    if not rows:
        return
    statement = insert_new(connection, outbox)
    in_flight = outbox.c.state == SENDING
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "revision": outbox.c.revision + 1,
            "next_at": statement.excluded.next_at,
            "state": case((in_flight, SENDING), else_=WAITING),
            "attempts": 0,
            "reason": None,
            "detail": None,
        },
    )
    connection.execute(statement, rows)


def claim(
    connection: Connection, most: int, lease: int, now: datetime
) -> tuple[str, list[EventRow]]:
    """Takes due events, the oldest first, for `lease` seconds.

    One whose sender died is due again when its lease has run out: an event has the same UID
    each time, so sending it twice is harmless.
    """
    due = and_(outbox.c.kind == REFERRAL, or_(is_due(now), outbox.c.state == SENDING), is_free())
    statement = (
        select(outbox)
        .where(due)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = [
        EventRow(row.id, row.referral_id, row.revision, row.attempts, row.sent_revision)
        for row in connection.execute(statement)
    ]
    return take_lease(connection, [row.id for row in rows], lease, state=SENDING), rows


def settle(
    connection: Connection, token: str, settlements: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Writes how attempts ended, and lets go of the rows whose lease is still ours.

    Each holds `row`, `of` (the revision it was claimed at), `to` (state), `at` (next_at), `why`,
    `words`, `tries` and `held` (sent_revision). A row whose revision moved on while it was in
    flight is due again at once, whatever became of the attempt.
    """
    current = outbox.c.revision == bindparam("of")
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("row"), outbox.c.lease == token)
        .values(
            state=case((current, bindparam("to")), else_=WAITING),
            next_at=case((current, bindparam("at", type_=outbox.c.next_at.type)), else_=now),
            reason=bindparam("why"),
            detail=bindparam("words"),
            attempts=bindparam("tries"),
            sent_revision=bindparam("held"),
            settled_at=now,
            lease=None,
            lease_until=None,
        )
    )
    rows = sorted((dict(one) for one in settlements), key=lambda one: int(one["row"]))
    if rows:
        connection.execute(statement, rows)
