"""A roster of units and people, and the check of its consistency. Pure: rows in, faults out.

The rows of an import are checked together with the stored rows, since an import may hold only a
part of the tree. Levels are those of Mali's health pyramid; DHIS2 identifiers as in the DHIS2
documentation (UIDs: eleven letters and digits, a letter first).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.model.csv_table import FileFault, FilePlace
from gateway.model.org_tree import upward
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
    """The files cannot be imported; `faults` has a sentence for each thing to mend."""

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
    """A person at a unit; `phone` in E.164. The same phone may be at two units."""

    place: FilePlace
    phone: str
    name: str
    role: str
    org_unit: str
    language: str
    active: bool

    @property
    def key(self) -> tuple[str, str]:
        """Return the phone and the unit's code, which identify a post."""
        return self.phone, self.org_unit


@dataclass(frozen=True, slots=True)
class Roster:
    """Consistent units and people, with warnings about oddities that are no faults."""

    units: tuple[UnitRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    warnings: tuple[str, ...] = ()


def unit_faults(
    rows: Sequence[UnitRow], stored: Sequence[UnitRow], *, complete: bool
) -> Iterator[FileFault]:
    """Yield the faults between units, rather than inside a unit: repeats, parents, cycles.

    `rows` may hold partly read rows (with an unknown level, for example); these are compared as
    far as possible. With `complete` False some rows could not be read at all, and an unknown
    parent is no fault: a single mistake should not be reported many times.
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
    """Yield the faults of people: repeats, unknown units, and roles at a wrong level.

    `complete` as for `unit_faults`: whether every unit of the files is in `tree`.
    """
    seen: dict[tuple[str, str], FilePlace] = {}
    for row in rows:
        first = seen.setdefault(row.key, row.place)
        if row.phone and first is not row.place:
            who = f"{mask(row.phone)} at {row.org_unit}"
            yield FileFault(row.place, f"{who} stands at line {first.line} already")
    others = (person for person in stored if person.active and person.key not in seen)
    for row in (*rows, *others):
        if words := _post_fault(row, tree, complete=complete):
            yield FileFault(row.place, words)


def merged(rows: Sequence[UnitRow], stored: Sequence[UnitRow]) -> dict[str, UnitRow]:
    """Return the tree after an import, by code: stored units, each replaced by its row."""
    return {unit.code: unit for unit in (*stored, *rows) if unit.code}


def receiver_of(unit: UnitRow, tree: Mapping[str, UnitRow]) -> UnitRow | None:
    """Return the nearest unit with a dhis2_id, upward from the unit itself; None without.

    The tree must have no cycle.
    """
    walk = upward(unit, lambda step: tree.get(step.parent or ""))
    return next((step for step in walk if step.dhis2_id is not None), None)


def without_receiver(tree: Mapping[str, UnitRow]) -> Iterator[str]:
    """Yield a warning for each site without an org unit in DHIS2 for its numbers."""
    for unit in tree.values():
        if unit.level == UnitLevel.SITE and receiver_of(unit, tree) is None:
            yield (
                f"{unit.place}: neither {unit.code} nor a unit above it has a dhis2_id; "
                "its reports are kept, and wait"
            )


def _repeats(rows: Sequence[UnitRow], stored: Sequence[UnitRow]) -> Iterator[FileFault]:
    """Yield a fault for each code or dhis2_id of two units; codes are compared without case."""
    codes: dict[str, UnitRow] = {}
    ids: dict[str, UnitRow] = {}
    written = {row.code for row in rows}
    for unit in (*(unit for unit in stored if unit.code not in written), *rows):
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
    """Return the codes from this unit upward back to itself, empty when it is in no cycle."""
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
        return ""  # reported already, with the row's cells
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
    near = next((known for known in tree if known.casefold() == code.casefold()), None)
    return f", did you mean {near}?" if near else ""
