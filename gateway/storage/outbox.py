"""What still has to go out, in SQL: replies to people and forwards to DHIS2.

A row is claimed with a lease by the database's own clock. Whoever claimed it may write to it
only while the lease is still theirs; when they die, the lease runs out and the row is due
again. `waiting` rows are due at `next_at`; `sending` rows may have reached the far side.
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
    case,
    func,
    insert,
    or_,
    select,
    update,
)

from gateway.storage.engine import db_seconds, insert_new
from gateway.storage.tables import org_units, outbox

WAITING, SENDING, SENT, REFUSED, UNKNOWN = "waiting", "sending", "sent", "refused", "unknown"
REPLY, DHIS2 = "reply", "dhis2"
OPEN = (WAITING, SENDING)


@dataclass(frozen=True, slots=True)
class NewReply:
    """An answer to one message. `key` makes it the only one."""

    key: str
    phone: str
    text: str
    parts: int
    message_id: int
    unit_id: int | None
    form: str | None
    period: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """DHIS2 should hold what is stored for this receiving unit, form and month."""

    unit_id: int
    form: str
    period: str

    @property
    def key(self) -> str:
        return f"dhis2:{self.form}:{self.unit_id}:{self.period}"


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A claimed reply."""

    id: int
    phone: str
    text: str
    parts: int
    attempts: int
    unknowns: int


@dataclass(frozen=True, slots=True)
class ForwardRow:
    """A claimed forward, with what DHIS2 holds of it.

    `sent_values` are the cells it has been sent. While `sent_revision` is None, that is only
    what it may hold: an answer was lost, or never waited for.
    """

    id: int
    unit_id: int
    form: str
    period: str
    revision: int
    attempts: int
    sent_revision: int | None
    sent_values: Mapping[str, str]
    sent_complete: bool


def add_replies(connection: Connection, replies: Sequence[NewReply], now: datetime) -> None:
    """Queues answers, due at once."""
    rows = [
        {
            "kind": REPLY,
            "key": one.key,
            "state": WAITING,
            "next_at": now,
            "created_at": now,
            "phone": one.phone,
            "text": one.text,
            "parts": one.parts,
            "inbox_id": one.message_id,
            "unit_id": one.unit_id,
            "form": one.form,
            "period": one.period,
        }
        for one in replies
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def want(connection: Connection, wanted: Sequence[Wanted], now: datetime) -> None:
    """Asks for these cells to be brought up to date, due at once.

    A row in flight keeps its lease: its sender will find the revision changed and leave it
    waiting. Rows are touched in the order of their keys, so that two batches cannot wait for
    each other.
    """
    rows = [
        {
            "kind": DHIS2,
            "key": one.key,
            "state": WAITING,
            "next_at": now,
            "created_at": now,
            "unit_id": one.unit_id,
            "form": one.form,
            "period": one.period,
        }
        for one in sorted(set(wanted), key=lambda one: one.key)
    ]
    if not rows:
        return
    statement = insert_new(connection, outbox)
    fresh = statement.excluded
    in_flight = outbox.c.state == SENDING
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "revision": outbox.c.revision + 1,
            "next_at": fresh.next_at,
            "state": case((in_flight, SENDING), else_=WAITING),
            "attempts": 0,
            "reason": None,
            "detail": None,
        },
    )
    connection.execute(statement, rows)


