"""The org units of the roster as the metadata export needs them."""

from collections.abc import Sequence

from gateway.dhis2.metadata import OrgUnitRow
from gateway.model.roster import UnitRow, receiver_of
from gateway.model.unit_levels import UnitLevel
from gateway.storage import org_tree, roster
from gateway.storage.engine import Connection


def org_units_of(connection: Connection, period: str) -> list[OrgUnitRow]:
    """Return every unit in force in a month, with whether the values of some site arrive there."""
    tree = roster.units(connection, period)
    sites = [unit.id for unit in tree.values() if unit.level == UnitLevel.SITE]
    receivers = {
        unit.id for unit in org_tree.receiving_units(connection, sites, period).values() if unit
    }
    return [
        OrgUnitRow(
            code=unit.code,
            name=unit.name,
            level=unit.level,
            parent_code=tree[unit.parent_id].code if unit.parent_id in tree else None,
            dhis2_id=unit.dhis2_id,
            receives=unit.id in receivers,
        )
        for unit in tree.values()
    ]


def org_units_of_rows(rows: Sequence[UnitRow]) -> list[OrgUnitRow]:
    """Return the units of a whole roster that is in no database: its rows, checked already."""
    tree = {row.code: row for row in rows}
    found = [receiver_of(row, tree) for row in rows if row.level == UnitLevel.SITE]
    receivers = {row.code for row in found if row is not None}
    return [
        OrgUnitRow(
            code=row.code,
            name=row.name,
            level=row.level,
            parent_code=row.parent,
            dhis2_id=row.dhis2_id,
            receives=row.code in receivers,
        )
        for row in rows
    ]
