"""When the roster changes, DHIS2's cells follow, the old ones and the new."""

from dataclasses import replace

import pytest

from gateway.dhis2 import rerouting
from gateway.model.report import Status
from gateway.model.roster import PersonRow, Roster, UnitRow
from gateway.storage import roster_import
from tests.gateway.dhis2_server import CLOSED, HELD, FarSide
from tests.gateway.harness import FANTA, ISSA, OCTOBER, PEC, Harness, person, unit

NOVEMBER = "202611"


def enrol(
    harness: Harness, *rows: UnitRow | PersonRow, since: str = OCTOBER, dhis2: FarSide | None = None
) -> None:
    """What `kibaru roster import` does; DHIS2 gets the new units too."""
    units = tuple(row for row in rows if isinstance(row, UnitRow))
    people = tuple(row for row in rows if isinstance(row, PersonRow))
    with harness.engine.begin() as connection:
        summary = roster_import.apply(connection, Roster(units, people), since)
        rerouting.reroute(connection, summary, since, now=harness.clock.now)
    if dhis2 is not None:
        dhis2.learn()


def know(dhis2: FarSide, uid: str) -> None:
    """DHIS2 has one unit more, to which every data set is assigned."""
    names = {"name": uid, "shortName": uid, "openingDate": "1970-01-01"}
    with dhis2.sandbox.held() as state:
        dhis2.sandbox.load({"organisationUnits": [{"id": uid, **names}]})
        for one, data_set in state.data_sets.items():
            state.data_sets[one] = replace(data_set, org_units=data_set.org_units | {uid})


def report_both(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC, FANTA)
    harness.told(PEC, ISSA)
    dhis2.send()
    assert dhis2.held("KaniFacil01")["VUS"] == "90"
    assert dhis2.completed("KaniFacil01") is not None


def test_a_site_that_moves_takes_its_numbers_from_the_one_sum_to_the_other(
    harness: Harness, dhis2: FarSide
) -> None:
    report_both(harness, dhis2)
    enrol(
        harness,
        unit("SEBE", "facility", "DUGU", "SebeFacil01"),
        unit("TENE", "site", "SEBE"),
        dhis2=dhis2,
    )
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    assert dhis2.held("SebeFacil01") == HELD
    assert dhis2.completed("SebeFacil01") is not None
    assert harness.report("TENE").status is Status.FORWARDED


def test_a_move_that_is_put_right_leaves_nothing_where_it_was_for_a_while(
    harness: Harness, dhis2: FarSide
) -> None:
    report_both(harness, dhis2)
    enrol(
        harness,
        unit("SEBE", "facility", "DUGU", "SebeFacil01"),
        unit("TENE", "site", "SEBE"),
        dhis2=dhis2,
    )
    dhis2.send()
    enrol(harness, unit("TENE", "site", "KANI"), dhis2=dhis2)
    dhis2.send()
    assert dhis2.held("SebeFacil01") == {}
    assert dhis2.completed("SebeFacil01") is None
    assert dhis2.held("KaniFacil01")["VUS"] == "90"


def test_a_move_from_the_next_month_leaves_this_one_alone(harness: Harness, dhis2: FarSide) -> None:
    report_both(harness, dhis2)
    made = len(dhis2.calls())
    enrol(harness, unit("TENE", "site", "KANI", "TeneSite001"), since=NOVEMBER, dhis2=dhis2)
    dhis2.send()
    assert dhis2.held("KaniFacil01")["VUS"] == "90"
    assert len(dhis2.calls()) == made


def test_a_site_whose_place_changes_leaves_the_old_one_empty(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told(PEC)
    dhis2.send()
    assert dhis2.held() == HELD
    know(dhis2, "KolaSite002")
    enrol(harness, unit("KOLA", "site", "KANI", "KolaSite002"))
    dhis2.send()
    assert dhis2.held("KolaSite002") == HELD
    assert dhis2.completed("KolaSite002") is not None
    assert dhis2.held("KolaSite001") == {}
    assert dhis2.completed("KolaSite001") is None
    assert harness.only("dhis2").sent_to == "KolaSite002"


def test_a_site_that_loses_its_place_joins_the_sum_above(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    enrol(harness, unit("KOLA", "site", "KANI"))
    dhis2.send()
    assert dhis2.held("KolaSite001") == {}
    assert dhis2.completed("KolaSite001") is None
    assert dhis2.held("KaniFacil01") == HELD


def test_a_place_that_another_unit_has_now_is_left_to_it(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    enrol(
        harness,
        unit("KOLA", "site", "KANI", "KolaSite002"),
        unit("TENE", "site", "KANI", "KolaSite001"),
        dhis2=dhis2,
    )
    harness.told(PEC.replace("VUS 45", "VUS 46"), FANTA)
    dhis2.send()
    assert dhis2.held("KolaSite001")["VUS"] == "46"
    assert dhis2.held("KolaSite002") == HELD
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}


@pytest.mark.parametrize("since", [OCTOBER, NOVEMBER])
def test_a_site_that_closes_is_not_waited_for_from_that_month(
    harness: Harness, dhis2: FarSide, since: str
) -> None:
    harness.told(PEC, FANTA)
    dhis2.send()
    assert dhis2.completed("KaniFacil01") is None
    enrol(harness, person(ISSA, "asc", "SIRAKORO", active=False), since=since)
    dhis2.send()
    assert (dhis2.completed("KaniFacil01") is not None) == (since == OCTOBER)
    assert dhis2.held("KaniFacil01") == HELD


def test_an_agent_who_begins_makes_the_set_incomplete_again(
    harness: Harness, dhis2: FarSide
) -> None:
    report_both(harness, dhis2)
    with harness.engine.begin() as connection:
        roster_import.apply(connection, Roster((unit("NEWA", "site", "KANI"),), ()), OCTOBER)
    enrol(harness, person("+22370000009", "asc", "NEWA"))
    dhis2.send()
    assert dhis2.completed("KaniFacil01") is None
    assert dhis2.held("KaniFacil01")["VUS"] == "90"


def test_a_withdrawn_part_lowers_the_sum_and_takes_completeness_back(
    harness: Harness, dhis2: FarSide
) -> None:
    report_both(harness, dhis2)
    harness.clock.advance(minutes=1)
    harness.told("ANNULE", ISSA)
    harness.told("OUI", ISSA)
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    assert dhis2.completed("KaniFacil01") is None
    assert harness.report("SIRAKORO").status is Status.WITHDRAWN
    harness.told("ANNULE", FANTA)
    harness.told("OUI", FANTA)
    harness.clock.now = CLOSED
    dhis2.send()
    assert dhis2.held("KaniFacil01") == {}
    assert dhis2.completed("KaniFacil01") is None
