"""Validations of reports: marking them, and finding those that are still open."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, and_, cast, or_, select, update

from gateway.model.report import Key
from gateway.storage.tables import reports


def mark(
    connection: Connection, report_ids: Collection[int], post_id: int | None, now: datetime
) -> list[Key]:
    """Mark these reports as validated by a post, or by the calendar (None).

    Those that are validated already, or hold nothing, are left alone; return the keys of the
    others. The caller holds the locks of their sites.
    """
    statement = (
        update(reports)
        .where(reports.c.id.in_(report_ids), _is_open())
        .values(validated_at=now, validated_by=post_id)
        .returning(reports.c.site_id, reports.c.form, reports.c.period)
    )
    return sorted((row.site_id, row.form, row.period) for row in connection.execute(statement))


def still_open(
    connection: Connection, months: Collection[str], in_order: Collection[str], most: int
) -> list[tuple[int, int]]:
    """Return up to `most` reports that hold something and are not validated, as (id, site).

    Of the months `in_order` only those that are complete and in which no number waits.
    """
    settled = and_(reports.c.complete, cast(reports.c.pending, String) == "{}")
    due = or_(reports.c.period.in_(months), and_(reports.c.period.in_(in_order), settled))
    statement = select(reports.c.id, reports.c.site_id).where(due, _is_open())
    found = connection.execute(statement.order_by(reports.c.id).limit(most))
    return [(row.id, row.site_id) for row in found]


def _is_open() -> ColumnElement[bool]:
    return and_(
        reports.c.validated_at.is_(None), reports.c.version > 0, reports.c.withdrawn.is_(False)
    )
