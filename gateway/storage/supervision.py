"""The queries of supervisors about many sites. Each is one statement, whatever its size."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from gateway.storage.sql_in import is_one_of
from gateway.storage.tables import referrals, reports, stock_outs

# From the first moment, included, to the first moment after.
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many forms of a month a site has begun, has complete, and had complete on time."""

    begun: int
    complete: int
    on_time: int


@dataclass(frozen=True, slots=True)
class OpenReferral:
    """A referral whose outcome is not known."""

    number: str
    site_id: int
    made_at: datetime
    arrived: bool


def progress(
    connection: Connection, site_ids: Collection[int], forms: Collection[str], period: str
) -> dict[int, Progress]:
    """Return how far these sites are with the month; those that sent nothing are left out."""
    on_time = reports.c.complete & ~reports.c.late
    statement = (
        select(
            reports.c.site_id, func.count(), _count(reports.c.complete), _count(on_time),
        )
        .where(*_of_month(connection, site_ids, forms, period))
        .where(reports.c.version > 0, ~reports.c.withdrawn)
        .group_by(reports.c.site_id)
    )  # fmt: skip
    return {row[0]: Progress(*row[1:]) for row in connection.execute(statement).all()}


def complete_forms(
    connection: Connection, site_ids: Collection[int], forms: Collection[str], period: str
) -> dict[int, set[str]]:
    """Return the keywords of the forms of a month that are complete, by site.

    A site without any is left out.
    """
    statement = select(reports.c.site_id, reports.c.form).where(
        *_of_month(connection, site_ids, forms, period), reports.c.complete
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(statement).all():
        found[row.site_id].add(row.form)
    return dict(found)


def stock_outs_by_code(
    connection: Connection, site_ids: Collection[int], span: Span | None = None
) -> dict[str, int]:
    """Return at how many of these sites a product is out, by its code, the most frequent first.

    With a span: was out at some moment in it.
    """
    statement = (
        select(stock_outs.c.code, func.count(stock_outs.c.site_id.distinct()))
        .where(is_one_of(connection, stock_outs.c.site_id, site_ids), *_out(span))
        .group_by(stock_outs.c.code)
    )
    found = {code: int(count) for code, count in connection.execute(statement).all()}
    return dict(sorted(found.items(), key=lambda count: (-count[1], count[0])))


def open_referrals(
    connection: Connection, site_ids: Collection[int], span: Span | None = None
) -> list[OpenReferral]:
    """Return the open referrals of these sites, the oldest first; with a span, those made in it."""
    statement = (
        select(referrals.c.number, referrals.c.site_id, referrals.c.made_at, referrals.c.arrived_at)
        .where(*_open(connection, site_ids, span))
        .order_by(referrals.c.made_at, referrals.c.id)
    )
    return [
        OpenReferral(row.number, row.site_id, row.made_at, row.arrived_at is not None)
        for row in connection.execute(statement).all()
    ]


def count_open_referrals(
    connection: Connection, site_ids: Collection[int], span: Span | None = None
) -> int:
    """Return how many referrals of these sites are open; with a span, of those made in it."""
    statement = (
        select(func.count()).select_from(referrals).where(*_open(connection, site_ids, span))
    )
    return int(connection.scalar(statement) or 0)


def _of_month(
    connection: Connection, site_ids: Collection[int], forms: Collection[str], period: str
) -> tuple[ColumnElement[bool], ...]:
    return (
        reports.c.period == period,
        is_one_of(connection, reports.c.site_id, site_ids),
        reports.c.form.in_(forms),
    )


def _out(span: Span | None) -> tuple[ColumnElement[bool], ...]:
    if span is None:
        return (stock_outs.c.until.is_(None),)
    first, after = span
    ends_later = or_(stock_outs.c.until.is_(None), stock_outs.c.until >= first)
    return (stock_outs.c.since < after, ends_later)


def _open(
    connection: Connection, site_ids: Collection[int], span: Span | None
) -> tuple[ColumnElement[bool], ...]:
    still = (is_one_of(connection, referrals.c.site_id, site_ids), referrals.c.closed_at.is_(None))
    if span is None:
        return still
    return (*still, referrals.c.made_at >= span[0], referrals.c.made_at < span[1])


def _count(condition: Any) -> ColumnElement[int]:
    """Return how many rows of a group meet a condition, as SQL."""
    return func.sum(case((condition, 1), else_=0))
