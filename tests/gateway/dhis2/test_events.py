"""DHIS2 ends by holding each referral as it stands here, as one event, without identity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.dhis2 import events
from gateway.dhis2.events import EVENTS
from gateway.dhis2.metadata_referrals import PROGRAM, element_uid
from gateway.sandbox.dhis2.faults import Kind
from gateway.storage import destinations, referrals
from gateway.storage.engine import reading
from tests.gateway.dhis2_server import FAMILIES, FarSide, far_side
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, SIRA
from tests.gateway.referral_harness import ReferralHarness


@dataclass(slots=True)
class Far:
    """The gateway, and the DHIS2 that its events go to."""

    referral_harness: ReferralHarness
    side: FarSide

    def send(self) -> int:
        return events.send_due(
            self.referral_harness.engine, self.side.target, self.referral_harness.clock
        )

    def events(self) -> list[Mapping[str, Any]]:
        """What DHIS2 holds: org unit, and values by the names of their data elements."""
        names = {element_uid(one): one for one in NAMES}
        with self.side.sandbox.held() as state:
            return [
                {
                    "at": one.org_unit,
                    "on": one.occurred_at,
                    **{names[element]: value for element, value in one.values.items()},
                }
                for one in state.events.values()
                if not one.deleted and one.program == PROGRAM
            ]

    def requests(self) -> int:
        return self.side.calls().count("tracker")


NAMES = (
    "REASON", "SEX", "STATE", "AGE", "ARRIVED_ON", "VISIT_BY", "VISITED_ON",
    "ART", "AMX", "SEL", "PAR", "SUC", "RIEN",
)  # fmt: skip


@pytest.fixture
def far(referral_harness: ReferralHarness) -> Iterator[Far]:
    with far_side(referral_harness, FAMILIES[referral_harness.engine.dialect.name]) as side:
        yield Far(referral_harness, side)


def test_a_referral_is_one_event_and_its_counter_referral_updates_it(far: Far) -> None:
    number = far.referral_harness.refer()
    assert far.send() == 1
    made = {
        "at": "KolaSite001", "on": "2026-11-04T10:42:00.000", "REASON": "PALU_GRAVE", "SEX": "F",
        "STATE": "ENVOYE", "AGE": "14", "ART": "true",
    }  # fmt: skip
    assert far.events() == [made]
    assert far.send() == 0
    far.referral_harness.told(f"CRF {number} G J3", NANA)
    assert far.send() == 1
    treated = {"STATE": "TRAITE", "ARRIVED_ON": "2026-11-04", "VISIT_BY": "2026-11-07"}
    assert far.events() == [made | treated]
    far.referral_harness.told(f"CRF {number} D", NANA)
    far.send()
    assert far.events() == [made | {"STATE": "DECEDE", "ARRIVED_ON": "2026-11-04"}]


def test_no_identity_and_no_free_text_leaves(far: Far) -> None:
    far.referral_harness.told("REF 14 F PG ART Aminata Canari tel 70007777")
    number = far.referral_harness.only_referral().number
    far.send()
    with far.side.sandbox.held() as state:
        told = str(list(state.events.values()))
    for canary in ("canari", "aminata", "70007777", AWA, number):
        assert canary not in told.lower()


def test_sites_without_a_place_in_dhis2_send_to_the_nearest_unit_above(far: Far) -> None:
    far.referral_harness.refer(phone=ISSA)
    far.send()
    assert [one["at"] for one in far.events()] == ["KaniFacil01"]


def test_a_site_without_any_place_above_waits_and_says_why(far: Far) -> None:
    far.referral_harness.refer(phone=SIRA)
    far.send()
    row = far.referral_harness.only("referral")
    assert (row.state, row.reason) == ("waiting", "no_dhis2_id")
    assert far.events() == []


def test_a_referral_that_was_taken_back_is_deleted(far: Far) -> None:
    far.referral_harness.refer()
    far.send()
    far.referral_harness.told("ANNULE")
    far.referral_harness.told("OUI")
    far.send()
    assert far.events() == []
    assert far.referral_harness.only("referral").state == "sent"
    # The same words again are another referral, whose event has a UID of its own.
    far.referral_harness.clock.advance(minutes=1)
    far.referral_harness.refer()
    far.send()
    assert len(far.events()) == 1


def test_one_that_was_taken_back_before_it_was_sent_is_settled_too(far: Far) -> None:
    far.referral_harness.refer()
    far.referral_harness.told("ANNULE")
    far.referral_harness.told("OUI")
    assert far.send() == 1
    assert far.referral_harness.only("referral").state == "sent"


def test_many_travel_in_one_request_and_a_bad_one_leaves_the_others_in(far: Far) -> None:
    for text in ("REF 14 F PG", "REF 3 M CV", "REF 9 F DG", "REF 20 M VT"):
        far.referral_harness.refer(text)
    far.referral_harness.refer(phone=FANTA)
    with far.side.sandbox.held() as state:
        program = state.programs[PROGRAM]
        only = program.org_units - {"KaniFacil01"}
        state.programs[PROGRAM] = type(program)(PROGRAM, only, 0)
    assert far.send() == 5
    assert far.requests() == 1
    assert len(far.events()) == 4
    refused = [row for row in far.referral_harness.rows("referral") if row.state == "refused"]
    assert [row.reason for row in refused] == ["E1029"]
    assert refused[0].detail.startswith("the org unit is not assigned to the program")
    assert far.referral_harness.counted()["events_refused"] == 1


def test_a_server_without_the_program_is_left_alone_and_reports_go_on(far: Far) -> None:
    with far.side.sandbox.held() as state:
        program = state.programs.pop(PROGRAM)
    far.referral_harness.refer()
    far.send()
    row = far.referral_harness.only("referral")
    assert (row.state, row.reason) == ("waiting", "E1010")
    assert far.send() == 0
    assert far.requests() == 1
    with reading(far.referral_harness.engine) as connection:
        assert destinations.health(connection, EVENTS).reason == "E1010"
        assert destinations.health(connection, destinations.DHIS2).failures == 0
    with far.side.sandbox.held() as state:
        state.programs[PROGRAM] = program
    far.referral_harness.clock.advance(minutes=3)
    assert far.send() == 1
    assert len(far.events()) == 1


def test_an_answer_that_was_lost_keeps_the_lease_and_is_sent_again(far: Far) -> None:
    far.referral_harness.refer()
    far.side.fail(Kind.RESET, times=1)
    far.send()
    assert far.referral_harness.only("referral").state == "sending"
    assert len(far.events()) == 1
    far.side.recover()
    far.referral_harness.clock.advance(minutes=3)
    assert far.send() == 0  # the lease is still kept
    far.referral_harness.change_rows("referral", lease_until=0)
    assert far.send() == 1
    assert len(far.events()) == 1
    assert far.referral_harness.only("referral").state == "sent"


def test_an_age_that_was_dropped_here_stays_there(far: Far) -> None:
    number = far.referral_harness.refer()
    far.send()
    far.referral_harness.clock.advance(days=20)
    with far.referral_harness.engine.begin() as connection:
        referrals.drop_ages(connection, far.referral_harness.clock.now)
    far.referral_harness.told(f"CRF {number} A", NANA)
    far.send()
    assert far.events()[0]["AGE"] == "14"
