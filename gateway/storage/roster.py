"""Posts and org units as they are in a given month.

Units are dated by terms: the latest term not after a month holds in it. Posts are dated by
`since` and `until`, the month given as `until` being the first without. A query is one
statement however many rows it is about (up to CHUNK), the same on SQLite and PostgreSQL.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    func,
    or_,
    select,
    update,
)

from gateway.storage.sql_in import chunks, is_one_of
from gateway.storage.tables import org_unit_terms, org_units, posts
from menus.model.roles import Role

# SQLite takes 32,766 parameters in a statement, PostgreSQL's protocol 65,535.
CHUNK: Final = 10_000
# Building a statement costs more than running it; it is kept for so many months.
MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Post:
    """A person at a place, in a month that was asked about."""

    id: int
    phone: str
    unit_id: int
    unit_code: str
    unit_name: str
    name: str
    role: str
    language: str


@dataclass(frozen=True, slots=True)
class Unit:
    """An org unit as it is in a month that was asked about."""

    id: int
    code: str
    name: str
    level: str
    parent_id: int | None
    dhis2_id: str | None
    population: int | None = None


def posts_of(connection: Connection, phones: Collection[str], period: str) -> dict[str, list[Post]]:
    """Return the posts that these phones (E.164) hold in the month, by phone.

    A phone without a post is not in the answer; one with several has them in order of their
    ids, so that the first is the same each time.
    """
    query = _posts_in(period)
    found: dict[str, list[Post]] = defaultdict(list)
    for part in chunks(phones, CHUNK):
        for row in connection.execute(query.where(posts.c.phone.in_(part))):
            found[row.phone].append(Post(*row))
    return dict(found)


def posts_at(
    connection: Connection, unit_ids: Collection[int], period: str
) -> dict[int, list[Post]]:
    """Return the posts held at these units in the month, by unit, each in order of their ids.

    A unit without a post is not in the answer.
    """
    query = _posts_in(period)
    found: dict[int, list[Post]] = defaultdict(list)
    for part in chunks(unit_ids, CHUNK):
        for row in connection.execute(query.where(posts.c.unit_id.in_(part))):
            found[row.unit_id].append(Post(*row))
    return dict(found)


def posts_by_id(connection: Connection, ids: Collection[int], period: str) -> list[Post]:
    """Return these posts, as far as they are held in the month."""
    statement = _posts_in(period).where(posts.c.id.in_(ids))
    return [Post(*row) for row in connection.execute(statement)]


def set_language(connection: Connection, phone: str, language: str) -> None:
    """Store the language in which a phone is answered, at every post that it holds."""
    connection.execute(update(posts).where(posts.c.phone == phone).values(language=language))


def unit_by_code(connection: Connection, code: str, period: str) -> Unit | None:
    """Return the unit with this code as it is in the month; None when there is none."""
    query = units_in(period)
    row = connection.execute(query.where(org_units.c.code == code)).one_or_none()
    return Unit(*row) if row is not None else None


def units(connection: Connection, period: str) -> dict[int, Unit]:
    """Return the whole tree in force in the month, by id."""
    query = units_in(period)
    return {row.id: Unit(*row) for row in connection.execute(query)}


def units_by_id(connection: Connection, ids: Collection[int], period: str) -> dict[int, Unit]:
    """Return these units as they are in the month; ids that are no unit's are left out."""
    query = units_in(period)
    return {
        row.id: Unit(*row)
        for part in chunks(ids, CHUNK)
        for row in connection.execute(query.where(org_units.c.id.in_(part)))
    }


def units_by_dhis2_id(
    connection: Connection, dhis2_ids: Collection[str], period: str
) -> dict[str, int]:
    """Return the ids of the units that have these DHIS2 UIDs in the month, by UID.

    A UID that no unit has is left out.
    """
    query = units_in(period)
    dhis2_id = query.selected_columns.dhis2_id
    return {
        row.dhis2_id: row.id
        for part in chunks(dhis2_ids, CHUNK)
        for row in connection.execute(query.where(dhis2_id.in_(part)))
    }


def active_sites(connection: Connection, site_ids: Collection[int], period: str) -> set[int]:
    """Return those of the sites at which an agent works in the month."""
    query = select(posts.c.unit_id).where(
        posts.c.role == Role.AGENT,
        is_held(period),
        is_one_of(connection, posts.c.unit_id, site_ids),
    )
    return set(connection.scalars(query).all())


def is_held(period: str) -> ColumnElement[bool]:
    """Return the condition that a post is held in the month: its person works there."""
    return and_(posts.c.since <= period, or_(posts.c.until.is_(None), posts.c.until > period))


def in_force(term: FromClause, period: str) -> ColumnElement[bool]:
    """Return the condition that a term is the latest of its unit that is not after the month."""
    other = org_unit_terms.alias()
    latest = select(func.max(other.c.since)).where(
        other.c.unit_id == term.c.unit_id, other.c.since <= period
    )
    return term.c.since == latest.correlate(term).scalar_subquery()


@lru_cache(maxsize=MONTHS)
def units_in(period: str) -> Select[Any]:
    """Return the query for units with the term in force in the month, in the order of Unit."""
    term = org_unit_terms.alias()
    return (
        select(
            org_units.c.id, org_units.c.code, term.c.name, term.c.level,
            term.c.parent_id, term.c.dhis2_id, term.c.population,
        )
        .join(term, term.c.unit_id == org_units.c.id)
        .where(in_force(term, period))
    )  # fmt: skip


@lru_cache(maxsize=MONTHS)
def _posts_in(period: str) -> Select[Any]:
    """Return the query for posts held in the month, in the order of Post."""
    term = org_unit_terms.alias()
    return (
        select(
            posts.c.id, posts.c.phone, posts.c.unit_id, org_units.c.code,
            term.c.name.label("unit_name"), posts.c.name, posts.c.role, posts.c.language,
        )
        .join(org_units, org_units.c.id == posts.c.unit_id)
        .join(term, term.c.unit_id == posts.c.unit_id)
        .where(in_force(term, period), is_held(period))
        .order_by(posts.c.id)
    )  # fmt: skip
