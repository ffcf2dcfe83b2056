"""What an agent takes back leaves DHIS2 too, and what counts again comes back."""

from datetime import timedelta

from gateway.model.report import Status
from tests.gateway.dhis2_server import HELD, FarSide
from tests.gateway.harness import PEC, Harness


def say(harness: Harness, *texts: str) -> None:
    for text in texts:
        harness.clock.advance(minutes=1)
        harness.told(text)


def test_a_withdrawn_report_is_deleted_and_no_longer_complete(
    harness: Harness, dhis2: FarSide
) -> None:
    say(harness, PEC)
    dhis2.send()
    assert dhis2.completed() is not None
    say(harness, "ANNULE", "OUI")
    dhis2.send()
    assert dhis2.held() == {}
    assert dhis2.completed() is None
    assert harness.report().status is Status.WITHDRAWN
    assert harness.only("dhis2").state == "sent"


def test_the_version_before_stands_in_dhis2_again(harness: Harness, dhis2: FarSide) -> None:
    say(harness, PEC)
    dhis2.send()
    say(harness, "COR POS 27 CTA 26")
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27", "CTA": "26"}
    say(harness, "ANNULE", "OUI")
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() is not None


def test_a_withdrawn_report_that_is_sent_again_comes_back(harness: Harness, dhis2: FarSide) -> None:
    say(harness, PEC)
    dhis2.send()
    say(harness, "ANNULE", "OUI")
    dhis2.send()
    harness.clock.advance(hours=1)
    say(harness, PEC, "OUI")
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() is not None


def test_what_waits_for_an_oui_does_not_leave(harness: Harness, dhis2: FarSide) -> None:
    say(harness, PEC)
    dhis2.send()
    say(harness, "COR VUS 140")
    harness.clock.now += timedelta(days=1)
    dhis2.send()
    assert dhis2.held() == HELD
    say(harness, "OUI")
    dhis2.send()
    assert dhis2.held() == {**HELD, "VUS": "140"}
