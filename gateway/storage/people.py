"""Who works where, and under whom: the people to be told about a site or a facility."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, func, or_, select

from gateway.storage.roster import DEEPEST, Post, Unit, units_by_id
from gateway.storage.tables import org_unit_terms, org_units, posts


def posts_at(connection: Connection, unit_ids: Collection[int], period: str) -> list[Post]:
    """Everybody who works at one of these units in the month, in the order of their posts."""
    term, other = org_unit_terms.alias(), org_unit_terms.alias()
    latest = select(func.max(other.c.since)).where(
        other.c.unit_id == term.c.unit_id, other.c.since <= period
    )
    active = and_(posts.c.since <= period, or_(posts.c.until.is_(None), posts.c.until > period))
    statement = (
        select(
            posts.c.id, posts.c.phone, posts.c.unit_id, org_units.c.code,
            term.c.name.label("unit_name"), posts.c.name, posts.c.role, posts.c.language,
        )
        .join(org_units, org_units.c.id == posts.c.unit_id)
        .join(term, term.c.unit_id == posts.c.unit_id)
        .where(
            posts.c.unit_id.in_(unit_ids),
            term.c.since == latest.correlate(term).scalar_subquery(),
            active,
        )
        .order_by(posts.c.id)
    )  # fmt: skip
    return [Post(*row) for row in connection.execute(statement)]


def lines_above(
    connection: Connection, unit_ids: Collection[int], period: str
) -> dict[int, list[Unit]]:
    """For each of these units itself and all above it in the month, the nearest first.

    Every id asked about is a key of the answer; an unknown one has nobody above it.
    """
    known: dict[int, Unit] = {}
    wanted = set(unit_ids)
    for _ in range(DEEPEST):
        if not wanted:
            break
        found = units_by_id(connection, wanted, period)
        known |= found
        above = {unit.parent_id for unit in found.values() if unit.parent_id is not None}
        wanted = above - known.keys()
    return {one: _line(known, one) for one in unit_ids}


def _line(known: dict[int, Unit], unit_id: int) -> list[Unit]:
    line: list[Unit] = []
    step = known.get(unit_id)
    while step is not None and len(line) < DEEPEST:
        line.append(step)
        step = known.get(step.parent_id) if step.parent_id is not None else None
    return line
