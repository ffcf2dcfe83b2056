"""Walks through the tree of org units as it is in a month, upward and downward.

Each walk is one recursive statement however many units it starts from (up to CHUNK).
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, bindparam, literal, select

from gateway.model.unit_levels import UnitLevel
from gateway.storage.roster import CHUNK, MONTHS, Unit, in_force, units_in
from gateway.storage.sql_in import chunks
from gateway.storage.tables import org_unit_terms, org_units

# There are five levels, so no walk up or down the tree takes more steps.
DEEPEST: Final = len(UnitLevel)


def ancestors(
    connection: Connection, unit_ids: Collection[int], period: str
) -> dict[int, list[Unit]]:
    """Return, for each of these units, itself and all above it in the month, the nearest first.

    Every id asked about is a key of the answer; one that is no unit's has an empty list.
    """
    found: dict[int, list[Unit]] = {unit: [] for unit in unit_ids}
    walk = _upward(period, to_receiver=False)
    for part in chunks(unit_ids, CHUNK):
        for row in connection.execute(walk, {"start": part}):
            found[row.start_id].append(Unit(*row[1:]))
    return found


def receiving_units(
    connection: Connection, site_ids: Collection[int], period: str
) -> dict[int, Unit | None]:
    """Return, for each site, the unit whose DHIS2 cells its numbers feed in the month.

    That is the nearest unit upward, the site itself included, with a dhis2_id; None where
    there is none. Every id asked about is a key of the answer.
    """
    found: dict[int, Unit | None] = dict.fromkeys(site_ids)
    walk = _upward(period, to_receiver=True)
    for part in chunks(site_ids, CHUNK):
        for row in connection.execute(walk, {"start": part}):
            found[row.start_id] = Unit(*row[1:])
    return found


def sites_receiving_at(
    connection: Connection, unit_ids: Collection[int], period: str
) -> dict[int, list[int]]:
    """Return, for each unit, the ids of all sites that feed it in the month, in order.

    A unit without a dhis2_id of its own in that month receives nothing. Every id asked about
    is a key of the answer.
    """
    found: dict[int, list[int]] = {unit: [] for unit in unit_ids}
    for part in chunks(unit_ids, CHUNK):
        for row in connection.execute(_feeding(part, period)):
            found[row.receiver_id].append(row.unit_id)
    return found


def sites_below(connection: Connection, unit_ids: Collection[int], period: str) -> list[Unit]:
    """Return every site at or below these units in the month, by code."""
    below = units_below(connection, unit_ids, period)
    sites = [unit for unit in below if unit.level == UnitLevel.SITE]
    return sorted(sites, key=lambda site: site.code)


def units_below(connection: Connection, unit_ids: Collection[int], period: str) -> list[Unit]:
    """Return these units and all below them, as they are in the month, in order of their ids.

    The walk begins at the units, so that it costs what they hold, however large the tree is.
    """
    found = connection.execute(_below(period), {"top": list(unit_ids)})
    return [Unit(*row) for row in found.all()]


@lru_cache(maxsize=2 * MONTHS)
def _upward(period: str, *, to_receiver: bool) -> Select[Any]:
    """Return the query for (start_id, *Unit), from each unit in `start` to the top.

    With `to_receiver`, only the first unit on each way that has a dhis2_id.
    """
    start: BindParameter[int] = bindparam("start", expanding=True)
    query = units_in(period)
    columns = query.selected_columns
    begin = query.where(org_units.c.id.in_(start)).with_only_columns(
        org_units.c.id.label("start_id"), *columns, literal(1).label("step")
    )
    path = begin.cte("path", recursive=True)
    further = query.join(path, path.c.parent_id == org_units.c.id).where(path.c.step < DEEPEST)
    if to_receiver:
        further = further.where(path.c.dhis2_id.is_(None))
    path = path.union_all(further.with_only_columns(path.c.start_id, *columns, path.c.step + 1))
    found = select(*(column for column in path.c if column.name != "step"))
    if to_receiver:
        return found.where(path.c.dhis2_id.is_not(None))
    return found.order_by(path.c.start_id, path.c.step)


def _feeding(unit_ids: Collection[int], period: str) -> Select[Any]:
    """Return the query for (receiver, site), from each receiver down to the next receivers."""
    term = org_unit_terms.alias()
    start = select(
        term.c.unit_id.label("receiver_id"),
        term.c.unit_id.label("unit_id"),
        term.c.level.label("level"),
        literal(1).label("step"),
    ).where(term.c.unit_id.in_(unit_ids), term.c.dhis2_id.is_not(None), in_force(term, period))
    below = start.cte("below", recursive=True)
    child = org_unit_terms.alias()
    below = below.union_all(
        select(below.c.receiver_id, child.c.unit_id, child.c.level, below.c.step + 1)
        .join(below, child.c.parent_id == below.c.unit_id)
        .where(child.c.dhis2_id.is_(None), in_force(child, period), below.c.step < DEEPEST)
    )
    return (
        select(below.c.receiver_id, below.c.unit_id)
        .where(below.c.level == UnitLevel.SITE)
        .order_by(below.c.unit_id)
    )


@lru_cache(maxsize=MONTHS)
def _below(period: str) -> Select[Any]:
    """Return the query for the units in `top` and all below them, in the order of Unit."""
    top: BindParameter[int] = bindparam("top", expanding=True)
    term, child = org_unit_terms.alias(), org_unit_terms.alias()
    names = ("unit_id", "name", "level", "parent_id", "dhis2_id", "population")
    below = (
        select(*(term.c[name] for name in names), literal(1).label("step"))
        .where(term.c.unit_id.in_(top), in_force(term, period))
        .cte("below", recursive=True)
    )
    below = below.union_all(
        select(*(child.c[name] for name in names), below.c.step + 1)
        .join(below, child.c.parent_id == below.c.unit_id)
        .where(in_force(child, period), below.c.step < DEEPEST)
    )
    columns = (org_units.c.id, org_units.c.code, *(below.c[name] for name in names[1:]))
    statement = select(*columns).distinct().join(below, below.c.unit_id == org_units.c.id)
    return statement.order_by(org_units.c.id)