def claim_replies(
    connection: Connection, most: int, lease: int, now: datetime
) -> tuple[str, list[ReplyRow]]:
    """Takes due replies, oldest first, for `lease` seconds; a token and the rows."""
    due = and_(outbox.c.kind == REPLY, _due(now), _free())
    statement = (
        select(outbox)
        .where(due)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = [
        ReplyRow(row.id, row.phone, row.text, row.parts or 1, row.attempts, row.unknowns)
        for row in connection.execute(statement)
    ]
    return _lease(connection, [row.id for row in rows], lease), rows


def overdue_sends(connection: Connection, most: int, lease: int) -> tuple[str, list[ReplyRow]]:
    """Takes replies whose sender died in the middle of the call: they may have gone out."""
    statement = (
        select(outbox)
        .where(outbox.c.kind == REPLY, outbox.c.state == SENDING, _free())
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = [
        ReplyRow(row.id, row.phone, row.text, row.parts or 1, row.attempts, row.unknowns)
        for row in connection.execute(statement)
    ]
    return _lease(connection, [row.id for row in rows], lease), rows


def claim_forwards(
    connection: Connection, forms: Collection[str], most: int, lease: int, now: datetime
) -> tuple[str, list[ForwardRow]]:
    """Takes due forwards of one of these forms, the oldest first, for `lease` seconds.

    One form is one data set, and one request holds one data set. A forward whose sender died
    is due again when its lease has run out: sending absolute values twice is harmless.
    """
    due = and_(
        outbox.c.kind == DHIS2,
        outbox.c.form.in_(forms),
        or_(_due(now), outbox.c.state == SENDING),
        _free(),
    )
    first = select(outbox.c.form).where(due).order_by(outbox.c.next_at, outbox.c.id).limit(1)
    form = connection.scalar(first)
    if form is None:
        return "", []
    statement = (
        select(outbox)
        .where(due, outbox.c.form == form)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = [_forward(row) for row in connection.execute(statement)]
    token = _lease(connection, [row.id for row in rows], lease, state=SENDING)
    return token, rows


def mark_sending(connection: Connection, token: str, ids: Sequence[int], lease: int) -> list[int]:
    """Says that these rows may reach the far side from now on; those still ours."""
    if not ids:
        return []
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.lease == token)
        .values(state=SENDING, lease_until=db_seconds() + lease, attempts=outbox.c.attempts + 1)
        .returning(outbox.c.id)
    )
    return list(connection.scalars(statement))


def note_attempt(
    connection: Connection, token: str, may_hold: Mapping[int, Mapping[str, str]]
) -> None:
    """Notes before a request what DHIS2 may hold after it, should we not live to see."""
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("row"), outbox.c.lease == token)
        .values(sent_revision=None, sent_values=bindparam("cells", type_=outbox.c.sent_values.type))
    )
    rows = [{"row": row, "cells": dict(cells)} for row, cells in sorted(may_hold.items())]
    if rows:
        connection.execute(statement, rows)


def note_unknown(
    connection: Connection, token: str, ids: Sequence[int], reason: str, lease: int
) -> None:
    """The answer was lost: keeps these rows from everybody for `lease` seconds more.

    Whoever sends them next then cannot be overtaken by what the far side still writes.
    """
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.lease == token)
        .values(lease_until=db_seconds() + lease, reason=reason, attempts=outbox.c.attempts + 1)
    )
    connection.execute(statement)


def renew(connection: Connection, token: str, ids: Sequence[int], lease: int) -> bool:
    """Holds these rows for another `lease` seconds, before one more call.

    Returns whether they were all still ours: somebody who slept through a lease must not send.
    """
    ours = lock(connection, token, ids)
    statement = update(outbox).where(outbox.c.id.in_(ours))
    connection.execute(statement.values(lease_until=db_seconds() + lease))
    return len(ours) == len(set(ids))


def lock(connection: Connection, token: str, ids: Sequence[int]) -> list[int]:
    """Locks those of these rows that are still ours until the transaction ends; their ids.

    In the order of their keys, in which `want` touches them too, so that two transactions
    cannot wait for each other.
    """
    statement = (
        select(outbox.c.id)
        .where(outbox.c.id.in_(ids), outbox.c.lease == token)
        .order_by(outbox.c.key)
        .with_for_update()
    )
    return list(connection.scalars(statement))


def release(connection: Connection, token: str) -> None:
    """Lets go of rows that were claimed and never marked as sending."""
    statement = (
        update(outbox)
        .where(outbox.c.lease == token, outbox.c.state == WAITING)
        .values(lease=None, lease_until=None)
    )
    connection.execute(statement)


def settle(connection: Connection, token: str, changes: Mapping[int, Mapping[str, Any]]) -> int:
    """Writes how attempts ended, each row's own columns, and lets go of the rows.

    Rows whose lease was lost are left alone; returns how many were ours. Rows that change the
    same columns, most often all of them, share one statement.
    """
    statement = update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.lease == token)
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row_id, columns in sorted(changes.items()):
        row = {**columns, "lease": None, "lease_until": None, "row": row_id}
        alike[tuple(sorted(row))].append(row)
    return sum(connection.execute(statement, rows).rowcount for rows in alike.values())


def settle_forwards(
    connection: Connection, token: str, settlements: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Like `settle` for many forwards in one statement.

    Each holds `row`, `of` (the revision it was claimed at), `to` (state), `at` (next_at),
    `why`, `words`, `tries`, `cells`, `held` (sent_revision), `done` (sent_complete). A row
    whose revision moved on while it was in flight is due again at once, whatever became of
    the attempt.
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
            sent_values=bindparam("cells", type_=outbox.c.sent_values.type),
            sent_complete=bindparam("done"),
            sent_revision=bindparam("held"),
            settled_at=now,
            lease=None,
            lease_until=None,
        )
    )
    rows = sorted((dict(one) for one in settlements), key=lambda one: int(one["row"]))
    if rows:
        connection.execute(statement, rows)


