"""How the forwards of a month stand, to be compared with what DHIS2 holds, and doubting them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, select, update

from gateway.storage.outbox import DHIS2, SENDING, WAITING
from gateway.storage.tables import outbox, reports


@dataclass(frozen=True, slots=True)
class ForwardStatus:
    """One forward as it stands: `sent_values` are the cells that DHIS2 was sent."""

    id: int
    unit_id: int
    state: str
    sent_values: Mapping[str, str]


def of_month(connection: Connection, form: str, period: str) -> list[ForwardStatus]:
    """Return every forward of a form and month, by its unit's id."""
    statement = (
        select(outbox.c.id, outbox.c.unit_id, outbox.c.state, outbox.c.sent_values)
        .where(outbox.c.kind == DHIS2, outbox.c.form == form, outbox.c.period == period)
        .order_by(outbox.c.unit_id)
    )
    return [
        ForwardStatus(row.id, row.unit_id, row.state, row.sent_values or {})
        for row in connection.execute(statement)
    ]


def sites_with_reports(connection: Connection, form: str, period: str) -> list[int]:
    """Return the sites that ever reported this form for this month, withdrawn reports included."""
    statement = select(reports.c.site_id).where(
        reports.c.form == form, reports.c.period == period, reports.c.version > 0
    )
    return list(connection.scalars(statement))


def mark_doubtful(
    connection: Connection, may_hold: Mapping[int, Mapping[str, str]], now: datetime
) -> None:
    """Note that it is not certain what DHIS2 holds of these forwards (by id): they are due at once.

    `may_hold` are the cells that it may hold beside those that are wanted. One in flight keeps
    its lease, and is due again when that attempt is settled.
    """
    in_flight = outbox.c.state == SENDING
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("row"))
        .values(
            sent_values=bindparam("cells", type_=outbox.c.sent_values.type),
            sent_revision=None,
            revision=outbox.c.revision + 1,
            state=case((in_flight, SENDING), else_=WAITING),
            next_at=now,
            attempts=0,
            reason=None,
            detail=None,
        )
    )
    rows = [{"row": row, "cells": dict(cells)} for row, cells in sorted(may_hold.items())]
    if rows:
        connection.execute(statement, rows)
