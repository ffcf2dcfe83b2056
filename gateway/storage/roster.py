"""Who works where, and which unit receives whose numbers, in a given month.

Units are dated by terms: the latest term not after a month holds in it. Posts are dated by
`since` and `until`, the month given as `until` being the first without. A question is one
statement however many rows it is about (up to CHUNK), the same on SQLite and PostgreSQL.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
)

from gateway.model.unit_levels import UnitLevel
from gateway.storage.sql_in import among
from gateway.storage.tables import org_unit_terms, org_units, posts
from menus.model.roles import Role

# SQLite takes 32,766 parameters in a statement, PostgreSQL's protocol 65,535.
CHUNK: Final = 10_000
# There are five levels, so no walk up or down the tree takes more steps.
DEEPEST: Final = 5
# Putting a question together costs more than asking it; it is kept for so many months.
MONTHS: Final = 24

T = TypeVar("T")


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
    """Where the owners of these phones (E.164) work in the month, by phone.

    A phone without a post is not in the answer; one with several has them in order of their
    ids, so that the first is the same each time.
    """
    query = _posts_in(period)
    found: dict[str, list[Post]] = defaultdict(list)
    for part in _chunks(phones):
        for row in connection.execute(query.where(posts.c.phone.in_(part))):
            found[row.phone].append(Post(*row))
    return dict(found)


def posts_at(
    connection: Connection, unit_ids: Collection[int], period: str
) -> dict[int, list[Post]]:
    """Who works at these units in the month, by unit, each in order of their posts' ids.

    A unit at which nobody works is not in the answer.
    """
    query = _posts_in(period)
    found: dict[int, list[Post]] = defaultdict(list)
    for part in _chunks(unit_ids):
        for row in connection.execute(query.where(posts.c.unit_id.in_(part))):
            found[row.unit_id].append(Post(*row))
    return dict(found)


def posts_by_id(connection: Connection, ids: Collection[int], period: str) -> list[Post]:
    """These posts, as far as somebody works there in the month."""
    statement = _posts_in(period).where(posts.c.id.in_(ids))
    return [Post(*row) for row in connection.execute(statement)]


def unit_by_code(connection: Connection, code: str, period: str) -> Unit | None:
    """The unit with this code as it is in the month, if there is one."""
    query = _units_in(period)
    row = connection.execute(query.where(org_units.c.code == code)).one_or_none()
    return Unit(*row) if row is not None else None


def units(connection: Connection, period: str) -> dict[int, Unit]:
    """The whole tree in force in the month, by id."""
    query = _units_in(period)
    return {row.id: Unit(*row) for row in connection.execute(query)}


def sites_below(connection: Connection, unit_ids: Collection[int], period: str) -> list[Unit]:
    """Every site at or below these units in the month, by code."""
    found = [
        one for one in units_below(connection, unit_ids, period) if one.level == UnitLevel.SITE
    ]
    return sorted(found, key=lambda unit: unit.code)


def units_below(connection: Connection, unit_ids: Collection[int], period: str) -> list[Unit]:
    """These units and all below them, as they are in the month, in order of their ids.

    Walks down from the units, so that it costs what they hold, however large the tree is.
    """
    found = connection.execute(_below(period), {"top": list(unit_ids)})
    return [Unit(*row) for row in found.all()]


def units_by_id(connection: Connection, ids: Collection[int], period: str) -> dict[int, Unit]:
    """These units as they are in the month; ids that are no unit's are left out."""
    query = _units_in(period)
    return {
        row.id: Unit(*row)
        for part in _chunks(ids)
        for row in connection.execute(query.where(org_units.c.id.in_(part)))
    }


def receiving_units(
    connection: Connection, site_ids: Collection[int], period: str
) -> dict[int, Unit | None]:
    """For each site the unit whose DHIS2 cells its numbers feed in the month.

    That is the nearest unit upward, the site itself included, with a dhis2_id; None where
    there is none. Every id asked about is a key of the answer.
    """
    found: dict[int, Unit | None] = dict.fromkeys(site_ids)
    for part in _chunks(site_ids):
        for row in connection.execute(_upward(part, period)):
            found[row.site_id] = Unit(*row[1:])
    return found


def holders(connection: Connection, dhis2_ids: Collection[str], period: str) -> dict[str, int]:
    """Whose these DHIS2 ids are in the month; those that are nobody's are left out."""
    query = _units_in(period)
    dhis2_id = query.selected_columns.dhis2_id
    return {
        row.dhis2_id: row.id
        for part in _chunks(dhis2_ids)
        for row in connection.execute(query.where(dhis2_id.in_(part)))
    }


def sites_receiving_at(
    connection: Connection, unit_ids: Collection[int], period: str
) -> dict[int, list[int]]:
    """For each unit the ids of all sites that feed it in the month, in order.

    A unit without a dhis2_id of its own in that month receives nothing. Every id asked about
    is a key of the answer.
    """
    found: dict[int, list[int]] = {one: [] for one in unit_ids}
    for part in _chunks(unit_ids):
        for row in connection.execute(_downward(part, period)):
            found[row.receiver_id].append(row.unit_id)
    return found


