"""An import changes everything or nothing, and an export can be imported again."""

import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from gateway.model.roster import RosterFault
from gateway.roster.importing import Summary, export_roster, import_roster
from gateway.storage import org_tree
from gateway.storage import roster as stored_roster
from gateway.storage.engine import reading
from gateway.storage.tables import org_unit_terms, org_units, posts
from menus.model.period import Period

JANUARY, MARCH = Period(2026, 1), Period(2026, 3)
UNITS = """\
code,name,level,parent,dhis2_id,population
ML,Mali,country,,,
DUGU,Duguba,district,ML,,
KANI,Kani,facility,DUGU,KaniFacil01,11800
KOLA,Kola,site,KANI,,1540
"""
PEOPLE = """\
phone,name,role,org_unit,language,active
+22370000001,Awa,asc,KOLA,fr,yes
+22370000101,Nana,dtc,KANI,bm,no
"""
MOVED = UNITS.replace("KOLA,Kola,site,KANI,,", "KOLA,Kola,site,KANI,KolaSite001,")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return put(tmp_path, UNITS, PEOPLE)


def put(folder: Path, units: str, people: str) -> tuple[Path, Path]:
    paths = folder / "org_units.csv", folder / "people.csv"
    for path, text in zip(paths, (units, people), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def rows_stored(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return [
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (org_units, org_unit_terms, posts)
        ]


def receiver_of_kola(connection: Connection, period: Period) -> str | None:
    kola = stored_roster.unit_by_code(connection, "KOLA", period.code)
    assert kola is not None
    unit = org_tree.receiving_units(connection, [kola.id], period.code)[kola.id]
    return unit.dhis2_id if unit else None


def test_an_import_and_the_same_again(engine: Engine, files: tuple[Path, Path]) -> None:
    first = import_roster(engine, *files, JANUARY)
    assert first == Summary(4, 0, 0, 0, 2, 0, 0, 0)
    assert rows_stored(engine) == [4, 4, 2]
    again = import_roster(engine, *files, MARCH)
    assert again == Summary(0, 0, 4, 0, 0, 0, 2, 0)
    assert rows_stored(engine) == [4, 4, 2]


@pytest.mark.parametrize(
    ("units", "people", "fault"),
    [
        (MOVED, PEOPLE + "70000009,Issa,asc,NONE,fr,yes\n", "people.csv line 4: the org_unit NONE"),
        (UNITS + "TENE,Tene,site,KANI,KaniFacil01,\n", PEOPLE, "org_units.csv line 6: the dhis2_id"),
        ("code\n", PEOPLE, "org_units.csv line 1: column 'name' is missing"),
    ],
)  # fmt: skip
def test_with_any_fault_nothing_is_changed(
    engine: Engine, tmp_path: Path, units: str, people: str, fault: str
) -> None:
    import_roster(engine, *put(tmp_path, UNITS, PEOPLE), JANUARY)
    with pytest.raises(RosterFault) as refused:
        import_roster(engine, *put(tmp_path, units, people), MARCH)
    assert any(one.startswith(fault) for one in refused.value.faults)
    assert rows_stored(engine) == [4, 4, 2]


def test_a_dry_run_says_the_same_and_changes_nothing(
    engine: Engine, tmp_path: Path, files: tuple[Path, Path]
) -> None:
    dry = import_roster(engine, *files, JANUARY, dry_run=True)
    assert rows_stored(engine) == [0, 0, 0]
    assert import_roster(engine, *files, JANUARY) == dry


def test_faults_against_what_is_stored(
    engine: Engine, tmp_path: Path, files: tuple[Path, Path]
) -> None:
    import_roster(engine, *files, JANUARY)
    header = UNITS.partition("\n")[0]
    part = f"{header}\nTENE,Tene,site,KANI,KaniFacil01,\n"
    with pytest.raises(RosterFault, match=r"KaniFacil01 is taken already, by KANI \(stored\)"):
        import_roster(engine, *put(tmp_path, part, PEOPLE), MARCH)
    part = f"{header}\nTENE,Tene,site,KANI,TeneSite001,\n"
    assert import_roster(engine, *put(tmp_path, part, PEOPLE), MARCH).units_added == 1


def test_moved_sites_are_handed_over_within_the_transaction(
    engine: Engine, tmp_path: Path, files: tuple[Path, Path]
) -> None:
    import_roster(engine, *files, JANUARY)
    handed: list[tuple[Sequence[int], str, str | None]] = []

    def reroute(connection: Connection, summary: Summary, since: str) -> None:
        handed.append((summary.rerouted, since, receiver_of_kola(connection, MARCH)))

    put(tmp_path, MOVED, PEOPLE)
    import_roster(engine, *files, MARCH, dry_run=True, reroute=reroute)
    assert handed == []
    summary = import_roster(engine, *files, MARCH, reroute=reroute)
    assert handed == [(summary.rerouted, "202603", "KolaSite001")]
    with reading(engine) as connection:
        assert receiver_of_kola(connection, JANUARY) == "KaniFacil01"
        assert summary.rerouted == tuple(
            one.id
            for one in stored_roster.units(connection, "202603").values()
            if one.code == "KOLA"
        )


def test_a_failed_handing_over_undoes_the_import(
    engine: Engine, tmp_path: Path, files: tuple[Path, Path]
) -> None:
    import_roster(engine, *files, JANUARY)

    def reroute(connection: Connection, summary: Summary, since: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        import_roster(engine, *put(tmp_path, MOVED, PEOPLE), MARCH, reroute=reroute)
    with reading(engine) as connection:
        assert receiver_of_kola(connection, MARCH) == "KaniFacil01"


def test_warnings_come_back(engine: Engine, tmp_path: Path) -> None:
    units = UNITS.replace("KaniFacil01", "")
    summary = import_roster(engine, *put(tmp_path, units, PEOPLE), JANUARY)
    assert len(summary.warnings) == 1
    assert "neither KOLA nor a unit above it has a dhis2_id" in summary.warnings[0]


def test_an_export_is_what_was_imported(
    engine: Engine, tmp_path: Path, files: tuple[Path, Path]
) -> None:
    import_roster(engine, *files, JANUARY)
    units, people = export_roster(engine, tmp_path / "out" / "roster", MARCH)
    assert units.read_text(encoding="utf-8") == UNITS
    assert sorted(people.read_text(encoding="utf-8").splitlines()) == sorted(PEOPLE.splitlines())
    assert stat.S_IMODE(people.stat().st_mode) == 0o600
    assert import_roster(engine, units, people, MARCH) == Summary(0, 0, 4, 0, 0, 0, 2, 0)


def test_an_export_is_of_its_month(
    engine: Engine, tmp_path: Path, files: tuple[Path, Path]
) -> None:
    import_roster(engine, *files, JANUARY)
    import_roster(engine, *put(tmp_path, MOVED, PEOPLE.replace("yes", "no")), MARCH)
    january, march = (
        [path.read_text() for path in export_roster(engine, tmp_path / month.code, month)]
        for month in (JANUARY, MARCH)
    )
    assert ["KolaSite001" in january[0], "KolaSite001" in march[0]] == [False, True]
    assert [january[1].count("yes"), march[1].count("yes")] == [1, 0]


@pytest.mark.parametrize("name", ["=1+1", "+223", "-x", "@SUM(A1)", 'O\'Kola; "Awa", Tènè'])
def test_an_exported_name_runs_nothing_and_comes_back_whole(
    engine: Engine, tmp_path: Path, name: str
) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    files = put(tmp_path, UNITS, PEOPLE.replace("Awa", quoted))
    import_roster(engine, *files, JANUARY)
    units, people = export_roster(engine, tmp_path / "out", MARCH)
    assert not any(f",{sign}" in people.read_text() for sign in "=+-@")
    assert import_roster(engine, units, people, MARCH).people_unchanged == 2
