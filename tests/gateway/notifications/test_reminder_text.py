"""Tests of what a reminder says at the moment of sending."""

import pytest

from gateway.notifications import reminder_text
from gateway.notifications.missing_reports import owing_by_facility
from gateway.storage.engine import reading
from gateway.storage.roster import Unit
from menus.rules.reminder_days import ReminderAudience
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, OCTOBER, PEC, Harness, person, unit

DISTRICT = "+22370000201"


@pytest.fixture
def harness(harness: Harness) -> Harness:
    harness.enrol((unit("BLA", "facility", "DUGU"),), (person(DISTRICT, "district", "DUGU"),))
    return harness


def text(harness: Harness, phone: str, audience: ReminderAudience) -> str | None:
    subject = {"kind": str(audience), "period": OCTOBER}
    with reading(harness.engine) as connection:
        return reminder_text.compose(connection, harness.context, phone, subject, harness.clock.now)


def complete(harness: Harness, phone: str) -> None:
    """Everything of October from one site."""
    for sms in (PEC, "NUT 10 RAS", "oui", "SMI 10 RAS", "oui"):
        harness.told(sms, phone)
    codes = harness.catalogue.forms["STK"].codes
    harness.told(f"STK 10 {' '.join(f'{code} 9' for code in codes)}", phone)


def test_a_dtc_is_told_which_site_owes_what(harness: Harness) -> None:
    complete(harness, AWA)
    harness.told(PEC, FANTA)
    assert text(harness, NANA, ReminderAudience.SUPERVISOR) == (
        "Rappel: rapports octobre, il manque encore Sirakoro tout; Tene NUT SMI STK. "
        "Les rappeler tous: RELANCE."
    )


def test_a_district_is_told_how_many_sites_of_each_facility_owe(harness: Harness) -> None:
    complete(harness, AWA)
    assert text(harness, DISTRICT, ReminderAudience.DISTRICT) == (
        "Rappel: rapports octobre, sites complets 1 sur 4. "
        "Il manque: Kani 2 sur 3; Dugu 1 sur 1. Detail: MANQ."
    )


def test_an_agent_is_told_what_is_owed(harness: Harness) -> None:
    harness.told(PEC, ISSA)
    assert text(harness, ISSA, ReminderAudience.AGENT) == (
        "Rappel: rapport octobre, il manque NUT, SMI et STK. Envoyez-le des que possible. "
        "Pour les codes: AIDE et le nom du rapport."
    )


def test_who_has_no_such_role_is_told_nothing(harness: Harness) -> None:
    assert text(harness, AWA, ReminderAudience.SUPERVISOR) is None
    assert text(harness, NANA, ReminderAudience.DISTRICT) is None
    assert text(harness, NANA, ReminderAudience.AGENT) is None


def test_facilities_come_by_the_number_of_sites_that_owe() -> None:
    sites = [Unit(number, f"S{number}", f"S{number}", "site", 9, None) for number in range(5)]
    facilities = [("Kani", sites[:3]), ("Bla", sites[3:]), ("Fara", sites[:1])]
    lacking = dict.fromkeys((1, 2, 3, 4))
    assert owing_by_facility(facilities, lacking) == [("Bla", 2, 2), ("Kani", 2, 3)]
    assert owing_by_facility(facilities, {}) == []
