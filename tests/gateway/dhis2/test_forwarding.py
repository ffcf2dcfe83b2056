"""DHIS2 ends with the newest accepted numbers, once, whatever goes wrong between."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from gateway.context import Context
from gateway.dhis2 import forwarding, rerouting
from gateway.model.report import Status
from gateway.model.roster import Roster, UnitRow
from gateway.sandbox.dhis2 import Kind
from gateway.storage import outbox, roster_import
from gateway.storage.engine import reading
from tests.gateway.dhis2_server import CLOSED, HELD, FarSide, far_side
from tests.gateway.harness import (
    AWA,
    BAMAKO,
    FANTA,
    ISSA,
    NOON,
    OCTOBER,
    PEC,
    SIRA,
    Harness,
    killed_at,
    once_before,
    unit,
)

# --- What leaves, and when


@pytest.mark.parametrize("family", ["legacy", "sql"])
def test_a_complete_report_is_in_and_registered_as_complete(harness: Harness, family: str) -> None:
    with far_side(harness, family) as dhis2:
        harness.told(PEC, sent=NOON - timedelta(days=1))
        assert dhis2.send() == 1
        assert dhis2.held() == HELD
        assert dhis2.completed() == "2026-11-03"
        assert dhis2.calls() == ["dataValueSets", "completeDataSetRegistrations"]
        report = harness.report()
        assert (report.status, report.forwarded_at) == (Status.FORWARDED, NOON)
        row = harness.only("dhis2")
        assert (row.state, row.next_at, row.lease, row.reason) == ("sent", None, None, None)
        assert harness.counted()["forwarded"] == 1
        assert dhis2.send() == 0
        assert len(dhis2.calls()) == 2


def test_an_incomplete_report_waits_for_the_closing_date(harness: Harness, dhis2: FarSide) -> None:
    harness.told("PEC 10 VUS 45")
    dhis2.send()
    row = harness.only("dhis2")
    assert (row.state, row.next_at.date()) == ("waiting", CLOSED.date())
    harness.clock.now = CLOSED - timedelta(hours=1, seconds=1)
    dhis2.send()
    assert dhis2.calls() == []
    harness.clock.now = CLOSED
    dhis2.send()
    assert dhis2.held() == {"VUS": "45"}
    assert dhis2.completed() is None
    assert harness.report().status is Status.FORWARDED
    assert harness.only("dhis2").state == "sent"
    harness.told("PEC 10 FIE 38")
    dhis2.send()
    assert dhis2.held() == {"VUS": "45", "FIE": "38"}


def test_a_month_that_has_not_ended_waits_for_its_end(harness: Harness, dhis2: FarSide) -> None:
    harness.clock.now = datetime(2026, 10, 28, 12, tzinfo=UTC)
    harness.told(PEC)
    dhis2.send()
    assert dhis2.calls() == []
    harness.clock.now = datetime(2026, 11, 1, 1, tzinfo=UTC)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() == "2026-10-28"


def test_a_correction_replaces_what_was_sent(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    harness.told("PEC 10 POS 27")
    assert harness.report().status is Status.COMPLETE
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27"}
    assert harness.report().status is Status.FORWARDED
    # Nothing has changed about completeness, and nothing is said of it again.
    assert dhis2.calls().count("completeDataSetRegistrations") == 1


def test_sites_that_share_a_unit_add_up(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC, FANTA)
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    assert dhis2.completed("KaniFacil01") is None
    harness.told(PEC, ISSA)
    dhis2.send()
    assert dhis2.held("KaniFacil01")["VUS"] == "90"
    assert dhis2.completed("KaniFacil01") == "2026-11-04"
    assert {harness.report(site).status for site in ("TENE", "SIRAKORO")} == {Status.FORWARDED}


def test_at_the_closing_date_those_who_are_missing_are_not_waited_for(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told(PEC, FANTA)
    harness.told("PEC 10 VUS 5", ISSA)
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    harness.clock.now = CLOSED
    dhis2.send()
    assert dhis2.held("KaniFacil01") == {**HELD, "VUS": "50"}
    assert dhis2.completed("KaniFacil01") == "2026-11-04"


def test_cells_that_no_longer_count_are_deleted(harness: Harness, dhis2: FarSide) -> None:
    harness.clock.now = CLOSED
    harness.told("STK 10 ENF 0J12 BEB 4")
    dhis2.send()
    assert dhis2.held(form="STK") == {"ENF": "0", "ENF J": "12", "BEB": "4"}
    harness.told("COR 10 ENF 3")
    dhis2.send()
    assert dhis2.held(form="STK") == {"ENF": "3", "BEB": "4"}


def test_many_rows_travel_in_few_requests(harness: Harness, dhis2: FarSide) -> None:
    for phone in (AWA, FANTA, ISSA):
        harness.receive(PEC, phone)
    harness.read()
    assert dhis2.send() == 2
    assert dhis2.calls() == ["dataValueSets", "completeDataSetRegistrations"]


# --- Once, whatever is repeated


def test_sending_again_is_harmless(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    # As if the answer had been lost after all, and the row were due again.
    harness.change_rows("dhis2", state="waiting", next_at=NOON, sent_revision=None)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() == "2026-11-04"
    assert harness.only("dhis2").state == "sent"


def test_a_forwarder_that_dies_is_followed_by_another(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    with killed_at(harness.engine, "UPDATE reports"):
        dhis2.send()
    assert dhis2.held() == HELD
    assert harness.only("dhis2").state == "sending"
    assert not due(harness)
    dhis2.send()
    assert len(dhis2.calls()) == 2
    dhis2.recover()
    assert due(harness)
    dhis2.send()
    assert harness.only("dhis2").state == "sent"
    assert harness.report().status is Status.FORWARDED
    assert dhis2.held() == HELD


def steal(connection: Connection) -> None:
    """Another worker has claimed the rows meanwhile."""
    connection.exec_driver_sql("UPDATE outbox SET lease = 'another'")


def due(harness: Harness) -> bool:
    with reading(harness.engine) as connection:
        return outbox.has_due(connection, outbox.DHIS2, harness.clock.now + timedelta(hours=1))


def test_a_correction_never_overtakes_what_is_still_being_written(
    harness: Harness, impatient: FarSide
) -> None:
    impatient.fail(Kind.SLOW, 1)
    harness.told(PEC)
    impatient.send()
    row = harness.only("dhis2")
    assert (row.state, row.reason, row.attempts) == ("sending", "timeout", 1)
    harness.told("PEC 10 POS 27")
    harness.clock.advance(minutes=3)
    assert not due(harness)
    impatient.send()
    assert impatient.calls() == ["dataValueSets"]
    impatient.recover()
    impatient.send()
    assert impatient.held() == {**HELD, "POS": "27"}
    assert impatient.sandbox.ledger.overlaps == []
    assert harness.only("dhis2").state == "sent"


def test_there_and_back_with_a_lost_answer_ends_where_it_began(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told(PEC)
    dhis2.send()
    dhis2.fail(Kind.LATE, 1, path="/api/dataValueSets")
    harness.told("PEC 10 POS 27")
    dhis2.send()
    assert harness.only("dhis2").reason == "http_504"
    harness.told("PEC 10 POS 28")
    # DHIS2 still holds 28, and is about to write 27.
    assert dhis2.held() == HELD
    dhis2.recover()
    assert dhis2.held()["POS"] == "27"
    harness.clock.advance(minutes=3)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.sandbox.ledger.overlaps == []


def test_a_forwarder_that_slept_through_its_lease_does_not_send(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told(PEC)
    with once_before(harness.engine, "SELECT outbox.id \nFROM outbox \nWHERE outbox.id IN", steal):
        dhis2.send()
    assert dhis2.calls() == []
    row = harness.only("dhis2")
    assert (row.lease, row.state) == ("another", "sending")
    dhis2.recover()
    dhis2.send()
    assert dhis2.held() == HELD


# --- Sites that move


def enrol_and_reroute(harness: Harness, *rows: object) -> None:
    with harness.engine.begin() as connection:
        summary = roster_import.apply(connection, Roster(rows, ()), OCTOBER)  # type: ignore[arg-type]
        rerouting.reroute(connection, summary, OCTOBER, now=harness.clock.now)


@pytest.mark.parametrize(
    ("place", "receiver"),
    [
        (unit("LONE", "site", "DUGU", "LoneSite001"), "LoneSite001"),
        (unit("DUGU", "district", "ML", "DuguDistr01"), "DuguDistr01"),
    ],
    ids=["a place of its own", "a place above"],
)
def test_a_site_without_a_place_in_dhis2_waits_for_one(
    harness: Harness, dhis2: FarSide, place: UnitRow, receiver: str
) -> None:
    harness.told(PEC, SIRA)
    dhis2.send()
    row = harness.only("dhis2")
    assert (row.state, row.reason, row.next_at) == ("waiting", "no_dhis2_id", None)
    assert dhis2.calls() == []
    assert harness.report("LONE").status is Status.COMPLETE
    enrol_and_reroute(harness, place)
    dhis2.learn()
    dhis2.send()
    assert dhis2.held(receiver) == HELD
    assert harness.report("LONE").status is Status.FORWARDED
    assert {one.state for one in harness.rows("dhis2")} == {"sent"}


def test_a_site_that_gets_its_own_place_takes_its_numbers_along(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told(PEC, FANTA)
    harness.told(PEC, ISSA)
    dhis2.send()
    enrol_and_reroute(harness, unit("TENE", "site", "KANI", "TeneSite001"))
    dhis2.learn()
    dhis2.send()
    assert dhis2.held("TeneSite001") == HELD
    assert dhis2.held("KaniFacil01") == HELD
    enrol_and_reroute(harness, unit("SIRAKORO", "site", "KANI", "SiraSite001"))
    dhis2.learn()
    dhis2.send()
    assert dhis2.held("SiraSite001") == HELD
    assert dhis2.held("KaniFacil01") == {}
    assert dhis2.completed("KaniFacil01") is None
    assert dhis2.completed("SiraSite001") == "2026-11-04"


def test_a_form_that_left_the_catalogue_does_not_hold_up_the_others(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told("NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST 6")
    harness.clock.advance(seconds=1)
    harness.told(PEC)
    forms = {name: form for name, form in harness.catalogue.forms.items() if name != "NUT"}
    far = replace(dhis2.target, context=Context(replace(harness.catalogue, forms=forms), BAMAKO))
    assert forwarding.send_due(harness.engine, far, harness.clock) == 1
    assert dhis2.held() == HELD
    dhis2.send()
    assert dhis2.held(form="NUT")["DEP"] == "180"


def test_it_stops_between_two_claims_when_its_time_is_over(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told(PEC)
    assert forwarding.send_due(harness.engine, dhis2.target, harness.clock, until=NOON) == 0
    assert dhis2.calls() == []
    assert dhis2.send() == 1
