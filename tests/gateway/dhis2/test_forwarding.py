"""Holds up: DHIS2 ends with the newest accepted numbers, once, whatever goes wrong between."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from gateway.dhis2 import forwarding, rerouting
from gateway.model.report import Status
from gateway.model.roster import Roster, UnitRow
from gateway.sandbox.dhis2 import Kind
from gateway.storage import outbox, roster_import
from gateway.storage.engine import reading
from tests.gateway.dhis2_server import CLOSED, HELD, FarSide, far_side
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NOON,
    OCTOBER,
    PEC,
    SIRA,
    Pipes,
    killed_at,
    once_before,
    unit,
)

# --- What leaves, and when


@pytest.mark.parametrize("family", ["legacy", "sql"])
def test_a_complete_report_is_in_and_registered_as_complete(pipes: Pipes, family: str) -> None:
    with far_side(pipes, family) as dhis2:
        pipes.told(PEC, sent=NOON - timedelta(days=1))
        assert dhis2.send() == 1
        assert dhis2.held() == HELD
        assert dhis2.completed() == "2026-11-03"
        assert dhis2.calls() == ["dataValueSets", "completeDataSetRegistrations"]
        report = pipes.report()
        assert (report.status, report.forwarded_at) == (Status.FORWARDED, NOON)
        row = pipes.only("dhis2")
        assert (row.state, row.next_at, row.lease, row.reason) == ("sent", None, None, None)
        assert pipes.counted()["forwarded"] == 1
        assert dhis2.send() == 0
        assert len(dhis2.calls()) == 2


def test_an_incomplete_report_waits_for_the_closing_date(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told("PEC 10 VUS 45")
    dhis2.send()
    row = pipes.only("dhis2")
    assert (row.state, row.next_at.date()) == ("waiting", CLOSED.date())
    pipes.clock.now = CLOSED - timedelta(hours=1, seconds=1)
    dhis2.send()
    assert dhis2.calls() == []
    pipes.clock.now = CLOSED
    dhis2.send()
    assert dhis2.held() == {"VUS": "45"}
    assert dhis2.completed() is None
    assert pipes.report().status is Status.FORWARDED
    assert pipes.only("dhis2").state == "sent"
    pipes.told("PEC 10 FIE 38")
    dhis2.send()
    assert dhis2.held() == {"VUS": "45", "FIE": "38"}


def test_a_month_that_has_not_ended_waits_for_its_end(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.clock.now = datetime(2026, 10, 28, 12, tzinfo=UTC)
    pipes.told(PEC)
    dhis2.send()
    assert dhis2.calls() == []
    pipes.clock.now = datetime(2026, 11, 1, 1, tzinfo=UTC)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() == "2026-10-28"


def test_a_correction_replaces_what_was_sent(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told(PEC)
    dhis2.send()
    pipes.told("PEC 10 POS 27")
    assert pipes.report().status is Status.COMPLETE
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27"}
    assert pipes.report().status is Status.FORWARDED
    # Nothing has changed about completeness, and nothing is said of it again.
    assert dhis2.calls().count("completeDataSetRegistrations") == 1


def test_sites_that_share_a_unit_add_up(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told(PEC, FANTA)
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    assert dhis2.completed("KaniFacil01") is None
    pipes.told(PEC, ISSA)
    dhis2.send()
    assert dhis2.held("KaniFacil01")["VUS"] == "90"
    assert dhis2.completed("KaniFacil01") == "2026-11-04"
    assert {pipes.report(site).status for site in ("TENE", "SIRAKORO")} == {Status.FORWARDED}


def test_at_the_closing_date_those_who_are_missing_are_not_waited_for(
    pipes: Pipes, dhis2: FarSide
) -> None:
    pipes.told(PEC, FANTA)
    pipes.told("PEC 10 VUS 5", ISSA)
    dhis2.send()
    assert dhis2.held("KaniFacil01") == HELD
    pipes.clock.now = CLOSED
    dhis2.send()
    assert dhis2.held("KaniFacil01") == {**HELD, "VUS": "50"}
    assert dhis2.completed("KaniFacil01") == "2026-11-04"


def test_cells_that_no_longer_count_are_deleted(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.clock.now = CLOSED
    pipes.told("STK 10 ENF 0J12 BEB 4")
    dhis2.send()
    assert dhis2.held(form="STK") == {"ENF": "0", "ENF J": "12", "BEB": "4"}
    pipes.told("COR 10 ENF 3")
    dhis2.send()
    assert dhis2.held(form="STK") == {"ENF": "3", "BEB": "4"}


def test_many_rows_travel_in_few_requests(pipes: Pipes, dhis2: FarSide) -> None:
    for phone in (AWA, FANTA, ISSA):
        pipes.receive(PEC, phone)
    pipes.read()
    assert dhis2.send() == 2
    assert dhis2.calls() == ["dataValueSets", "completeDataSetRegistrations"]


# --- Once, whatever is repeated


def test_sending_again_is_harmless(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told(PEC)
    dhis2.send()
    # As if the answer had been lost after all, and the row were due again.
    pipes.change_rows("dhis2", state="waiting", next_at=NOON, sent_revision=None)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() == "2026-11-04"
    assert pipes.only("dhis2").state == "sent"


def test_a_forwarder_that_dies_is_followed_by_another(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told(PEC)
    with killed_at(pipes.engine, "UPDATE reports"):
        dhis2.send()
    assert dhis2.held() == HELD
    assert pipes.only("dhis2").state == "sending"
    assert not due(pipes)
    dhis2.send()
    assert len(dhis2.calls()) == 2
    dhis2.recover()
    assert due(pipes)
    dhis2.send()
    assert pipes.only("dhis2").state == "sent"
    assert pipes.report().status is Status.FORWARDED
    assert dhis2.held() == HELD


def steal(connection: Connection) -> None:
    """Somebody else has claimed the rows meanwhile."""
    connection.exec_driver_sql("UPDATE outbox SET lease = 'another'")


def due(pipes: Pipes) -> bool:
    with reading(pipes.engine) as connection:
        return outbox.has_due(connection, outbox.DHIS2, pipes.clock.now + timedelta(hours=1))


def test_a_correction_never_overtakes_what_is_still_being_written(
    pipes: Pipes, impatient: FarSide
) -> None:
    impatient.fail(Kind.SLOW, 1)
    pipes.told(PEC)
    impatient.send()
    row = pipes.only("dhis2")
    assert (row.state, row.reason, row.attempts) == ("sending", "timeout", 1)
    pipes.told("PEC 10 POS 27")
    pipes.clock.advance(minutes=3)
    assert not due(pipes)
    impatient.send()
    assert impatient.calls() == ["dataValueSets"]
    impatient.recover()
    impatient.send()
    assert impatient.held() == {**HELD, "POS": "27"}
    assert impatient.sandbox.ledger.overlaps == []
    assert pipes.only("dhis2").state == "sent"


def test_there_and_back_with_a_lost_answer_ends_where_it_began(
    pipes: Pipes, dhis2: FarSide
) -> None:
    pipes.told(PEC)
    dhis2.send()
    dhis2.fail(Kind.LATE, 1, path="/api/dataValueSets")
    pipes.told("PEC 10 POS 27")
    dhis2.send()
    assert pipes.only("dhis2").reason == "http_504"
    pipes.told("PEC 10 POS 28")
    # DHIS2 still holds 28, and is about to write 27.
    assert dhis2.held() == HELD
    dhis2.recover()
    assert dhis2.held()["POS"] == "27"
    pipes.clock.advance(minutes=3)
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.sandbox.ledger.overlaps == []


def test_a_forwarder_that_slept_through_its_lease_does_not_send(
    pipes: Pipes, dhis2: FarSide
) -> None:
    pipes.told(PEC)
    with once_before(pipes.engine, "SELECT outbox.id \nFROM outbox \nWHERE outbox.id IN", steal):
        dhis2.send()
    assert dhis2.calls() == []
    row = pipes.only("dhis2")
    assert (row.lease, row.state) == ("another", "sending")
    dhis2.recover()
    dhis2.send()
    assert dhis2.held() == HELD


# --- Sites that move


def enrol_and_reroute(pipes: Pipes, *rows: object) -> None:
    with pipes.engine.begin() as connection:
        summary = roster_import.apply(connection, Roster(rows, ()), OCTOBER)  # type: ignore[arg-type]
        rerouting.reroute(connection, summary, OCTOBER, now=pipes.clock.now)


@pytest.mark.parametrize(
    ("place", "receiver"),
    [
        (unit("LONE", "site", "DUGU", "LoneSite001"), "LoneSite001"),
        (unit("DUGU", "district", "ML", "DuguDistr01"), "DuguDistr01"),
    ],
    ids=["a place of its own", "a place above"],
)
def test_a_site_without_a_place_in_dhis2_waits_for_one(
    pipes: Pipes, dhis2: FarSide, place: UnitRow, receiver: str
) -> None:
    pipes.told(PEC, SIRA)
    dhis2.send()
    row = pipes.only("dhis2")
    assert (row.state, row.reason, row.next_at) == ("waiting", "no_dhis2_id", None)
    assert dhis2.calls() == []
    assert pipes.report("LONE").status is Status.COMPLETE
    enrol_and_reroute(pipes, place)
    dhis2.learn()
    dhis2.send()
    assert dhis2.held(receiver) == HELD
    assert pipes.report("LONE").status is Status.FORWARDED
    assert {one.state for one in pipes.rows("dhis2")} == {"sent"}


def test_a_site_that_gets_its_own_place_takes_its_numbers_along(
    pipes: Pipes, dhis2: FarSide
) -> None:
    pipes.told(PEC, FANTA)
    pipes.told(PEC, ISSA)
    dhis2.send()
    enrol_and_reroute(pipes, unit("TENE", "site", "KANI", "TeneSite001"))
    dhis2.learn()
    dhis2.send()
    assert dhis2.held("TeneSite001") == HELD
    assert dhis2.held("KaniFacil01") == HELD
    enrol_and_reroute(pipes, unit("SIRAKORO", "site", "KANI", "SiraSite001"))
    dhis2.learn()
    dhis2.send()
    assert dhis2.held("SiraSite001") == HELD
    assert dhis2.held("KaniFacil01") == {}
    assert dhis2.completed("KaniFacil01") is None
    assert dhis2.completed("SiraSite001") == "2026-11-04"


def test_a_form_that_left_the_catalogue_does_not_hold_up_the_others(
    pipes: Pipes, dhis2: FarSide
) -> None:
    pipes.told("NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST 6")
    pipes.clock.advance(seconds=1)
    pipes.told(PEC)
    forms = {name: form for name, form in pipes.catalogue.forms.items() if name != "NUT"}
    far = replace(dhis2.far, catalogue=replace(pipes.catalogue, forms=forms))
    assert forwarding.send_due(pipes.engine, far, pipes.clock) == 1
    assert dhis2.held() == HELD
    dhis2.send()
    assert dhis2.held(form="NUT")["DEP"] == "180"


def test_it_stops_between_two_claims_when_its_time_is_over(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told(PEC)
    assert forwarding.send_due(pipes.engine, dhis2.far, pipes.clock, until=NOON) == 0
    assert dhis2.calls() == []
    assert dhis2.send() == 1
