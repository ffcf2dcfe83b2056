"""Holds up: the month's report is compared with the month's referrals, where there were any."""

from datetime import UTC, datetime

import pytest

from gateway.storage.engine import reading
from gateway.storage.tables import report_versions
from tests.gateway.harness import AWA, FANTA, PEC
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
    assert "PEC octobre OK" in october.told(PEC)
    assert "SMI octobre OK" in october.told(SMI)


@pytest.mark.parametrize(("sent", "code"), [(PEC.replace("RFS 3", "RFS 4"), "RFS 4"),
                                            (SMI.replace("NND 1", "NND 2"), "NND 2")])  # fmt: skip
def test_another_number_waits_for_an_oui(october: ReferralHarness, sent: str, code: str) -> None:
    asked = october.told(sent)
    assert f"{code}: ce n'est pas le nombre de vos REF" in asked or f"{code}: pas comme" in asked
    assert "OUI" in asked
    assert "OK" in october.told("OUI")


def test_a_referral_that_was_taken_back_does_not_count(october: ReferralHarness) -> None:
    october.clock.now = datetime(2026, 10, 31, 23, 50, tzinfo=UTC)
    october.refer("REF 5 M VT")
    october.told("ANNULE")
    october.told("OUI")
    october.clock.now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert "PEC octobre OK" in october.told(PEC)


def test_a_referral_of_another_month_or_site_does_not_count(october: ReferralHarness) -> None:
    october.refer("REF 5 M VT")
    october.clock.now = datetime(2026, 10, 20, 9, tzinfo=UTC)
    october.refer("REF 5 M VT", FANTA)
    october.clock.now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert "PEC octobre OK" in october.told(PEC)


def test_a_site_without_any_referral_by_sms_is_not_asked(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()  # in November
    assert "PEC octobre OK" in referral_harness.told(PEC, AWA)
    with reading(referral_harness.engine) as connection:
        assert len(list(connection.execute(report_versions.select()))) == 1


def test_newborns_alone_make_no_child_of_the_others(referral_harness: ReferralHarness) -> None:
    referral_harness.clock.now = datetime(2026, 10, 9, 9, tzinfo=UTC)
    referral_harness.refer("REF 0 M NN")
    referral_harness.clock.now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    assert "RFS 3: ce n'est pas" in referral_harness.told(PEC)
