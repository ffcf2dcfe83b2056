"""Tests of `kibaru roster`: files in, all faults at once, files out again."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.storage.engine import connect
from gateway.storage.tables import org_units, posts
from tests.gateway.cli.conftest import PEOPLE, UNITS, Kibaru


def rows(database_url: str) -> tuple[int, int]:
    """Return how many org units and posts are stored."""
    engine = connect(database_url)
    with engine.connect() as connection:
        found = [connection.scalar(select(func.count()).select_from(t)) for t in (org_units, posts)]
    engine.dispose()
    return found[0] or 0, found[1] or 0


def test_an_import_is_harmless_to_repeat(
    kibaru: Kibaru, roster: list[str], database_url: str
) -> None:
    first, second = (
        kibaru("roster", "import", *roster, DATABASE_URL=database_url) for _ in range(2)
    )
    assert (first.code, second.code) == (0, 0)
    assert first.out.splitlines() == [
        "org units: 6 added, 0 changed, 0 unchanged, 0 not in the file and kept",
        "people: 3 added, 0 changed, 0 unchanged, 0 not in the file and kept",
    ]
    assert second.out.splitlines() == [
        "org units: 0 added, 0 changed, 6 unchanged, 0 not in the file and kept",
        "people: 0 added, 0 changed, 3 unchanged, 0 not in the file and kept",
    ]
    assert rows(database_url) == (6, 3)


def test_a_dry_run_changes_nothing(kibaru: Kibaru, roster: list[str], sqlite_url: str) -> None:
    done = kibaru("roster", "import", *roster, "--dry-run", DATABASE_URL=sqlite_url)
    assert done.code == 0
    assert done.out.startswith("org units: 6 added")
    assert done.out.endswith("dry run: nothing was changed\n")
    assert rows(sqlite_url) == (0, 0)


def test_every_fault_is_listed_and_nothing_is_changed(
    kibaru: Kibaru, roster: list[str], sqlite_url: str
) -> None:
    units, people = Path(roster[1]), Path(roster[3])
    units.write_text(UNITS + "KOLA,KOLA,site,KANI,,\nBADALA,,village,NOWHERE,short,many\n")
    people.write_text(PEOPLE + "123,Issa,chief,KOLA,en,maybe\n+22370000009,Sali,asc,KANI,fr,yes\n")
    done = kibaru("roster", "import", *roster, DATABASE_URL=sqlite_url)
    assert (done.code, done.out) == (1, "")
    told = done.err.splitlines()
    assert len(told) >= 10
    for place, what in [
        ("org_units.csv line 8", "KOLA"),
        ("org_units.csv line 9", "level"),
        ("org_units.csv line 9", "dhis2_id"),
        ("org_units.csv line 9", "population"),
        ("org_units.csv line 9", "name"),
        ("people.csv line 5", "phone"),
        ("people.csv line 5", "role"),
        ("people.csv line 5", "language"),
        ("people.csv line 5", "active"),
        ("people.csv line 6", "asc"),
    ]:
        assert any(line.startswith(place) and what in line for line in told), (place, what)
    assert rows(sqlite_url) == (0, 0)


@pytest.mark.parametrize("what", ["absent", "a folder", "empty", "no text"])
def test_files_that_are_none(
    kibaru: Kibaru, roster: list[str], sqlite_url: str, what: str, tmp_path: Path
) -> None:
    units = tmp_path / "other.csv"
    match what:
        case "a folder":
            units.mkdir()
        case "empty":
            units.write_bytes(b"")
        case "no text":
            units.write_bytes(bytes(range(256)) * 10)
    roster[1] = str(units)
    done = kibaru("roster", "import", *roster, DATABASE_URL=sqlite_url)
    assert (done.code, done.out) == (1, "")
    assert "other.csv" in done.err
    assert rows(sqlite_url) == (0, 0)


def test_a_unit_that_no_values_can_reach_is_a_warning(
    kibaru: Kibaru, roster: list[str], sqlite_url: str
) -> None:
    Path(roster[1]).write_text(UNITS.replace("KaniFacil01", ""))
    done = kibaru("roster", "import", *roster, DATABASE_URL=sqlite_url)
    assert done.code == 0
    assert done.err.startswith("warning: ")
    assert "TENE" in done.err


def test_an_export_can_be_imported(
    kibaru: Kibaru, roster: list[str], database_url: str, tmp_path: Path
) -> None:
    kibaru("roster", "import", *roster, "--from", "202601", DATABASE_URL=database_url)
    folder = tmp_path / "out" / "put"
    done = kibaru("roster", "export", "--folder", str(folder), DATABASE_URL=database_url)
    units, people = folder / "org_units.csv", folder / "people.csv"
    assert (done.code, done.out) == (0, f"wrote {units} and {people}\n")
    phones = [row["phone"] for row in csv.DictReader(StringIO(people.read_text()))]
    assert sorted(phones) == ["+22370000001", "+22370000002", "+22370000101"]
    files = ("--org-units", str(units), "--people", str(people))
    again = kibaru("roster", "import", *files, DATABASE_URL=database_url)
    assert "org units: 0 added, 0 changed, 6 unchanged" in again.out
    assert "people: 0 added, 0 changed, 3 unchanged" in again.out


def test_an_export_goes_here_unless_told_where(
    kibaru: Kibaru, roster: list[str], sqlite_url: str
) -> None:
    kibaru("roster", "import", *roster, DATABASE_URL=sqlite_url)
    done = kibaru("roster", "export", "--period", "203001", DATABASE_URL=sqlite_url)
    assert done.code == 0
    assert len(Path("people.csv").read_text().splitlines()) == 4


def test_an_export_that_cannot_be_written(kibaru: Kibaru, sqlite_url: str) -> None:
    done = kibaru("roster", "export", "--folder", "/dev/null/x", DATABASE_URL=sqlite_url)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("cannot write to /dev/null/x: ")
