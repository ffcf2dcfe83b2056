"""The report of a month is compared with the referrals of the month, where there are any."""

from datetime import UTC, datetime

import pytest

from gateway.model.report import Why
from gateway.reports.referral_counts import of_month
from gateway.storage.engine import reading
from gateway.storage.tables import report_versions
from tests.gateway.harness import AWA, FANTA, OCTOBER, PEC
from tests.gateway.referral_harness import ReferralHarness

SMI = "SMI 10 VAD 60 CPN 12 VNN 14 NND 1 PIL 5 INJ 7 CDM 40 EDU 4"
REFERRALS = ("REF 14 F PG ART", "REF 3 M CV", "REF 30 F AU", "REF 0 M NN", "REF FE", "REF PP")


@pytest.fixture
def october(referral_harness: ReferralHarness) -> ReferralHarness:
    """Three children, a newborn and two women were referred in October."""
    now = referral_harness.clock.now
    for day, text in enumerate(REFERRALS, 1):
        referral_harness.clock.now = datetime(2026, 10, day, 9, tzinfo=UTC)
        referral_harness.refer(text)
    referral_harness.clock.now = now
    return referral_harness


def test_the_same_number_is_not_asked(october: ReferralHarness) -> None:
    assert october.told(PEC).startswith("PEC octobre OK. No 2UQV.")
    assert october.told(SMI).startswith("SMI octobre OK. No 6WX4.")


@pytest.mark.parametrize(
    ("sent", "form", "code"),
    [
        (PEC.replace("RFS 3", "RFS 4"), "PEC", "RFS"),
        (SMI.replace("NND 1", "NND 2"), "SMI", "NND"),
    ],
)
def test_another_number_waits_for_an_oui(
    october: ReferralHarness, sent: str, form: str, code: str
) -> None:
    october.told(sent)
    report = october.report(form=form)
    assert [(problem["level"], problem["codes"]) for problem in report.problems] == [
        ("confirm", [code])
    ]
    assert (report.pending[code].why, report.complete) == (Why.DOUBT, False)
    october.told("OUI")
    assert october.report(form=form).complete


def test_the_numbers_are_by_the_code_that_counts_them(october: ReferralHarness) -> None:
    kola, tene = october.unit_id("KOLA"), october.unit_id("TENE")
    with reading(october.engine) as connection:
        context = october.context
        assert of_month(connection, context, [kola, tene], OCTOBER) == {kola: {"RFS": 3, "NND": 1}}
        assert of_month(connection, context, [kola, tene], "202609") == {}


def test_a_referral_that_was_taken_back_does_not_count(october: ReferralHarness) -> None:
    october.clock.now = datetime(2026, 10, 31, 23, 50, tzinfo=UTC)
    october.refer("REF 5 M VT")
    october.told("ANNULE")
    october.told("OUI")
    october.clock.now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert october.told(PEC).startswith("PEC octobre OK.")


def test_a_referral_of_another_month_or_site_does_not_count(october: ReferralHarness) -> None:
    october.refer("REF 5 M VT")
    october.clock.now = datetime(2026, 10, 20, 9, tzinfo=UTC)
    october.refer("REF 5 M VT", FANTA)
    october.clock.now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert october.told(PEC).startswith("PEC octobre OK.")


def test_a_site_without_any_referral_by_sms_is_not_asked(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()  # in November
    assert referral_harness.told(PEC, AWA).startswith("PEC octobre OK.")
    with reading(referral_harness.engine) as connection:
        assert len(list(connection.execute(report_versions.select()))) == 1


def test_newborns_alone_make_no_child_of_the_others(referral_harness: ReferralHarness) -> None:
    referral_harness.clock.now = datetime(2026, 10, 9, 9, tzinfo=UTC)
    referral_harness.refer("REF 0 M NN")
    referral_harness.clock.now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    referral_harness.told(PEC)
    assert referral_harness.report().pending["RFS"].why is Why.DOUBT
