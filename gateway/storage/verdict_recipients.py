"""Who is to be told of something that DHIS2 refused, and in which language."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from gateway.storage.roster import DEEPEST, posts_at, units_by_id
from gateway.storage.tables import posts, report_versions, reports
from menus.model.roles import SUPERVISORS, Role


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody's telephone (E.164) and language."""

    phone: str
    language: str


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report as it counts now, and who answers for it: see `senders`."""

    id: int
    site_id: int
    version: int
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    sender: Recipient


def senders(connection: Connection, report_ids: Collection[int], month: str) -> list[SentReport]:
    """These reports with the senders of their current versions.

    In place of a sender who does not work in the month (YYYYMM) any more stands the agent who
    does at the site; reports without either are left out.
    """
    current = and_(
        report_versions.c.report_id == reports.c.id, report_versions.c.version == reports.c.version
    )
    statement = (
        select(reports, posts.c.phone, posts.c.language, _works_in(month).label("works"))
        .join(report_versions, current)
        .join(posts, posts.c.id == report_versions.c.post_id)
        .where(reports.c.id.in_(report_ids))
        .order_by(reports.c.id)
    )
    rows = list(connection.execute(statement))
    staff = posts_at(connection, {row.site_id for row in rows if not row.works}, month)
    followers = {
        site: Recipient(post.phone, post.language)
        for site, found in staff.items()
        for post in reversed(found)
        if post.role == Role.AGENT
    }
    return [
        SentReport(
            id=row.id,
            site_id=row.site_id,
            version=row.version,
            values=row._mapping["values"],  # noqa: SLF001  `row.values` is a method of tuples
            days_out=row.days_out,
            sender=Recipient(row.phone, row.language) if row.works else followers[row.site_id],
        )
        for row in rows
        if row.works or row.site_id in followers
    ]


def supervisors(connection: Connection, unit_id: int, month: str) -> list[Recipient]:
    """The DTC at or above a unit in the month; the district where there is none; or nobody."""
    above = _upward(connection, unit_id, month)
    statement = (
        select(posts.c.phone, posts.c.language, posts.c.role)
        .where(posts.c.unit_id.in_(above), posts.c.role.in_(SUPERVISORS), _works_in(month))
        .order_by(posts.c.id)
    )
    found = list(connection.execute(statement))
    for role in SUPERVISORS:
        mine = [Recipient(row.phone, row.language) for row in found if row.role == role]
        if mine:
            return mine
    return []


def _works_in(month: str) -> ColumnElement[bool]:
    return and_(posts.c.since <= month, or_(posts.c.until.is_(None), posts.c.until > month))


def _upward(connection: Connection, unit_id: int, month: str) -> list[int]:
    """The unit and those above it."""
    path: list[int] = []
    step: int | None = unit_id
    while step is not None and len(path) < DEEPEST:
        path.append(step)
        unit = units_by_id(connection, [step], month).get(step)
        step = unit.parent_id if unit else None
    return path
