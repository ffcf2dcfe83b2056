"""Forwards of reports in the outbox: the DHIS2 cells of a (receiving unit, form, month)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, update

from gateway.storage import forward_rows
from gateway.storage.engine import db_seconds
from gateway.storage.forward_rows import Settlement
from gateway.storage.outbox import DHIS2, SENDING, is_claimable
from gateway.storage.tables import outbox


@dataclass(frozen=True, slots=True)
class Forward:
    """The cells of one receiving unit, form and month (YYYYMM)."""

    unit_id: int
    form: str
    period: str

    @property
    def key(self) -> str:
        """Return the key of its row."""
        return f"dhis2:{self.form}:{self.unit_id}:{self.period}"


@dataclass(frozen=True, slots=True)
class ForwardRow:
    """A claimed forward, with what DHIS2 holds of it.

    `sent_values` are the cells it has been sent, at the DHIS2 unit `sent_to`. While
    `sent_revision` is None, that is only what it may hold: an answer was lost, or never waited
    for. `sent_complete` is what it was last told about completeness; while `doubted`, it is
    not certain that it took that.
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
    """What DHIS2 may hold of a forward after a request whose answer may never be read.

    `sent_values` are None when the request changes no cell.
    """

    sent_values: Mapping[str, str] | None
    sent_to: str | None
    doubted: bool


@dataclass(frozen=True, slots=True)
class CellSettlement(Settlement):
    """How a forward of a report stands after its attempt, with what DHIS2 holds of it."""

    sent_values: Mapping[str, str] = field(default_factory=dict)
    sent_complete: bool = False
    doubted: bool = False
    sent_to: str | None = None

    def columns(self) -> dict[str, Any]:
        """Return what is written whether or not the row was requested again meanwhile."""
        return {
            **Settlement.columns(self),
            "sent_values": dict(self.sent_values),
            "sent_complete": self.sent_complete,
            "complete_doubted": self.doubted,
            "sent_to": self.sent_to,
        }


def request(connection: Connection, forwards: Collection[Forward], now: datetime) -> None:
    """Ask for these cells to be brought up to date, due at once."""
    wanted = {
        forward.key: {
            "unit_id": forward.unit_id,
            "form": forward.form,
            "period": forward.period,
        }
        for forward in forwards
    }
    forward_rows.request(connection, DHIS2, wanted, now)


def in_flight(connection: Connection) -> int:
    """Return how many claims of forwards have a living sender at this moment."""
    statement = select(func.count(outbox.c.lease.distinct())).where(
        outbox.c.kind == DHIS2,
        outbox.c.lease.is_not(None),
        outbox.c.state == SENDING,
        outbox.c.lease_until >= db_seconds(),
    )
    return int(connection.scalar(statement) or 0)


def claim(
    connection: Connection, most: Mapping[str, int], lease: int, now: datetime
) -> tuple[str, list[ForwardRow]]:
    """Take due forwards of one form, the oldest first, for `lease` seconds.

    `most` says by form how many. One form is one data set, and one request holds one data set.
    A forward whose sender died is due again when its lease has run out: sending absolute
    values twice is harmless.
    """
    due = and_(is_claimable(DHIS2, now), outbox.c.form.in_(most))
    first = select(outbox.c.form).where(due).order_by(outbox.c.next_at, outbox.c.id).limit(1)
    form = connection.scalar(first)
    if form is None:
        return "", []
    of_form = and_(due, outbox.c.form == form)
    token, rows = forward_rows.claim(connection, of_form, most[form], lease)
    return token, [_forward(row) for row in rows]


def note_attempt(connection: Connection, token: str, notes: Mapping[int, Note]) -> None:
    """Record, before sending, what DHIS2 may hold if this process dies before the answer."""
    mine = update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.lease == token)
    doubts = [
        {"row": row, "doubt": note.doubted} for row, note in sorted(notes.items()) if note.doubted
    ]
    if doubts:
        connection.execute(mine.values(complete_doubted=bindparam("doubt")), doubts)
    cells = [
        {"row": row, "cells": dict(note.sent_values), "place": note.sent_to}
        for row, note in sorted(notes.items())
        if note.sent_values is not None
    ]
    if cells:
        changed = mine.values(
            sent_revision=None,
            sent_values=bindparam("cells", type_=outbox.c.sent_values.type),
            sent_to=bindparam("place"),
        )
        connection.execute(changed, cells)


def requested_since(connection: Connection, unit_ids: Collection[int], since: str) -> list[Forward]:
    """Return the forwards of these units that were ever requested, of a month on."""
    statement = select(outbox.c.unit_id, outbox.c.form, outbox.c.period).where(
        outbox.c.kind == DHIS2, outbox.c.unit_id.in_(unit_ids), outbox.c.period >= since
    )
    return [Forward(*row) for row in connection.execute(statement)]


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
