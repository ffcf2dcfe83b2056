"""Forwards in the outbox: which DHIS2 cells must be brought up to date, and what DHIS2 holds.

One row stands for the cells of a (receiving unit, form, month); it says that they are wanted,
never what they are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, or_, select, update

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
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = [_forward(row) for row in connection.execute(statement)]
    token = take_lease(connection, [row.id for row in rows], lease, state=SENDING)
    return token, rows


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
