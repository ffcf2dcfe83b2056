"""The consistency of a roster: units, their parents, people, and receivers in DHIS2."""

import pytest

from gateway.model.csv_table import FilePlace
from gateway.model.roster import (
    PersonRow,
    RosterFault,
    UnitRow,
    merged,
    people_faults,
    receiver_of,
    unit_faults,
    without_receiver,
)

STORED = FilePlace("stored")


def unit(
    line: int, code: str, level: str, parent: str | None, dhis2_id: str | None = None
) -> UnitRow:
    return UnitRow(FilePlace("units.csv", line), code, code, level, parent, dhis2_id, None)


def person(line: int, phone: str, role: str, at: str, *, active: bool = True) -> PersonRow:
    return PersonRow(FilePlace("people.csv", line), phone, "N", role, at, "fr", active)


MALI = unit(2, "ML", "country", None)
DUGU = unit(3, "DUGU", "district", "ML")
KANI = unit(4, "KANI", "facility", "DUGU", "KaniFacil01")
KOLA = unit(5, "KOLA", "site", "KANI")
TREE = (MALI, DUGU, KANI, KOLA)
AWA = person(2, "+22370000001", "asc", "KOLA")


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        (TREE, []),
        ((*TREE, unit(6, "TENE", "site", "KANI")), []),
        (
            (*TREE, unit(6, "kola", "site", "KANI")),
            ["units.csv line 6: the code kola is taken already, by KOLA (units.csv line 5)"],
        ),
        (
            (*TREE, unit(6, "TENE", "site", "KANI", "KaniFacil01")),
            [
                (
                    "units.csv line 6: the dhis2_id KaniFacil01 is taken already, by KANI "
                    "(units.csv line 4)"
                )
            ],
        ),
        (
            (*TREE, unit(6, "TENE", "site", "kani")),
            ["units.csv line 6: the parent kani of TENE is unknown, did you mean KANI?"],
        ),
        (
            (*TREE, unit(6, "TENE", "site", "XYZ")),
            ["units.csv line 6: the parent XYZ of TENE is unknown"],
        ),
        (
            (*TREE, unit(6, "TENE", "district", "KANI")),
            [
                (
                    "units.csv line 6: TENE is a district and cannot stand below KANI, which is "
                    "a facility; the order is country > region > district > facility > site"
                )
            ],
        ),
        ((*TREE, unit(6, "TENE", "village", "KANI")), []),
        (
            (unit(2, "A", "district", "B"), unit(3, "B", "district", "A")),
            ["units.csv line 2: the parents go round in a circle: A > B > A"],
        ),
    ],
)
def test_the_faults_between_units(rows: tuple[UnitRow, ...], faults: list[str]) -> None:
    assert [str(fault) for fault in unit_faults(rows, (), complete=True)] == faults


def test_stored_units_count_and_a_row_replaces_its_own() -> None:
    moved = unit(2, "KOLA", "site", "DUGU")
    assert list(unit_faults((moved,), TREE, complete=True)) == []
    assert merged((moved,), TREE)["KOLA"] is moved
    assert list(merged((), TREE)) == ["ML", "DUGU", "KANI", "KOLA"]


def test_an_unknown_parent_is_no_fault_while_rows_are_missing() -> None:
    assert list(unit_faults((unit(6, "TENE", "site", "XYZ"),), (), complete=False)) == []


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ((AWA,), []),
        ((AWA, person(3, "+22370000001", "dtc", "KANI")), []),
        (
            (AWA, person(3, "+22370000001", "asc", "KOLA")),
            ["people.csv line 3: 7X XX XX 01 at KOLA stands at line 2 already"],
        ),
        (
            (person(2, "+22370000001", "asc", "Kola"),),
            ["people.csv line 2: the org_unit Kola is unknown, did you mean KOLA?"],
        ),
        (
            (person(2, "+22370000001", "dtc", "KOLA"),),
            ["people.csv line 2: the role dtc belongs at a facility, and KOLA is a site"],
        ),
        ((person(2, "+22370000001", "cook", "KOLA"),), []),
    ],
)
def test_the_faults_of_people(rows: tuple[PersonRow, ...], faults: list[str]) -> None:
    tree = merged((), TREE)
    assert [str(fault) for fault in people_faults(rows, (), tree, complete=True)] == faults


@pytest.mark.parametrize(("active", "count"), [(True, 1), (False, 0)])
def test_stored_people_count_while_they_are_active(active: bool, count: int) -> None:
    stored = (person(0, "+22370000002", "asc", "KANI", active=active),)
    assert len(list(people_faults((AWA,), stored, merged((), TREE), complete=True))) == count


def test_an_unknown_unit_is_no_fault_while_rows_are_missing() -> None:
    assert list(people_faults((AWA,), (), {}, complete=False)) == []


def test_the_receiver_is_the_nearest_unit_of_dhis2() -> None:
    tree = merged((), TREE)
    assert receiver_of(KOLA, tree) is KANI
    assert receiver_of(KANI, tree) is KANI
    assert receiver_of(DUGU, tree) is None


def test_a_site_without_a_receiver_is_a_warning() -> None:
    tree = merged((unit(6, "TENE", "site", "DUGU"),), TREE)
    assert list(without_receiver(tree)) == [
        (
            "units.csv line 6: neither TENE nor a unit above it has a dhis2_id; its reports are "
            "kept, and wait"
        )
    ]


def test_all_faults_of_the_files_are_raised_at_once() -> None:
    fault = RosterFault(("a", "b"))
    assert (fault.faults, str(fault)) == (["a", "b"], "a\nb")
