"""The people who are told something unasked: on which phone, and in which language."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from gateway.storage.org_tree import ancestors
from gateway.storage.roster import Post, is_held, posts_at
from gateway.storage.tables import conversations, posts, report_versions, reports
from menus.model.roles import SUPERVISORS, Role


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person at a unit: phone (E.164) and language."""

    unit_id: int
    phone: str
    language: str


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report as it counts now, and the person who is told of its refusal (see `senders`)."""

    id: int
    site_id: int
    version: int
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    sender: Recipient


def with_role_after(
    connection: Connection, role: str, unit_id: int, most: int, month: str
) -> dict[int, list[Recipient]]:
    """Return the people of a role in the month at the next `most` units after this id, by unit.

    Two phones of one name at one unit are one person: the one that wrote last counts.
    """
    units = (
        select(posts.c.unit_id)
        .distinct()
        .where(posts.c.role == role, is_held(month), posts.c.unit_id > unit_id)
        .order_by(posts.c.unit_id)
        .limit(most)
    )
    return with_role_at(connection, role, list(connection.scalars(units)), month)


def with_role_at(
    connection: Connection, role: str, unit_ids: Collection[int], month: str
) -> dict[int, list[Recipient]]:
    """Return the people of a role in the month at these units, by unit.

    A unit without any is left out. Of two phones of one name, see `with_role_after`.
    """
    statement = (
        select(posts.c.name, posts.c.unit_id, posts.c.phone, posts.c.language)
        .outerjoin(conversations, conversations.c.post_id == posts.c.id)
        .where(posts.c.role == role, is_held(month), posts.c.unit_id.in_(unit_ids))
        .order_by(posts.c.unit_id, conversations.c.asked_at.desc().nulls_last(), posts.c.id)
    )
    people: dict[tuple[int, str], Recipient] = {}
    for name, *columns in connection.execute(statement):
        recipient = Recipient(*columns)
        people.setdefault((recipient.unit_id, name), recipient)
    found: dict[int, list[Recipient]] = {}
    for recipient in people.values():
        found.setdefault(recipient.unit_id, []).append(recipient)
    return found


def working_at(connection: Connection, unit_ids: Collection[int], period: str) -> list[Post]:
    """Return every post that is held at these units in the month, in order of their ids."""
    found = posts_at(connection, unit_ids, period)
    return sorted((post for at in found.values() for post in at), key=lambda post: post.id)


def senders(connection: Connection, report_ids: Collection[int], month: str) -> list[SentReport]:
    """Return these reports, by id, with the senders of their current versions.

    In place of a sender who does not work in the month (YYYYMM) any more stands the agent who
    does at the site; reports without either are left out.
    """
    current = and_(
        report_versions.c.report_id == reports.c.id, report_versions.c.version == reports.c.version
    )
    statement = (
        select(
            reports, posts.c.phone, posts.c.language, posts.c.unit_id.label("works_at"),
            is_held(month).label("works"),
        )
        .join(report_versions, current)
        .join(posts, posts.c.id == report_versions.c.post_id)
        .where(reports.c.id.in_(report_ids))
        .order_by(reports.c.id)
    )  # fmt: skip
    rows = list(connection.execute(statement))
    staff = posts_at(connection, {row.site_id for row in rows if not row.works}, month)
    successors = {
        site: Recipient(site, post.phone, post.language)
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
            sender=Recipient(row.works_at, row.phone, row.language)
            if row.works
            else successors[row.site_id],
        )
        for row in rows
        if row.works or row.site_id in successors
    ]


def supervisors(connection: Connection, unit_id: int, month: str) -> list[Recipient]:
    """Return the DTC at or above a unit in the month; the district where there is no DTC.

    The list is empty where there is neither.
    """
    above = [unit.id for unit in ancestors(connection, [unit_id], month)[unit_id]]
    statement = (
        select(posts.c.role, posts.c.unit_id, posts.c.phone, posts.c.language)
        .where(posts.c.unit_id.in_(above), posts.c.role.in_(SUPERVISORS), is_held(month))
        .order_by(posts.c.id)
    )
    found = [(role, Recipient(*columns)) for role, *columns in connection.execute(statement)]
    by_role = [[to for held, to in found if held == role] for role in SUPERVISORS]
    return next(filter(None, by_role), [])