def has_due(connection: Connection, kind: str, now: datetime) -> bool:
    """Whether anything of this kind could be claimed now."""
    due = and_(outbox.c.kind == kind, or_(_due(now), outbox.c.state == SENDING), _free())
    return connection.execute(select(outbox.c.id).where(due).limit(1)).first() is not None


def bring_forward(connection: Connection, kind: str, now: datetime) -> None:
    """Makes everything of this kind that waits due at once: the far side is back.

    A row that somebody else is just writing to is passed over.
    """
    waiting_rows = (
        select(outbox.c.id)
        .where(outbox.c.kind == kind, outbox.c.state == WAITING, outbox.c.attempts > 0)
        .with_for_update(skip_locked=True)
    )
    connection.execute(update(outbox).where(outbox.c.id.in_(waiting_rows)).values(next_at=now))


def retry(connection: Connection, ids: Sequence[int] | None, now: datetime) -> list[int]:
    """Makes rows that wait or were refused due at once; all of them when `ids` is None."""
    mendable = outbox.c.state.in_((WAITING, REFUSED, UNKNOWN))
    chosen = mendable if ids is None else and_(mendable, outbox.c.id.in_(ids))
    if ids is None:
        chosen = and_(chosen, outbox.c.state != UNKNOWN)
    statement = (
        update(outbox)
        .where(chosen)
        .values(state=WAITING, next_at=now, attempts=0, unknowns=0, reason=None, detail=None)
        .returning(outbox.c.id)
    )
    return sorted(connection.scalars(statement))


def listing(connection: Connection) -> list[Row[Any]]:
    """What still has to go out, or was refused, oldest first."""
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
        .where(outbox.c.state != SENT)
        .order_by(outbox.c.id)
    )
    return list(connection.execute(statement))


def waiting(connection: Connection, kind: str) -> tuple[int, datetime | None]:
    """How many rows of a kind are still open, and since when the oldest was due."""
    statement = select(func.count(), func.min(outbox.c.next_at)).where(
        outbox.c.kind == kind, outbox.c.state.in_(OPEN)
    )
    count, oldest = connection.execute(statement).one()
    return int(count), oldest


def units_known(
    connection: Connection, unit_ids: Collection[int], form: str, period: str
) -> list[int]:
    """Which of these units have DHIS2 cells of this form and month on our books."""
    statement = select(outbox.c.unit_id).where(
        outbox.c.kind == DHIS2,
        outbox.c.unit_id.in_(unit_ids),
        outbox.c.form == form,
        outbox.c.period == period,
    )
    return list(connection.scalars(statement))


def refused_count(connection: Connection) -> int:
    """How many rows the far side refused for good."""
    statement = select(func.count()).select_from(outbox).where(outbox.c.state == REFUSED)
    return int(connection.scalar(statement) or 0)


def replies_since(connection: Connection, phones: Sequence[str], since: datetime) -> dict[str, int]:
    """How many replies each of these numbers was given since a moment."""
    statement = (
        select(outbox.c.phone, func.count())
        .where(outbox.c.kind == REPLY, outbox.c.phone.in_(phones), outbox.c.created_at >= since)
        .group_by(outbox.c.phone)
    )
    return {phone: int(count) for phone, count in connection.execute(statement)}


def blank_texts(connection: Connection, before: datetime) -> int:
    """Takes the text out of replies older than this moment that went out or never will."""
    statement = (
        update(outbox)
        .where(
            outbox.c.kind == REPLY,
            outbox.c.text.is_not(None),
            outbox.c.created_at < before,
            outbox.c.state.not_in(OPEN),
        )
        .values(text=None)
    )
    return connection.execute(statement).rowcount


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.state == WAITING, outbox.c.next_at <= now)


def _free() -> ColumnElement[bool]:
    return or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < db_seconds())


def _lease(connection: Connection, ids: Sequence[int], lease: int, state: str | None = None) -> str:
    token = secrets.token_hex(8)
    columns: dict[str, Any] = {"lease": token, "lease_until": db_seconds() + lease}
    if state is not None:
        columns["state"] = state
    if ids:
        connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**columns))
    return token


def _forward(row: Row[Any]) -> ForwardRow:
    return ForwardRow(
        id=row.id,
        unit_id=row.unit_id,
        form=row.form,
        period=row.period,
        revision=row.revision,
        attempts=row.attempts,
        sent_revision=row.sent_revision,
        sent_values=row.sent_values or {},
        sent_complete=bool(row.sent_complete),
    )
