"""Forwards in the outbox: which DHIS2 cells must be brought up to date, and what DHIS2 holds.

One row stands for the cells of a (receiving unit, form, month); it says that they are wanted,
never what they are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, or_, select, update

from gateway.storage.engine import db_seconds, insert_new
from gateway.storage.outbox import DHIS2, SENDING, WAITING, is_due, is_free, take_lease
from gateway.storage.tables import outbox


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
class ForwardRow:
    """A claimed forward, with what DHIS2 holds of it.

    `sent_values` are the cells it has been sent, at the DHIS2 unit `sent_to`. While
    `sent_revision` is None, that is only what it may hold: an answer was lost, or never waited
    for. `sent_complete` is what it was last told about completeness; while `doubted`, nobody
    knows whether it took that.
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
    doubted: bool = False
    sent_to: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What DHIS2 may hold of a forward after a request whose answer we might not live to see.

    `sent_values` are None when the request changes no cell.
    """

    sent_values: Mapping[str, str] | None
    sent_to: str | None
    doubted: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a forward stands after its attempt; the fields are those of the outbox."""

    state: str
    next_at: datetime | None = None
    reason: str | None = None
    detail: str | None = None
    attempts: int = 0
    sent_values: Mapping[str, str] = field(default_factory=dict)
    sent_revision: int | None = None
    sent_complete: bool = False
    doubted: bool = False
    sent_to: str | None = None


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


def in_flight(connection: Connection) -> int:
    """How many claims of forwards somebody is sending from at this moment."""
    statement = select(func.count(outbox.c.lease.distinct())).where(
        outbox.c.kind == DHIS2,
        outbox.c.lease.is_not(None),
        outbox.c.state == SENDING,
        outbox.c.lease_until >= db_seconds(),
    )
    return int(connection.scalar(statement) or 0)


def claim_forwards(
    connection: Connection, most: Mapping[str, int], lease: int, now: datetime
) -> tuple[str, list[ForwardRow]]:
    """Takes due forwards of one form, the oldest first, for `lease` seconds.

    `most` says by form how many. One form is one data set, and one request holds one data set.
    A forward whose sender died is due again when its lease has run out: sending absolute
    values twice is harmless.
    """
    due = and_(
        outbox.c.kind == DHIS2,
        outbox.c.form.in_(most),
        or_(is_due(now), outbox.c.state == SENDING),
        is_free(),
    )
    first = select(outbox.c.form).where(due).order_by(outbox.c.next_at, outbox.c.id).limit(1)
    form = connection.scalar(first)
    if form is None:
        return "", []
    statement = (
        select(outbox)
        .where(due, outbox.c.form == form)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most[form])
        .with_for_update(skip_locked=True)
    )
    rows = [_forward(row) for row in connection.execute(statement)]
    token = take_lease(connection, [row.id for row in rows], lease, state=SENDING)
    return token, rows


def note_attempt(connection: Connection, token: str, notes: Mapping[int, Note]) -> None:
    """Notes before a request what DHIS2 may hold after it, should we not live to see."""
    mine = update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.lease == token)
    doubts = [
        {"row": row, "doubt": one.doubted} for row, one in sorted(notes.items()) if one.doubted
    ]
    if doubts:
        connection.execute(mine.values(complete_doubted=bindparam("doubt")), doubts)
    cells = [
        {"row": row, "cells": dict(one.sent_values), "place": one.sent_to}
        for row, one in sorted(notes.items())
        if one.sent_values is not None
    ]
    if cells:
        changed = mine.values(
            sent_revision=None,
            sent_values=bindparam("cells", type_=outbox.c.sent_values.type),
            sent_to=bindparam("place"),
        )
        connection.execute(changed, cells)


def note_unknown(
    connection: Connection, token: str, ids: Sequence[int], reason: str, lease: int
) -> None:
    """The answer was lost: keeps these rows from everybody for `lease` seconds more.

    Whoever sends them next then cannot be overtaken by what the far side still writes. The
    lease is nobody's any more, so that it does not count as a request under way.
    """
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.lease == token)
        .values(
            lease=None,
            lease_until=db_seconds() + lease,
            reason=reason,
            attempts=outbox.c.attempts + 1,
        )
    )
    connection.execute(statement)


def settle_forwards(
    connection: Connection,
    token: str,
    settled: Sequence[tuple[ForwardRow, Settlement]],
    now: datetime,
) -> None:
    """Writes how forwards stand after their attempts, and lets go of them.

    A row whose revision moved on while it was in flight is due again at once, whatever became
    of the attempt. Rows whose lease was lost are left alone.
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
            sent_revision=bindparam("held"),
            sent_complete=bindparam("done"),
            complete_doubted=bindparam("doubt"),
            sent_to=bindparam("place"),
            settled_at=now,
            lease=None,
            lease_until=None,
        )
    )
    rows = [_columns(row, one) for row, one in settled]
    if rows:
        connection.execute(statement, sorted(rows, key=lambda one: int(one["row"])))


def _columns(row: ForwardRow, one: Settlement) -> dict[str, Any]:
    return {
        "row": row.id,
        "of": row.revision,
        "to": one.state,
        "at": one.next_at,
        "why": one.reason,
        "words": one.detail,
        "tries": one.attempts,
        "cells": dict(one.sent_values),
        "held": one.sent_revision,
        "done": one.sent_complete,
        "doubt": one.doubted,
        "place": one.sent_to,
    }


def known_from(connection: Connection, unit_ids: Collection[int], since: str) -> list[Wanted]:
    """The forwards of these units on our books, from a month on."""
    statement = select(outbox.c.unit_id, outbox.c.form, outbox.c.period).where(
        outbox.c.kind == DHIS2, outbox.c.unit_id.in_(unit_ids), outbox.c.period >= since
    )
    return [Wanted(*row) for row in connection.execute(statement)]


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
        doubted=row.complete_doubted,
        sent_to=row.sent_to,
    )
