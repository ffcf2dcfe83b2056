"""Use cases of the roster: import the programme's CSV files, and export them."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from gateway.model.roster import RosterFault
from gateway.roster import files
from gateway.roster.files import PEOPLE_COLUMNS, UNIT_COLUMNS
from gateway.storage import roster_import
from gateway.storage.engine import Connection, Engine, reading
from gateway.storage.roster_import import Summary
from menus.model.period import Period

__all__ = ["Reroute", "RosterFault", "Summary", "export_roster", "import_roster"]

UNITS_FILE = "org_units.csv"
PEOPLE_FILE = "people.csv"

# Has the numbers that belong to another unit now sent again, given what an import changed and
# the first month (YYYYMM) that may be concerned.
Reroute = Callable[[Connection, Summary, str], None]
HandOver = Callable[[Connection], object]


def import_roster(
    engine: Engine,
    org_units: Path,
    people: Path,
    since: Period,
    *,
    dry_run: bool = False,
    reroute: Reroute | None = None,
    hand_over: HandOver | None = None,
) -> Summary:
    """Bring the stored roster to what the two files say, from the month `since` on.

    One transaction: with any fault, or with `dry_run`, nothing is changed. The files may hold
    a part of the roster; what they do not name is left as it is, and may be a parent or a
    place of work. `reroute` is called within the transaction, so that no crash can part a
    moved site from its numbers; `hand_over` likewise passes on the open work of agents who
    have left.

    Raises RosterFault with every fault of the files, StorageFault when the database cannot be
    used.
    """
    parsed = files.parse(org_units, people)
    with engine.connect() as connection, connection.begin() as transaction:
        roster_import.lock(connection)
        stored = roster_import.export(connection, since.code)
        roster = files.judge(parsed, stored)
        summary = roster_import.apply(connection, roster, since.code)
        if dry_run:
            transaction.rollback()
        else:
            if reroute is not None and (summary.rerouted or summary.staffed):
                reroute(connection, summary, since.code)
            if hand_over is not None:
                hand_over(connection)
    return replace(summary, warnings=(*roster.warnings, *summary.warnings))


def export_roster(engine: Engine, folder: Path, period: Period) -> tuple[Path, Path]:
    """Write the roster in force in a month as `org_units.csv` and `people.csv`.

    The folder is made when needed and files of these names are replaced; an import takes them
    as they are. Phone numbers are personal data: only its owner may read a new `people.csv`.
    Return the paths of both. Raises OSError when they cannot be written.
    """
    with reading(engine) as connection:
        roster = roster_import.export(connection, period.code)
    folder.mkdir(parents=True, exist_ok=True)
    units_path, people_path = folder / UNITS_FILE, folder / PEOPLE_FILE
    people_path.touch(mode=0o600)
    _write(units_path, UNIT_COLUMNS, map(files.unit_cells, roster.units))
    _write(people_path, PEOPLE_COLUMNS, map(files.person_cells, roster.people))
    return units_path, people_path


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