def active_sites(connection: Connection, site_ids: Collection[int], period: str) -> set[int]:
    """Those of the sites at which an agent works in the month."""
    query = select(posts.c.unit_id).where(
        posts.c.role == Role.AGENT, _active(period), among(connection, posts.c.unit_id, site_ids)
    )
    return set(connection.scalars(query).all())


def _upward(site_ids: Collection[int], period: str) -> Select[Any]:
    """Rows of (site, unit): from each site up to the first unit with a dhis2_id."""
    query = _units_in(period)
    start = query.where(org_units.c.id.in_(site_ids))
    start = start.with_only_columns(
        org_units.c.id.label("site_id"), *query.selected_columns, literal(1).label("step")
    )
    path = start.cte("path", recursive=True)
    further = query.join(path, path.c.parent_id == org_units.c.id).where(
        path.c.dhis2_id.is_(None), path.c.step < DEEPEST
    )
    path = path.union_all(
        further.with_only_columns(path.c.site_id, *query.selected_columns, path.c.step + 1)
    )
    columns = [column for column in path.c if column.name != "step"]
    return select(*columns).where(path.c.dhis2_id.is_not(None))


def _downward(unit_ids: Collection[int], period: str) -> Select[Any]:
    """Rows of (receiver, site): from each receiving unit down to where another one receives."""
    term = org_unit_terms.alias()
    start = select(
        term.c.unit_id.label("receiver_id"),
        term.c.unit_id.label("unit_id"),
        term.c.level.label("level"),
        literal(1).label("step"),
    ).where(term.c.unit_id.in_(unit_ids), term.c.dhis2_id.is_not(None), _holds(term, period))
    below = start.cte("below", recursive=True)
    child = org_unit_terms.alias()
    below = below.union_all(
        select(below.c.receiver_id, child.c.unit_id, child.c.level, below.c.step + 1)
        .join(below, child.c.parent_id == below.c.unit_id)
        .where(child.c.dhis2_id.is_(None), _holds(child, period), below.c.step < DEEPEST)
    )
    return (
        select(below.c.receiver_id, below.c.unit_id)
        .where(below.c.level == UnitLevel.SITE)
        .order_by(below.c.unit_id)
    )


@lru_cache(maxsize=MONTHS)
def _below(period: str) -> Select[Any]:
    """The units in `top` and all below them, in the order of Unit's fields."""
    top: BindParameter[int] = bindparam("top", expanding=True)
    term, child = org_unit_terms.alias(), org_unit_terms.alias()
    names = ("unit_id", "name", "level", "parent_id", "dhis2_id", "population")
    below = (
        select(*(term.c[name] for name in names), literal(1).label("step"))
        .where(term.c.unit_id.in_(top), _holds(term, period))
        .cte("below", recursive=True)
    )
    below = below.union_all(
        select(*(child.c[name] for name in names), below.c.step + 1)
        .join(below, child.c.parent_id == below.c.unit_id)
        .where(_holds(child, period), below.c.step < DEEPEST)
    )
    columns = (org_units.c.id, org_units.c.code, *(below.c[name] for name in names[1:]))
    statement = select(*columns).distinct().join(below, below.c.unit_id == org_units.c.id)
    return statement.order_by(org_units.c.id)


@lru_cache(maxsize=MONTHS)
def _posts_in(period: str) -> Select[Any]:
    """Posts held in the month, in the order of Post's fields."""
    term = org_unit_terms.alias()
    return (
        select(
            posts.c.id, posts.c.phone, posts.c.unit_id, org_units.c.code,
            term.c.name.label("unit_name"), posts.c.name, posts.c.role, posts.c.language,
        )
        .join(org_units, org_units.c.id == posts.c.unit_id)
        .join(term, term.c.unit_id == posts.c.unit_id)
        .where(_holds(term, period), _active(period))
        .order_by(posts.c.id)
    )  # fmt: skip


@lru_cache(maxsize=MONTHS)
def _units_in(period: str) -> Select[Any]:
    """Units with the term that holds in the month, in the order of Unit's fields."""
    term = org_unit_terms.alias()
    return (
        select(
            org_units.c.id, org_units.c.code, term.c.name, term.c.level,
            term.c.parent_id, term.c.dhis2_id, term.c.population,
        )
        .join(term, term.c.unit_id == org_units.c.id)
        .where(_holds(term, period))
    )  # fmt: skip


def _holds(term: FromClause, period: str) -> ColumnElement[bool]:
    """Whether a term is the latest of its unit that is not after the month."""
    other = org_unit_terms.alias()
    latest = select(func.max(other.c.since)).where(
        other.c.unit_id == term.c.unit_id, other.c.since <= period
    )
    return term.c.since == latest.correlate(term).scalar_subquery()


def _active(period: str) -> ColumnElement[bool]:
    return and_(posts.c.since <= period, or_(posts.c.until.is_(None), posts.c.until > period))


def _chunks(items: Collection[T]) -> Iterator[list[T]]:
    """The items in lists of at most CHUNK."""
    ordered = list(items)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
