"""Tests of referrals in SQL: by number, those without an answer, counts, and forgotten ages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.model.referral import Referral, ReferralState
from gateway.storage import referrals
from gateway.storage.referrals import REMINDER, TOPIC, Due
from tests.gateway.harness import AWA, FANTA, NANA
from tests.gateway.referral_harness import ReferralHarness

DAY = timedelta(days=1)


@pytest.fixture
def girl(referral_harness: ReferralHarness) -> Referral:
    """A girl whom Awa referred."""
    referral_harness.refer()
    return referral_harness.only_referral()


def test_a_referral_that_another_moved_first_is_not_saved(
    referral_harness: ReferralHarness, girl: Referral
) -> None:
    moved = replace(girl, state=ReferralState.LEFT, version=girl.version + 1)
    late = replace(girl, state=ReferralState.DECLINED, version=girl.version + 1)
    with referral_harness.engine.begin() as connection:
        assert referrals.save(connection, moved)
        assert not referrals.save(connection, late)
        assert referrals.by_ids(connection, [girl.id, 10**6]) == {girl.id: moved}


def test_a_referral_comes_back_as_it_was_added(
    referral_harness: ReferralHarness, girl: Referral
) -> None:
    fresh = replace(girl, id=0, inbox_id=None, number="4721", treatments=("ART", "SEL"), chased=2)
    with referral_harness.engine.begin() as connection:
        added = referrals.add(connection, fresh)
        assert added == replace(fresh, id=added.id)
        assert referrals.by_ids(connection, [added.id]) == {added.id: added}


def test_a_referral_is_found_by_its_number_in_the_area(
    referral_harness: ReferralHarness, girl: Referral
) -> None:
    assert girl.facility_id is not None
    before = girl.made_at - DAY
    with referral_harness.engine.begin() as connection:
        at = {"facilities": [girl.facility_id]}
        newer = referrals.add(
            connection, replace(girl, id=0, inbox_id=None, made_at=girl.made_at + DAY)
        )
        assert referrals.by_number(connection, girl.number, before, **at) == [newer, girl]
        assert referrals.by_number(connection, girl.number, newer.made_at, **at) == [newer]
        assert referrals.by_number(connection, girl.number, before, sites=[girl.site_id])
        assert referrals.by_number(connection, girl.number, before) == []
        assert referrals.by_number(connection, "0000", before, **at) == []
        taken = referrals.numbers_taken(connection, girl.facility_id, girl.site_id, before)
        assert taken == {girl.number}
        assert referrals.numbers_taken(connection, None, girl.site_id, before) == set()


def test_a_referral_is_found_by_its_message_and_its_text(
    referral_harness: ReferralHarness, girl: Referral
) -> None:
    assert girl.inbox_id is not None
    made = girl.made_at
    with referral_harness.engine.begin() as connection:
        hashed = connection.exec_driver_sql("SELECT text_hash FROM inbox").scalar_one()
        assert referrals.of_message(connection, girl.inbox_id) == girl
        assert referrals.of_message(connection, girl.inbox_id + 1) is None
        assert referrals.last_of(connection, girl.post_id) == girl
        assert referrals.last_of(connection, girl.post_id + 1) is None
        assert referrals.same_text(connection, girl.post_id, hashed, made, made) == girl
        assert referrals.same_text(connection, girl.post_id, hashed, made + DAY, made + DAY) is None
        assert referrals.same_text(connection, girl.post_id, "other", made, made) is None


def test_those_without_an_answer_come_at_each_step(
    referral_harness: ReferralHarness, girl: Referral
) -> None:
    never, at = girl.made_at - DAY, girl.made_at
    with referral_harness.engine.begin() as connection:
        assert referrals.unanswered(connection, Due(never, never, never), 9) == []
        assert referrals.unanswered(connection, Due(at, never, never), 9) == [girl]
        referrals.mark_reminded(connection, [girl.id], 1)
        assert referrals.unanswered(connection, Due(at, never, never), 9) == []
        assert len(referrals.unanswered(connection, Due(at, at, never), 9)) == 1
        referrals.mark_reminded(connection, [girl.id], 2)
        assert referrals.unanswered(connection, Due(at, at, never), 9) == []
        assert len(referrals.unanswered(connection, Due(at, at, at), 9)) == 1
        assert referrals.unanswered(connection, Due(at, at, at), 0) == []


def test_referrals_are_counted_by_site_and_reason(referral_harness: ReferralHarness) -> None:
    referral_harness.refer("REF 14 F PG ART", AWA)
    referral_harness.refer("REF 3 M CV", AWA)
    referral_harness.refer("REF 20 M PG", FANTA)
    kola, tene = (referral_harness.unit_id(code) for code in ("KOLA", "TENE"))
    since = referral_harness.clock.now - DAY
    with referral_harness.engine.begin() as connection:
        until = referral_harness.clock.now + DAY
        assert referrals.count_by_reason(connection, [kola, tene], since, until) == {
            (kola, "PG"): 1, (kola, "CV"): 1, (tene, "PG"): 1,
        }  # fmt: skip
        assert referrals.count_by_reason(connection, [kola], since, since) == {}
    referral_harness.told("ANNULE", FANTA)
    referral_harness.told("OUI", FANTA)
    with referral_harness.engine.begin() as connection:
        assert referrals.count_by_reason(connection, [tene], since, until) == {}


def test_what_was_overtaken_expires(referral_harness: ReferralHarness, girl: Referral) -> None:
    assert len(referral_harness.notices(NANA)) == 1
    with referral_harness.engine.begin() as connection:
        referrals.expire_notices(connection, girl, [REMINDER], referral_harness.clock.now)
    assert len(referral_harness.notices(NANA)) == 1
    with referral_harness.engine.begin() as connection:
        referrals.expire_notices(connection, girl, [TOPIC], referral_harness.clock.now)
    assert referral_harness.notices(NANA) == []


def test_an_age_is_forgotten_wherever_it_was_written(
    referral_harness: ReferralHarness, girl: Referral
) -> None:
    later = girl.made_at + DAY
    with referral_harness.engine.begin() as connection:
        assert referrals.drop_ages(connection, girl.made_at) == 0
        assert referrals.drop_ages(connection, later) == 1
        assert referrals.drop_ages(connection, later) == 0
    assert referral_harness.only_referral() == replace(girl, age_months=None)
    assert referral_harness.kept_texts() == [None]
    assert {row.text for row in referral_harness.rows("notice")} == {None}
