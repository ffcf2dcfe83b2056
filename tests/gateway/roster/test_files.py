"""A roster CSV is read as people save it, and every fault is told with its line."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import sandbox
from gateway.model.csv_table import FilePlace
from gateway.model.roster import Roster, RosterFault
from gateway.roster.files import PEOPLE_COLUMNS, UNIT_COLUMNS, person_cells, read, unit_cells

UNITS = """\
code,name,level,parent,dhis2_id,population
ML,Mali,country,,,
DUGU,Duguba,district,ML,,
KANI,Kani,facility,DUGU,KaniFacil01,11 800
KOLA,Kola,site,KANI,,1540
TENE,Tènè,site,KANI,TeneSite001,
"""
PEOPLE = """\
phone,name,role,org_unit,language,active
+22370000001,Awa,asc,KOLA,fr,yes
+22370000002,Issa,asc,TENE,bm,no
+22370000101,Nana,dtc,KANI,fr,oui
+22370000201,Sali,district,DUGU,fr,non
"""
DEMO = Path(sandbox.__file__).parent / "roster"


def read_texts(
    folder: Path,
    units: str | bytes = UNITS,
    people: str | bytes = PEOPLE,
    stored: Roster | None = None,
) -> Roster:
    paths = folder / "org_units.csv", folder / "people.csv"
    for path, text in zip(paths, (units, people), strict=True):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(*paths, stored)


def faults_of(
    folder: Path,
    units: str | bytes = UNITS,
    people: str | bytes = PEOPLE,
    stored: Roster | None = None,
) -> list[str]:
    with pytest.raises(RosterFault) as refused:
        read_texts(folder, units, people, stored)
    return refused.value.faults


def with_unit(*rows: str) -> str:
    """Faults of what is put here stand on line 7 and after."""
    return UNITS + "".join(row + "\n" for row in rows)


def with_person(*rows: str) -> str:
    """Faults of what is put here stand on line 6 and after."""
    return PEOPLE + "".join(row + "\n" for row in rows)


def test_what_is_read(tmp_path: Path) -> None:
    roster = read_texts(tmp_path)
    kani, tene = roster.units[2], roster.units[4]
    assert (kani.parent, kani.dhis2_id, kani.population) == ("DUGU", "KaniFacil01", 11800)
    assert (tene.name, tene.population, tene.place.line) == ("Tènè", None, 6)
    assert [one.active for one in roster.people] == [True, False, True, False]
    assert roster.warnings == ()


@pytest.mark.parametrize(
    "save",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.replace("code", '"code"').encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace("\n", ",,\n").encode() + b",,,,,,,\n",
        lambda text: b"\n  \n" + text.encode(),
        lambda text: text.replace(",", " , ").encode(),
        lambda text: text.replace("KOLA", '"KOLA"').encode(),
        lambda text: text.replace("KOLA", "KOLA\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}").encode(),
        lambda text: text.replace("code", "Code").replace("phone", "PHONE").encode(),
    ],
    ids=["bom", "bom and quotes", "semicolons", "tabs", "crlf", "cr", "stray cells", "blank lines", "blanks",
         "quotes", "invisible", "header case"],
)  # fmt: skip
def test_what_spreadsheets_do_to_a_file_does_not_matter(
    tmp_path: Path, save: Callable[[str], bytes]
) -> None:
    plain = read_texts(tmp_path)
    saved = read_texts(tmp_path, save(UNITS), save(PEOPLE))
    assert [unit_cells(one) for one in saved.units] == [unit_cells(one) for one in plain.units]
    assert [person_cells(one) for one in saved.people] == [
        person_cells(one) for one in plain.people
    ]


@pytest.mark.parametrize(
    ("units", "faults"),
    [
        (b"", ["org_units.csv: is empty; expected the header code,name"]),
        (UNITS.encode("cp1252"), ["org_units.csv line 6: the file is not in UTF-8"]),
        (UNITS.encode("utf-16"), ["org_units.csv line 1: the file is not in UTF-8"]),
        (UNITS.partition("\n")[2], ["org_units.csv line 1: the header is missing; expected code"]),
        (UNITS.replace("name", "naem"), ["line 1: unknown column 'naem', did you mean 'name'?"]),
        (
            UNITS.replace("population", "colour"),
            ["line 1: unknown column 'colour'", "line 1: column 'population' is missing"],
        ),
        (UNITS.replace("dhis2_id", "name"), ["column 'name' stands there twice", "'dhis2_id' is"]),
        (with_unit("A,b,site"), ["line 7: 3 cells, but the header has 6"]),
        (with_unit("A,b,site,KANI,,,7"), ["line 7: 7 cells, but the header has 6"]),
        (with_unit('A,"b\nc",site,KANI,,'), ["line 7: name: holds a line break"]),
        (with_unit("A,b\0c,site,KANI,,"), ["line 7: name: holds a line break or another char"]),
        (with_unit(f"A,{'b' * 201},site,KANI,,"), ["line 7: name: longer than 200"]),
        (with_unit(f"{'A' * 81},b,site,KANI,,"), ["line 7: code: longer than 80"]),
        (with_unit('A,"b,site,KANI,,'), ["line 7: the row that begins here is broken"]),
        (with_unit(",Bala,site,KANI,,"), ["line 7: code: is empty"]),
        (with_unit("BALA,,site,KANI,,"), ["line 7: name: is empty"]),
        (with_unit("BALA,Bala,,KANI,,"), ["line 7: level: expected country, region, district,"]),
        (with_unit("BALA,Bala,CSCom,KANI,,"), ["facility or site, found something else"]),
        (with_unit("BALA,Bala,site,,,"), ["line 7: parent: is empty; only a country"]),
        (with_unit("TG,Togo,country,ML,,"), ["line 7: parent: must be empty for a country"]),
        (with_unit("BALA,Bala,site,NONE,,"), ["line 7: the parent NONE of BALA is unknown"]),
        (with_unit("BALA,Bala,site,Kani,,"), ["Kani of BALA is unknown, did you mean KANI?"]),
        (with_unit("KOLA,Kola,site,KANI,,"), ["line 7: the code KOLA is taken already, by KOLA (org_units.csv line 5)"]),
        (with_unit("Kola,Kola,site,KANI,,"), ["line 7: the code Kola is taken already, by KOLA"]),
        (with_unit("BALA,Bala,site,KANI,TeneSite001,"), ["line 7: the dhis2_id TeneSite001 is taken already, by TENE (org_units.csv line 6)"]),
        (with_unit("BALA,Bala,site,KANI,BalaSite01,"), ["line 7: dhis2_id: expected 11 letters"]),
        (with_unit("BALA,Bala,site,KANI,1alaSite001,"), ["line 7: dhis2_id: expected 11 letters"]),
        (with_unit("BALA,Bala,site,KANI,,many"), ["line 7: population: expected a whole number"]),
        (with_unit("BALA,Bala,site,KANI,,-5"), ["line 7: population: expected a whole number"]),
        (with_unit("BALA,Bala,site,KOLA,,"), ["line 7: BALA is a site and cannot stand below KOLA"]),
        (with_unit("BALA,Bala,region,KANI,,"), ["line 7: BALA is a region and cannot stand below"]),
        (with_unit("BALA,Bala,site,BALA,,"), ["line 7: the parents go round in a circle: BALA > BALA"]),
        (
            with_unit("A,a,region,B,,", "B,b,region,A,,", "C,c,district,B,,"),
            ["line 7: the parents go round in a circle: A > B > A"],
        ),
    ],
)  # fmt: skip
def test_faults_of_org_units(tmp_path: Path, units: str | bytes, faults: Sequence[str]) -> None:
    told = faults_of(tmp_path, units)
    assert len(told) == len(faults)
    for one, expected in zip(told, faults, strict=True):
        assert one.startswith("org_units.csv")
        assert expected in one


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",Awa,asc,KOLA,fr,yes", "line 6: phone: is empty"),
        ("7000001,Awa,asc,KOLA,fr,yes", "line 6: phone: not a phone number"),
        ("2.237E+10,Awa,asc,KOLA,fr,yes", "line 6: phone: a spreadsheet has shortened"),
        ("70000009,,asc,KOLA,fr,yes", "line 6: name: is empty"),
        ("70000009,Awa,worker,KOLA,fr,yes", "line 6: role: expected asc, dtc or district"),
        ("70000009,Awa,asc,,fr,yes", "line 6: org_unit: is empty"),
        ("70000009,Awa,asc,NONE,fr,yes", "line 6: the org_unit NONE is unknown"),
        ("70000009,Awa,asc,Kola,fr,yes", "Kola is unknown, did you mean KOLA?"),
        ("70000009,Awa,asc,KANI,fr,yes", "line 6: the role asc belongs at a site, and KANI is a f"),
        ("70000009,Awa,dtc,KOLA,fr,yes", "line 6: the role dtc belongs at a facility, and KOLA"),
        ("70000009,Awa,district,ML,fr,yes", "line 6: the role district belongs at a district"),
        ("70000009,Awa,asc,KOLA,en,yes", "line 6: language: expected fr or bm, found something"),
        ("70000009,Awa,asc,KOLA,,yes", "line 6: language: expected fr or bm, found nothing"),
        ("70000009,Awa,asc,KOLA,fr,1", "line 6: active: expected yes, oui, no or non"),
        ("70000001,Awa,asc,KOLA,fr,yes", "line 6: 7X XX XX 01 at KOLA stands at line 2 already"),
        ("00223 70-00-00-01,Awa,asc,KOLA,fr,yes", "01 at KOLA stands at line 2 already"),
    ],
)
def test_faults_of_people(tmp_path: Path, row: str, fault: str) -> None:
    told = faults_of(tmp_path, people=with_person(row))
    assert len(told) == 1
    assert told[0].startswith("people.csv line 6: ")
    assert fault in told[0]
    assert "70000" not in told[0]


@pytest.mark.parametrize("typed", ["70000009", "+223 70 00 00 09", "0022370000009", "22370000009", "70-00-00-09"])  # fmt: skip
def test_a_phone_written_five_ways_is_one_phone(tmp_path: Path, typed: str) -> None:
    roster = read_texts(tmp_path, people=with_person(f"{typed},Awa,asc,KOLA,fr,yes"))
    assert roster.people[-1].phone == "+22370000009"


def test_two_phones_of_one_person_and_two_places_of_one_phone(tmp_path: Path) -> None:
    rows = ("70000008,Awa,asc,KOLA,fr,yes", "70000001,Awa,asc,TENE,fr,yes")
    assert len(read_texts(tmp_path, people=with_person(*rows)).people) == 6


def test_every_fault_of_both_files_is_told_in_order(tmp_path: Path) -> None:
    units = with_unit("BALA,,site,NONE,,", "SITI,Siti,site,KANI,bad,x")
    people = with_person("x,Awa,asc,KOLA,fr,yes", "70000009,,dtc,BALA,en,")
    places = [fault.partition(":")[0] for fault in faults_of(tmp_path, units, people)]
    assert places == [
        *["org_units.csv line 7"] * 2, *["org_units.csv line 8"] * 2,
        "people.csv line 6", *["people.csv line 7"] * 4,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "units", [UNITS.encode("cp1252"), with_unit("BALA,b,site", "FILI,Fili,site,BALA,,")]
)
def test_an_unreadable_row_does_not_make_its_people_and_children_faults(
    tmp_path: Path, units: str | bytes
) -> None:
    people = with_person("70000009,Awa,asc,BALA,fr,yes")
    assert len(faults_of(tmp_path, units, people)) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RosterFault) as refused:
        read(tmp_path / "units.csv", tmp_path)
    assert refused.value.faults == [
        "units.csv: cannot be read: no such file or directory",
        f"{tmp_path.name}: cannot be read: is a directory",
    ]


def stored_roster(folder: Path) -> Roster:
    complete = read_texts(folder)
    place = FilePlace("stored")
    return Roster(
        tuple(replace(one, place=place) for one in complete.units),
        tuple(replace(one, place=place) for one in complete.people),
    )


def part(columns: Sequence[str], rows: str) -> str:
    return f"{','.join(columns)}\n{rows}\n"


@pytest.mark.parametrize(
    ("units", "people"),
    [
        ("", ""),
        ("BALA,Bala,site,KANI,,", "70000009,Awa,asc,TENE,fr,yes"),
        ("DUGU,Duguba,district,ML,TeneSite001,\nTENE,Tene,site,KANI,,", ""),
        ("KOLA,Kola,site,KANI,KolaSite001,", "70000001,Awa,asc,KOLA,fr,no"),
    ],
)
def test_a_part_of_the_roster_may_lean_on_the_stored_rest(
    tmp_path: Path, units: str, people: str
) -> None:
    stored = stored_roster(tmp_path)
    files = part(UNIT_COLUMNS, units), part(PEOPLE_COLUMNS, people)
    roster = read_texts(tmp_path, *files, stored)
    assert [one.code for one in roster.units] == [
        line.partition(",")[0] for line in units.splitlines()
    ]


@pytest.mark.parametrize(
    ("units", "people", "fault"),
    [
        ("BALA,Bala,site,NONE,,", "", "the parent NONE of BALA is unknown"),
        ("BALA,Bala,site,KANI,TeneSite001,", "", "taken already, by TENE (stored)"),
        ("kola,Bala,site,KANI,,", "", "the code kola is taken already, by KOLA (stored)"),
        ("KANI,Kani,district,ML,,", "", "stored: the role dtc belongs at a facility, and KANI"),
        ("KANI,Kani,site,DUGU,,", "", "stored: KOLA is a site and cannot stand below KANI"),
        ("DUGU,Duguba,district,KANI,,", "", "line 2: the parents go round in a circle"),
        ("", "70000009,Awa,asc,NONE,fr,yes", "the org_unit NONE is unknown"),
    ],
)
def test_a_part_of_the_roster_may_not_break_the_stored_rest(
    tmp_path: Path, units: str, people: str, fault: str
) -> None:
    stored = stored_roster(tmp_path)
    files = part(UNIT_COLUMNS, units), part(PEOPLE_COLUMNS, people)
    assert fault in "\n".join(faults_of(tmp_path, *files, stored))


def test_a_site_without_any_dhis2_id_above_it_is_a_warning(tmp_path: Path) -> None:
    roster = read_texts(tmp_path, with_unit("LONE,Lone,site,DUGU,,"))
    assert len(roster.warnings) == 1
    assert roster.warnings[0].startswith("org_units.csv line 7: neither LONE nor a unit above it")


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@SUM(A1)"])
def test_a_name_that_a_spreadsheet_would_run_is_written_so_that_it_does_not(
    tmp_path: Path, name: str
) -> None:
    roster = read_texts(tmp_path, people=with_person(f"70000009,{name},asc,KOLA,fr,yes"))
    cells = person_cells(roster.people[-1])
    assert cells[:2] == ["+22370000009", "'" + name]
    again = read_texts(tmp_path, people=with_person(",".join(cells)))
    assert again.people[-1].name == name


def test_the_demo_roster_is_sound() -> None:
    roster = read(DEMO / "org_units.csv", DEMO / "people.csv")
    known = {one.phone: (one.role, one.org_unit) for one in roster.people}
    assert known["+22370000001"] == ("asc", "KOLA")
    assert known["+22370000101"] == ("dtc", "KANI")
    assert known["+22370000201"][0] == "district"
    assert roster.warnings == ()
