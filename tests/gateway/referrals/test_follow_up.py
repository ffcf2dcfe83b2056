"""What the calendar does about a referral, once each, whatever the clock went through."""

from sqlalchemy import select

from gateway.model.referral import ReferralState
from gateway.referrals import follow_up
from gateway.storage.tables import outbox
from tests.gateway.harness import AWA, NANA, OUMAR, person
from tests.gateway.referral_harness import DISTRICT, ReferralHarness


def remind(referral_harness: ReferralHarness) -> int:
    """The clock's look at the referrals; returns how many it did something about."""
    with referral_harness.engine.begin() as connection:
        return follow_up.remind_due(
            connection, referral_harness.context, referral_harness.clock.now
        )


def drop_ages(referral_harness: ReferralHarness) -> int:
    with referral_harness.engine.begin() as connection:
        return follow_up.drop_ages(connection, referral_harness.context, referral_harness.clock.now)


def test_nobody_is_asked_before_a_day_has_passed(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()
    referral_harness.clock.advance(hours=23, minutes=59)
    assert remind(referral_harness) == 0
    assert referral_harness.notices(AWA) == []


def test_after_a_day_the_agent_and_the_centre_are_asked_once(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    referral_harness.clock.advance(hours=24)
    assert remind(referral_harness) == 1
    assert remind(referral_harness) == 0
    assert referral_harness.notices(AWA) == [
        (
            f"Rappel REF {number}: arrivee pas encore signalee. Malade parti? PARTI {number}. Refus "
            f"ou pas de transport? REFUS {number}"
        )
    ]
    assert referral_harness.notices(NANA)[-1] == (
        f"Rappel REF {number} de Kola: palu grave, depart 04/11 10h42. Arrive? CRF {number} A. "
        f"Pas arrive? CRF {number} N"
    )
    assert referral_harness.notices(DISTRICT) == []
    assert referral_harness.notices(OUMAR) == []


def test_an_agent_who_said_parti_is_not_asked_again(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"PARTI {number}")
    referral_harness.clock.advance(hours=24)
    remind(referral_harness)
    assert referral_harness.notices(AWA) == []
    assert referral_harness.notices(NANA)[-1].startswith("Rappel")


def test_after_two_days_the_district_is_told(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.clock.advance(hours=24)
    remind(referral_harness)
    referral_harness.clock.advance(hours=24)
    assert remind(referral_harness) == 1
    assert remind(referral_harness) == 0
    assert len(referral_harness.notices(AWA)) == 1  # the first reminder has run out
    assert referral_harness.notices(DISTRICT) == [
        (
            f"Alerte REF {number} de Kola, CSCom Kani: palu grave, depart 04/11 10h42, envoye, sans "
            "nouvelles. Voyez avec le centre."
        )
    ]
    referral_harness.clock.advance(days=3)
    assert remind(referral_harness) == 0


def test_what_was_answered_meanwhile_is_left_alone(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"CRF {number} A", NANA)
    before = len(referral_harness.rows("notice"))
    referral_harness.clock.advance(hours=49)
    remind(referral_harness)
    assert len(referral_harness.rows("notice")) == before


def test_a_question_that_waits_is_overtaken_by_the_answer(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    referral_harness.clock.advance(hours=24)
    remind(referral_harness)
    referral_harness.told(f"CRF {number} A", NANA)
    assert [text for text in referral_harness.notices(AWA) if text.startswith("Rappel")] == []


def test_a_clock_that_was_away_tells_nothing_old_and_still_escalates(
    referral_harness: ReferralHarness,
) -> None:
    referral_harness.refer()
    referral_harness.clock.advance(days=5)
    remind(referral_harness)
    assert referral_harness.notices(AWA) == []
    assert all(not text.startswith("Rappel") for text in referral_harness.notices(NANA))
    assert len(referral_harness.notices(DISTRICT)) == 1


def test_a_patient_who_never_arrived_is_told_to_the_district(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"CRF {number} N", NANA)
    referral_harness.clock.advance(hours=49)
    remind(referral_harness)
    assert "pas arrive" in referral_harness.notices(DISTRICT)[0]
    assert [text for text in referral_harness.notices(NANA) if text.startswith("Rappel")] == []


def test_an_arrival_that_was_none_is_looked_for_again(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"CRF {number} A", NANA)
    referral_harness.clock.advance(hours=49)
    remind(referral_harness)
    assert referral_harness.notices(DISTRICT) == []
    referral_harness.told(f"CRF {number} N", NANA)
    remind(referral_harness)
    assert len(referral_harness.notices(DISTRICT)) == 1


def test_after_a_month_it_is_closed_and_nobody_is_told(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.clock.advance(days=29, hours=23)
    remind(referral_harness)
    before, revision = (
        len(referral_harness.rows("notice")),
        referral_harness.only("referral").revision,
    )
    assert referral_harness.only_referral().is_open
    referral_harness.clock.advance(hours=1)
    assert remind(referral_harness) == 1
    assert remind(referral_harness) == 0
    assert referral_harness.only_referral().state is ReferralState.UNANSWERED
    assert len(referral_harness.rows("notice")) == before
    assert referral_harness.only("referral").revision == revision + 1
    referral_harness.told(f"CRF {number} G", NANA)
    assert referral_harness.only_referral().state is ReferralState.TREATED


def test_a_leaving_agents_referral_passes_to_the_site(referral_harness: ReferralHarness) -> None:
    referral_harness.refer()
    away = [person(AWA, "asc", "KOLA", active=False)]
    referral_harness.enrol((), away, since="202611")
    referral_harness.clock.advance(hours=24)
    remind(referral_harness)
    assert referral_harness.notices(AWA) == []
    assert len(referral_harness.notices(OUMAR)) == 1


def test_the_age_goes_after_three_months_wherever_it_was_written(
    referral_harness: ReferralHarness,
) -> None:
    referral_harness.refer()
    referral_harness.clock.advance(days=90)
    assert drop_ages(referral_harness) == 0
    referral_harness.clock.advance(seconds=1)
    assert drop_ages(referral_harness) == 1
    assert drop_ages(referral_harness) == 0
    assert referral_harness.only_referral().age_months is None
    assert referral_harness.kept_texts() == [None]
    with referral_harness.engine.begin() as connection:
        texts = [text for text in connection.scalars(select(outbox.c.text)) if text]
    assert all("14 mois" not in text for text in texts)
    assert referral_harness.only_referral().reason == "PG"
