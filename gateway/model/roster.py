"""What a roster is, and whether it holds together. Pure: rows in, faults out.

Two things are checked against one another: the rows of an import, and what is stored already,
since an import may hold a part of the tree only. Levels as in Mali's health pyramid; DHIS2
identifiers as in the DHIS2 documentation (UIDs: eleven letters and digits, a letter first).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.model.csv_table import FileFault, FilePlace
from gateway.model.phone import mask
from gateway.model.unit_levels import UnitLevel
from menus.model.roles import Role

LEVELS: Final = tuple(UnitLevel)
LEVEL_OF_ROLE: Final[Mapping[str, UnitLevel]] = {
    Role.AGENT: UnitLevel.SITE,
    Role.DTC: UnitLevel.FACILITY,
    Role.DISTRICT: UnitLevel.DISTRICT,
}


class RosterFault(Exception):
    """The files cannot be imported. `faults` holds a sentence for each thing to mend."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """An org unit. `parent` is a code, None for a country; `population` counts people."""

    place: FilePlace
    code: str
    name: str
    level: str
    parent: str | None
    dhis2_id: str | None
    population: int | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person at a place; `phone` in E.164. One phone may stand at two places."""

    place: FilePlace
    phone: str
    name: str
    role: str
    org_unit: str
    language: str
    active: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.phone, self.org_unit


@dataclass(frozen=True, slots=True)
class Roster:
    """Units and people that belong together, and what is odd about them but no fault."""

    units: tuple[UnitRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    warnings: tuple[str, ...] = ()


def unit_faults(
    rows: Sequence[UnitRow], stored: Sequence[UnitRow], *, complete: bool
) -> Iterator[FileFault]:
    """What is wrong between units, rather than inside one: repeats, parents, cycles.

    `rows` may hold half-read rows (an unknown level, for one); these are compared as far as
    they go. With `complete` False some rows could not be read at all, and an unknown parent is
    no fault: one slip should not show as many.
    """
    yield from _repeats(rows, stored)
    tree = merged(rows, stored)
    in_cycle: set[str] = set()
    for unit in tree.values():
        if unit.code in in_cycle:
            continue
        if cycle := _cycle(unit, tree):
            in_cycle.update(cycle)
            place = next((tree[code].place for code in cycle if tree[code].place.line), unit.place)
            yield FileFault(place, f"the parents go round in a circle: {' > '.join(cycle)}")
        elif words := _parent_fault(unit, tree, complete=complete):
            yield FileFault(unit.place, words)


def people_faults(
    rows: Sequence[PersonRow],
    stored: Sequence[PersonRow],
    tree: Mapping[str, UnitRow],
    *,
    complete: bool,
) -> Iterator[FileFault]:
    """Repeated people, unknown units, and roles at a level where they have no work.

    `complete` as for `unit_faults`: whether every unit of the files stands in `tree`.
    """
    seen: dict[tuple[str, str], FilePlace] = {}
    for row in rows:
        first = seen.setdefault(row.key, row.place)
        if row.phone and first is not row.place:
            who = f"{mask(row.phone)} at {row.org_unit}"
            yield FileFault(row.place, f"{who} stands at line {first.line} already")
    for row in (*rows, *(one for one in stored if one.active and one.key not in seen)):
        if words := _post_fault(row, tree, complete=complete):
            yield FileFault(row.place, words)


def merged(rows: Sequence[UnitRow], stored: Sequence[UnitRow]) -> dict[str, UnitRow]:
    """The tree as it would be: stored units, each replaced by the row with its code."""
    return {one.code: one for one in (*stored, *rows) if one.code}


def receiver_of(unit: UnitRow, tree: Mapping[str, UnitRow]) -> UnitRow | None:
    """The nearest unit upward, itself included, with a dhis2_id. The tree has no cycle."""
    step: UnitRow | None = unit
    while step is not None and step.dhis2_id is None:
        step = tree.get(step.parent or "")
    return step


def without_receiver(tree: Mapping[str, UnitRow]) -> Iterator[str]:
    """A warning for each site whose numbers DHIS2 has no place for."""
    for unit in tree.values():
        if unit.level == UnitLevel.SITE and receiver_of(unit, tree) is None:
            yield (
                f"{unit.place}: neither {unit.code} nor a unit above it has a dhis2_id; "
                "its reports are kept, and wait"
            )


def _repeats(rows: Sequence[UnitRow], stored: Sequence[UnitRow]) -> Iterator[FileFault]:
    """A code, or a dhis2_id, that two units claim. Codes that differ in case only are one."""
    codes: dict[str, UnitRow] = {}
    ids: dict[str, UnitRow] = {}
    written = {row.code for row in rows}
    for unit in (*(one for one in stored if one.code not in written), *rows):
        first = codes.setdefault(unit.code.casefold(), unit) if unit.code else unit
        if first is not unit:
            same = f"the code {unit.code} is taken already, by {first.code} ({first.place})"
            yield FileFault(unit.place, same)
            continue
        owner = ids.setdefault(unit.dhis2_id, unit) if unit.dhis2_id else unit
        if owner is not unit:
            yield FileFault(
                unit.place,
                f"the dhis2_id {unit.dhis2_id} is taken already, by {owner.code} ({owner.place})",
            )


def _cycle(unit: UnitRow, tree: Mapping[str, UnitRow]) -> list[str]:
    """The codes from this unit upward back to itself, or nothing when it stands in no cycle."""
    path = [unit.code]
    step = tree.get(unit.parent or "")
    while step is not None and step.code not in path:
        path.append(step.code)
        step = tree.get(step.parent or "")
    return [*path, unit.code] if step is not None and step.code == unit.code else []


def _parent_fault(unit: UnitRow, tree: Mapping[str, UnitRow], *, complete: bool) -> str:
    if unit.parent is None:
        return ""
    parent = tree.get(unit.parent)
    if parent is None:
        if not complete:
            return ""
        return f"the parent {unit.parent} of {unit.code} is unknown{_hint(unit.parent, tree)}"
    if unit.level == UnitLevel.COUNTRY or not {unit.level, parent.level} <= set(LEVELS):
        return ""  # told already, with the row's cells
    if LEVELS.index(parent.level) >= LEVELS.index(unit.level):
        return (
            f"{unit.code} is a {unit.level} and cannot stand below {parent.code}, "
            f"which is a {parent.level}; the order is {' > '.join(LEVELS)}"
        )
    return ""


def _post_fault(row: PersonRow, tree: Mapping[str, UnitRow], *, complete: bool) -> str:
    unit = tree.get(row.org_unit)
    if unit is None:
        if not complete or not row.org_unit:
            return ""
        return f"the org_unit {row.org_unit} is unknown{_hint(row.org_unit, tree)}"
    level = LEVEL_OF_ROLE.get(row.role)
    if level is not None and unit.level in LEVELS and unit.level != level:
        return f"the role {row.role} belongs at a {level}, and {unit.code} is a {unit.level}"
    return ""


def _hint(code: str, tree: Mapping[str, UnitRow]) -> str:
    near = next((one for one in tree if one.casefold() == code.casefold()), None)
    return f", did you mean {near}?" if near else ""
