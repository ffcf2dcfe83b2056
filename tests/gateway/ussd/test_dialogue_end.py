"""A dialogue that ends early is followed by one reminder for each report left unfinished."""

from dataclasses import replace

import pytest

from gateway.storage.engine import reading
from gateway.transports.africastalking_posts import UssdEnd
from gateway.ussd.dialogue_end import TOPIC, compose, remind
from tests.gateway.dialling import PEC_KEYS, Telephone
from tests.gateway.harness import AWA, NANA, PEOPLE, STRANGER, UNITS, Harness

BEGINS = "Rappel: PEC octobre n'est pas fini, le debut est garde. Continuez par le menu ou par SMS."


def end_of(phone: Telephone, *, complete: bool = False) -> UssdEnd:
    return UssdEnd(phone.dialogue_id, phone.phone, complete)


def text(harness: Harness) -> str | None:
    """What the notice would say if it went out now."""
    row = harness.only("notice")
    assert row.topic == TOPIC
    with reading(harness.engine) as connection:
        return compose(connection, harness.context, row.phone, row.subject, harness.clock())


@pytest.mark.parametrize(
    ("nudge", "complete", "notices"), [(True, False, 1), (True, True, 0), (False, False, 0)]
)
def test_a_caller_who_left_off_is_reminded_when_the_programme_says_so(
    harness: Harness, phone: Telephone, nudge: bool, complete: bool, notices: int
) -> None:
    programme = harness.catalogue.programme
    ussd = replace(programme.ussd, nudge=nudge)
    catalogue = replace(harness.catalogue, programme=replace(programme, ussd=ussd))
    services = replace(phone.services, context=replace(harness.context, catalogue=catalogue))
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    end = end_of(phone, complete=complete)
    assert [remind(services, end, harness.clock()) for _ in range(2)] == [notices, 0]
    assert len(harness.rows("notice")) == notices


def test_the_reminder_waits_three_minutes_and_is_stale_after_twelve_hours(
    harness: Harness, phone: Telephone
) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    remind(phone.services, end_of(phone), harness.clock())
    notice = harness.only("notice")
    report = harness.report()
    assert (notice.key, notice.phone, notice.text) == (f"{TOPIC}:{report.id}:{AWA}", AWA, None)
    waits = (notice.next_at - harness.clock.now, notice.expires_at - harness.clock.now)
    assert [wait.total_seconds() for wait in waits] == [180, 12 * 3600]
    assert notice.subject == {"site": report.site_id, "form": "PEC", "period": "202610"}


def test_a_reminder_says_what_is_missing_when_it_goes(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    assert remind(phone.services, end_of(phone), harness.clock()) == 1
    assert text(harness) == f"{BEGINS} Manque PEC GRV ART IRA AMX DIA SRZ RFS DCD."
    phone.dial()
    phone.keys("1", *PEC_KEYS[4:6])
    assert text(harness) == f"{BEGINS} Manque PEC DIA SRZ RFS DCD."
    phone.keys(*PEC_KEYS[6:])
    assert text(harness) is None


def test_a_report_that_was_withdrawn_is_not_reminded_of(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    remind(phone.services, end_of(phone), harness.clock())
    harness.told("ANNULE")
    harness.told("OUI")
    assert text(harness) is None


def test_a_phone_that_left_the_site_is_not_reminded(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    remind(phone.services, end_of(phone), harness.clock())
    gone = [replace(who, active=who.phone != AWA) for who in PEOPLE]
    harness.enrol(UNITS, gone, since="202611")
    assert text(harness) is None


def test_a_caller_who_finished_by_sms_meanwhile_is_not_reminded(
    harness: Harness, phone: Telephone
) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    harness.told("PEC 10 GRV 2 ART 2 IRA 9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0")
    assert remind(phone.services, end_of(phone), harness.clock()) == 0


@pytest.mark.parametrize("caller", [NANA, STRANGER])
def test_the_end_of_another_callers_dialogue_reminds_of_nothing(
    harness: Harness, phone: Telephone, caller: str
) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    assert remind(phone.services, UssdEnd(phone.dialogue_id, caller, False), harness.clock()) == 0
