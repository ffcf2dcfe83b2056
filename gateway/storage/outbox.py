"""Rows that still have to go out: replies and notices to people, forwards to DHIS2.

A row is claimed with a lease by the database's own clock. Its sender may write to it only while
the lease is still theirs; when the sender dies, the lease runs out and the row is due again.
`waiting` rows are due at `next_at`; `sending` rows may have reached the far side.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from gateway.storage.engine import db_seconds
from gateway.storage.tables import org_units, outbox

WAITING, SENDING, SENT, REFUSED, UNKNOWN = "waiting", "sending", "sent", "refused", "unknown"
DROPPED = "dropped"  # a notice that has become pointless
REPLY, NOTICE, DHIS2, REFERRAL = "reply", "notice", "dhis2", "referral"
OPEN = (WAITING, SENDING)


def renew(connection: Connection, token: str, ids: Sequence[int], lease: int) -> bool:
    """Hold these rows for another `lease` seconds, before one more call.

    Return whether all of them are still held: a sender that overslept a lease must not send.
    """
    held = lock(connection, token, ids)
    statement = update(outbox).where(outbox.c.id.in_(held))
    connection.execute(statement.values(lease_until=db_seconds() + lease))
    return len(held) == len(set(ids))


def lock(connection: Connection, token: str, ids: Sequence[int]) -> list[int]:
    """Lock those of these rows whose lease is `token`, until the transaction ends.

    Return their ids. The order is that of their keys, in which `forward_rows.request` touches
    them too, so that two transactions cannot wait for each other.
    """
    statement = (
        select(outbox.c.id)
        .where(outbox.c.id.in_(ids), outbox.c.lease == token)
        .order_by(outbox.c.key)
        .with_for_update()
    )
    return list(connection.scalars(statement))


def release(connection: Connection, token: str) -> None:
    """Let go of rows that were claimed and never marked as sending."""
    statement = (
        update(outbox)
        .where(outbox.c.lease == token, outbox.c.state == WAITING)
        .values(lease=None, lease_until=None)
    )
    connection.execute(statement)


def settle(connection: Connection, token: str, changes: Mapping[int, Mapping[str, Any]]) -> int:
    """Write how attempts ended, each row's own columns, and let go of the rows.

    Rows whose lease was lost are left alone; return how many were not. Rows that change the
    same columns, most often all of them, share one statement.
    """
    statement = update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.lease == token)
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row_id, columns in sorted(changes.items()):
        row = {**columns, "lease": None, "lease_until": None, "row": row_id}
        alike[tuple(sorted(row))].append(row)
    return sum(connection.execute(statement, rows).rowcount for rows in alike.values())


def has_due(connection: Connection, kind: str, now: datetime) -> bool:
    """Return whether any row of this kind could be claimed now."""
    due = select(outbox.c.id).where(is_claimable(kind, now))
    return connection.execute(due.limit(1)).first() is not None


def make_due(connection: Connection, kind: str, now: datetime, form: str | None = None) -> None:
    """Make every row of this kind (and form) that failed and waits due at once.

    A row that another transaction is writing to is passed over.
    """
    waits = and_(outbox.c.kind == kind, outbox.c.state == WAITING, outbox.c.attempts > 0)
    if form is not None:
        waits = and_(waits, outbox.c.form == form)
    waiting_rows = select(outbox.c.id).where(waits).with_for_update(skip_locked=True)
    connection.execute(update(outbox).where(outbox.c.id.in_(waiting_rows)).values(next_at=now))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows of the outbox are meant: those to which all that is given applies."""

    reason: str | None = None
    forms: Collection[str] | None = None
    period: str | None = None


def retry(
    connection: Connection, ids: Sequence[int] | None, now: datetime, chosen: Chosen | None = None
) -> list[int]:
    """Make rows that wait or were refused due at once; return their ids.

    When `ids` is None these are the `chosen` ones, or all, but no SMS whose outcome is unknown.
    """
    states = (WAITING, REFUSED, UNKNOWN) if ids is not None else (WAITING, REFUSED)
    mendable: ColumnElement[bool] = outbox.c.state.in_(states)
    if ids is not None:
        mendable = and_(mendable, outbox.c.id.in_(ids))
    if chosen is not None:
        mendable = and_(mendable, *_conditions(chosen))
    statement = (
        update(outbox)
        .where(mendable)
        .values(state=WAITING, next_at=now, attempts=0, unknowns=0, reason=None, detail=None)
        .returning(outbox.c.id)
    )
    return sorted(connection.scalars(statement))


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.reason is not None:
        conditions.append(outbox.c.reason == chosen.reason)
    if chosen.forms is not None:
        conditions.append(outbox.c.form.in_(chosen.forms))
    if chosen.period is not None:
        conditions.append(outbox.c.period == chosen.period)
    return conditions


def listing(connection: Connection) -> list[Row[Any]]:
    """Return what still has to go out, or was refused, oldest first."""
    statement = (
        select(
            outbox.c.id,
            outbox.c.kind,
            org_units.c.code.label("site"),
            outbox.c.form,
            outbox.c.period,
            outbox.c.state,
            outbox.c.reason,
            outbox.c.detail,
            outbox.c.attempts,
            outbox.c.next_at,
        )
        .select_from(outbox.outerjoin(org_units, org_units.c.id == outbox.c.unit_id))
        .where(outbox.c.state.not_in((SENT, DROPPED)))
        .order_by(outbox.c.id)
    )
    return list(connection.execute(statement))


def waiting(connection: Connection, kind: str) -> tuple[int, datetime | None]:
    """Return how many rows of a kind are still open, and since when the oldest was due."""
    statement = select(func.count(), func.min(outbox.c.next_at)).where(
        outbox.c.kind == kind, outbox.c.state.in_(OPEN)
    )
    count, oldest_at = connection.execute(statement).one()
    return int(count), oldest_at


def refused_reasons(connection: Connection) -> dict[str, int]:
    """Return how many rows were refused for good, by the reason."""
    statement = (
        select(func.coalesce(outbox.c.reason, ""), func.count())
        .where(outbox.c.state == REFUSED)
        .group_by(outbox.c.reason)
    )
    return {reason: int(count) for reason, count in connection.execute(statement)}


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a row waits and its time has come."""
    return and_(outbox.c.state == WAITING, outbox.c.next_at <= now)


def is_free() -> ColumnElement[bool]:
    """Return the condition that no sender holds a row."""
    return or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < db_seconds())


def is_claimable(kind: str, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a row of a kind is due, or that its sender died."""
    return and_(outbox.c.kind == kind, or_(is_due(now), outbox.c.state == SENDING), is_free())


def oldest(connection: Connection, condition: ColumnElement[bool], most: int) -> list[Row[Any]]:
    """Lock and return up to `most` rows that meet a condition, the longest due first.

    Rows that another transaction holds are passed over.
    """
    statement = (
        select(outbox)
        .where(condition)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(statement))


def take_lease(
    connection: Connection, ids: Sequence[int], lease: int, state: str | None = None
) -> str:
    """Hold these rows for `lease` seconds, and put them into `state`; return the token."""
    token = secrets.token_hex(8)
    columns: dict[str, Any] = {"lease": token, "lease_until": db_seconds() + lease}
    if state is not None:
        columns["state"] = state
    if ids:
        connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**columns))
    return token
