"""Holds up: what an agent takes back leaves DHIS2 too, and what counts again comes back."""

from datetime import timedelta

from gateway.model.report import Status
from tests.gateway.dhis2_server import HELD, FarSide
from tests.gateway.harness import PEC, Pipes


def say(pipes: Pipes, *texts: str) -> None:
    for text in texts:
        pipes.clock.advance(minutes=1)
        pipes.told(text)


def test_a_withdrawn_report_is_deleted_and_no_longer_complete(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC)
    dhis2.send()
    assert dhis2.completed() is not None
    say(pipes, "ANNULE", "OUI")
    dhis2.send()
    assert dhis2.held() == {}
    assert dhis2.completed() is None
    assert pipes.report().status is Status.WITHDRAWN
    assert pipes.only("dhis2").state == "sent"


def test_the_version_before_stands_in_dhis2_again(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC)
    dhis2.send()
    say(pipes, "COR POS 27 CTA 26")
    dhis2.send()
    assert dhis2.held() == {**HELD, "POS": "27", "CTA": "26"}
    say(pipes, "ANNULE", "OUI")
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() is not None


def test_a_withdrawn_report_that_is_sent_again_comes_back(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC)
    dhis2.send()
    say(pipes, "ANNULE", "OUI")
    dhis2.send()
    pipes.clock.advance(hours=1)
    say(pipes, PEC, "OUI")
    dhis2.send()
    assert dhis2.held() == HELD
    assert dhis2.completed() is not None


def test_what_waits_for_an_oui_does_not_leave(pipes: Pipes, dhis2: FarSide) -> None:
    say(pipes, PEC)
    dhis2.send()
    say(pipes, "COR VUS 140")
    pipes.clock.now += timedelta(days=1)
    dhis2.send()
    assert dhis2.held() == HELD
    say(pipes, "OUI")
    dhis2.send()
    assert dhis2.held() == {**HELD, "VUS": "140"}
