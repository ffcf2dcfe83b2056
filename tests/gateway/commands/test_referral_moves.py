"""What REF, CRF and the agent's steps share: recording a step, notices, numbers in use."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.commands.referral_moves import (
    erase_strange_text,
    notify_agent,
    notify_centre,
    numbers_since,
    people_above,
    place_of,
    record_step,
    speaker_for,
    with_privacy_note,
)
from gateway.model.referral import ReferralState, ReferralStep
from gateway.storage.engine import reading
from gateway.storage.tables import inbox
from tests.gateway.harness import AWA, NANA, OUMAR, SIRA
from tests.gateway.referral_harness import DISTRICT, ReferralHarness
from tests.gateway.units_of_work import heard

NOTE = "Pas de nom ni de telephone dans les SMS."


def test_a_step_is_recorded_and_forwarded_once(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral = referral_harness.only_referral()
    with heard(referral_harness, f"CRF {number} A", NANA) as (uow, understood):
        moved = record_step(uow, understood, referral, ReferralStep.ARRIVED, None)
        assert moved is not None
        assert (moved.state, moved.version) == (ReferralState.ARRIVED, referral.version + 1)
        assert record_step(uow, understood, moved, ReferralStep.ARRIVED, None) is None
    assert referral_harness.only_referral() == moved
    assert referral_harness.only("referral").revision == 2


def test_a_referral_that_was_changed_meanwhile_is_left_alone(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    old = referral_harness.only_referral()
    referral_harness.told(f"CRF {number} A", NANA)
    with heard(referral_harness, f"REFUS {number}") as (uow, understood):
        assert record_step(uow, understood, old, ReferralStep.DECLINED, None) is None
    assert referral_harness.only_referral().state is ReferralState.ARRIVED


@pytest.mark.parametrize(
    ("step", "overtaken"),
    [(ReferralStep.LEFT, False), (ReferralStep.DECLINED, True), (ReferralStep.WITHDRAWN, True)],
)
def test_news_are_overtaken_but_for_who_is_on_the_way(
    referral_harness: ReferralHarness, step: ReferralStep, overtaken: bool
) -> None:
    referral_harness.refer()
    referral = referral_harness.only_referral()
    assert len(referral_harness.notices(NANA)) == 1
    with heard(referral_harness, "ETAT") as (uow, understood):
        assert record_step(uow, understood, referral, step, None) is not None
    assert (referral_harness.notices(NANA) == []) is overtaken


def test_each_side_is_notified_once(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()
    referral = referral_harness.only_referral()
    with heard(referral_harness, "ETAT") as (uow, understood):
        moved = record_step(uow, understood, referral, ReferralStep.ARRIVED, None)
        assert moved is not None
        place = place_of(uow, moved, "202611")
        assert [
            notify_agent(uow, moved, place, ReferralStep.ARRIVED, "202611") for _ in range(2)
        ] == [1, 0]
        assert [
            notify_centre(uow, moved, place, ReferralStep.LEFT, "202611") for _ in range(2)
        ] == [1, 0]
    assert len(referral_harness.notices(AWA)) == 1


def test_who_is_above_a_site(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()
    referral_harness.refer(phone=SIRA)
    first, second = referral_harness.referrals()
    with heard(referral_harness, "ETAT") as (uow, _):
        for referral, unit, phone in ((first, "Kani", NANA), (second, "Dugu", DISTRICT)):
            place = place_of(uow, referral, "202611")
            assert place.above is not None
            assert place.above.name == unit
            above = people_above(uow.connection, place, "202611")
            assert [post.phone for post in above] == [phone]


def test_a_number_is_in_use_for_a_year_of_months_of_31_days(
    referral_harness: ReferralHarness,
) -> None:
    with heard(referral_harness, "ETAT") as (uow, understood):
        since = numbers_since(uow, understood)
        assert understood.message.sent_at - since == timedelta(days=12 * 31)


def test_the_speaker_has_the_senders_language(referral_harness: ReferralHarness) -> None:
    referral_harness.told("LANGUE BM", OUMAR)
    with heard(referral_harness, "ETAT", OUMAR) as (uow, understood):
        assert speaker_for(uow, understood).language == "bm"
        assert speaker_for(uow, replace(understood, post=None)).language == "fr"


def test_a_strange_text_is_erased_and_its_sender_reminded(
    referral_harness: ReferralHarness,
) -> None:
    with heard(referral_harness, "ETAT") as (uow, understood):
        speaker = speaker_for(uow, understood)
        assert with_privacy_note(speaker, "Note.", personal=True) == f"Note. {NOTE}"
        assert with_privacy_note(speaker, "Note.", personal=False) == "Note."
        erase_strange_text(uow, understood, strange=False)
        kept = select(inbox.c.text).where(inbox.c.id == understood.message.id)
        assert uow.connection.scalar(kept) == "ETAT"
        erase_strange_text(uow, understood, strange=True)
    with reading(referral_harness.engine) as connection:
        assert connection.scalar(kept) is None
