"""The two CSV files of a roster, cell by cell, into rows; every fault with its file and line.

`org_units.csv`: code,name,level,parent,dhis2_id,population.
`people.csv`: phone,name,role,org_unit,language,active.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.model.csv_table import CsvRow, CsvTable, FileFault, guarded, read_table
from gateway.model.phone import BadPhone, normalise
from gateway.model.roster import (
    LEVEL_OF_ROLE,
    LEVELS,
    PersonRow,
    Roster,
    RosterFault,
    UnitRow,
    merged,
    people_faults,
    unit_faults,
    without_receiver,
)
from gateway.model.unit_levels import UnitLevel

UNIT_COLUMNS: Final = ("code", "name", "level", "parent", "dhis2_id", "population")
PEOPLE_COLUMNS: Final = ("phone", "name", "role", "org_unit", "language", "active")
LANGUAGES: Final = ("fr", "bm")
ACTIVE: Final = {"yes": True, "oui": True, "no": False, "non": False}
LONGEST_CODE: Final = 80

_DHIS2_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{10}")
_POPULATION: Final = re.compile(r"[0-9]{1,9}")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Both files, cell by cell; rows with a fault stand in both lists as far as they go."""

    units: tuple[UnitRow, ...]
    people: tuple[PersonRow, ...]
    faults: tuple[FileFault, ...]
    files: tuple[str, str]
    complete: bool


def read(org_units: Path, people: Path, stored: Roster | None = None) -> Roster:
    """Return the roster of two CSV files, checked against what is `stored` (nothing by default).

    Raises RosterFault with every fault found, each with file and line.
    """
    return judge(parse(org_units, people), stored or Roster())


def parse(org_units: Path, people: Path) -> Parsed:
    """Return both files as they are, without judging how their rows belong together.

    Raises nothing.
    """
    units_table = read_table(org_units, UNIT_COLUMNS)
    people_table = read_table(people, PEOPLE_COLUMNS)
    faults = [*units_table.faults, *people_table.faults]
    return Parsed(
        units=tuple(_unit(row, faults) for row in units_table.rows),
        people=tuple(_person(row, faults) for row in people_table.rows),
        faults=tuple(faults),
        files=(org_units.name, people.name),
        complete=_complete(units_table),
    )


def judge(parsed: Parsed, stored: Roster) -> Roster:
    """Return the roster, when its rows fit each other and what is `stored`.

    `stored` is the tree in force, with the people who are active in it. Raises RosterFault
    with every fault, those of `parsed` included.
    """
    tree = merged(parsed.units, stored.units)
    faults = list(parsed.faults)
    complete = parsed.complete
    faults.extend(unit_faults(parsed.units, stored.units, complete=complete))
    faults.extend(people_faults(parsed.people, stored.people, tree, complete=complete))
    if faults:
        order = {file: rank for rank, file in enumerate(parsed.files)}
        faults.sort(key=lambda fault: (order.get(fault.place.file, len(order)), fault.place.line))
        raise RosterFault([str(fault) for fault in faults])
    return Roster(parsed.units, parsed.people, tuple(without_receiver(tree)))


def unit_cells(row: UnitRow) -> list[str]:
    """Return an org unit as cells of UNIT_COLUMNS, safe to open in a spreadsheet."""
    population = "" if row.population is None else str(row.population)
    texts = (row.code, row.name, row.level, row.parent or "", row.dhis2_id or "", population)
    return [guarded(text) for text in texts]


def person_cells(row: PersonRow) -> list[str]:
    """Return a person as cells of PEOPLE_COLUMNS. The phone keeps its `+`: it can run nothing."""
    texts = (row.name, row.role, row.org_unit, row.language, "yes" if row.active else "no")
    return [row.phone, *(guarded(text) for text in texts)]


def _complete(table: CsvTable) -> bool:
    """Return whether every unit of the file has its code, so that references can be judged."""
    return table.readable and not table.faults and all(row.cells["code"] for row in table.rows)


def _unit(row: CsvRow, faults: list[FileFault]) -> UnitRow:
    def say(words: str) -> None:
        faults.append(FileFault(row.place, words))

    cells = row.cells
    level = _one_of("level", cells["level"], LEVELS, say)
    _parent_given(level, cells["parent"], say)
    return UnitRow(
        place=row.place,
        code=_code(cells["code"], say),
        name=_filled("name", cells["name"], say),
        level=level,
        parent=cells["parent"] or None,
        dhis2_id=_dhis2_id(cells["dhis2_id"], say),
        population=_population(cells["population"], say),
    )


def _person(row: CsvRow, faults: list[FileFault]) -> PersonRow:
    def say(words: str) -> None:
        faults.append(FileFault(row.place, words))

    cells = row.cells
    return PersonRow(
        place=row.place,
        phone=_phone(cells["phone"], say),
        name=_filled("name", cells["name"], say),
        role=_one_of("role", cells["role"], tuple(LEVEL_OF_ROLE), say),
        org_unit=_filled("org_unit", cells["org_unit"], say),
        language=_one_of("language", cells["language"], LANGUAGES, say),
        active=ACTIVE.get(_one_of("active", cells["active"], tuple(ACTIVE), say), False),
    )


def _filled(column: str, cell: str, say: Say) -> str:
    if not cell:
        say(f"{column}: is empty")
    return cell


def _one_of(column: str, cell: str, allowed: tuple[str, ...], say: Say) -> str:
    """Return the cell in lower case, when allowed; else an empty text.

    The message does not repeat the cell: in a file with its columns mixed up it may be a name
    or a phone number.
    """
    if cell.casefold() in allowed:
        return cell.casefold()
    found = "something else" if cell else "nothing"
    say(f"{column}: expected {', '.join(allowed[:-1])} or {allowed[-1]}, found {found}")
    return ""


def _code(cell: str, say: Say) -> str:
    if len(cell) > LONGEST_CODE:
        say(f"code: longer than {LONGEST_CODE} characters")
    return _filled("code", cell, say)


def _parent_given(level: str, parent: str, say: Say) -> None:
    if level == UnitLevel.COUNTRY and parent:
        say("parent: must be empty for a country")
    elif level and level != UnitLevel.COUNTRY and not parent:
        say("parent: is empty; only a country stands below nothing")


def _dhis2_id(cell: str, say: Say) -> str | None:
    if cell and not _DHIS2_ID.fullmatch(cell):
        say("dhis2_id: expected 11 letters and digits, a letter first, or nothing")
        return None
    return cell or None


def _population(cell: str, say: Say) -> int | None:
    digits = "".join(cell.split())  # a French spreadsheet groups thousands with blanks
    if not digits:
        return None
    if not _POPULATION.fullmatch(digits):
        say("population: expected a whole number of people, or nothing")
        return None
    return int(digits)


def _phone(cell: str, say: Say) -> str:
    if not cell:
        say("phone: is empty")
        return ""
    try:
        return normalise(cell)
    except BadPhone as bad:
        say(f"phone: {bad}")
        return ""
