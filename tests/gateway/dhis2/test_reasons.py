"""Tests of the reasons of refusals: for whom each is, and in which words."""

from datetime import date

import pytest

from gateway.dhis2.reasons import Audience, Reason, in_words, reason_of
from menus.model.catalogue import Catalogue
from menus.model.period import Period

OCTOBER, TODAY = Period(2026, 10), date(2026, 11, 4)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("E7619", Reason("value", Audience.AGENT)),
        ("E7605", Reason("compulsory", Audience.AGENT)),
        ("E7640", Reason("locked", Audience.SUPERVISOR)),
        ("E7642", Reason("approved", Audience.SUPERVISOR)),
        ("E8022", Reason("unassigned", Audience.SUPERVISOR)),
        ("E8031", Reason("unit_closed", Audience.SUPERVISOR)),
        ("E8104", Reason("setup", Audience.ADMINISTRATOR)),
    ],
)
def test_each_code_has_its_audience(code: str, reason: Reason) -> None:
    assert reason_of(code, OCTOBER, TODAY) == reason


def test_a_month_that_has_not_ended_is_only_early() -> None:
    early = reason_of("E7641", Period(2026, 11), TODAY)
    assert early == Reason("early", Audience.NOBODY)


def test_refusals_are_grouped_by_reason(catalogue: Catalogue) -> None:
    refusals = {"VUS": "E7619 no integer", "FIE": "E7619 no integer", "DCD": "E7640 closed"}
    told = in_words(catalogue, "fr", refusals, OCTOBER, TODAY)
    assert told == "nombre pas accepte: VUS FIE, mois ferme"
    assert in_words(catalogue, "fr", {}, OCTOBER, TODAY) == ""
