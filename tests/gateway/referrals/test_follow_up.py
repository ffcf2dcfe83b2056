"""Holds up: what the calendar does about a referral, once each, whatever the clock went through."""

from sqlalchemy import select

from gateway.model.referral import State
from gateway.referrals import follow_up as referral_chase
from gateway.storage.tables import outbox
from tests.gateway.commands.test_referral import DISTRICT, House, house
from tests.gateway.harness import AWA, NANA, OUMAR, person

__all__ = ["house"]  # a fixture


def chase(house: House) -> int:
    """The clock's look at the referrals; returns how many it did something about."""
    with house.engine.begin() as connection:
        return referral_chase.chase_due(connection, house.house, house.clock.now)


def drop_ages(house: House) -> int:
    with house.engine.begin() as connection:
        return referral_chase.drop_ages(connection, house.house, house.clock.now)


def test_nobody_is_asked_before_a_day_has_passed(house: House) -> None:
    house.refer()
    house.clock.advance(hours=23, minutes=59)
    assert chase(house) == 0
    assert house.notices(AWA) == []


def test_after_a_day_the_agent_and_the_centre_are_asked_once(house: House) -> None:
    number = house.refer()
    house.clock.advance(hours=24)
    assert chase(house) == 1
    assert chase(house) == 0
    assert house.notices(AWA) == [
        (
            f"Rappel REF {number}: arrivee pas encore signalee. Malade parti? PARTI {number}. Refus "
            f"ou pas de transport? REFUS {number}"
        )
    ]
    assert house.notices(NANA)[-1] == (
        f"Rappel REF {number} de Kola: palu grave, depart 04/11 10h42. Arrive? CRF {number} A. "
        f"Pas arrive? CRF {number} N"
    )
    assert house.notices(DISTRICT) == []
    assert house.notices(OUMAR) == []


def test_an_agent_who_said_parti_is_not_asked_again(house: House) -> None:
    number = house.refer()
    house.told(f"PARTI {number}")
    house.clock.advance(hours=24)
    chase(house)
    assert house.notices(AWA) == []
    assert house.notices(NANA)[-1].startswith("Rappel")


def test_after_two_days_the_district_is_told(house: House) -> None:
    number = house.refer()
    house.clock.advance(hours=24)
    chase(house)
    house.clock.advance(hours=24)
    assert chase(house) == 1
    assert chase(house) == 0
    assert len(house.notices(AWA)) == 1  # the first reminder has run out
    assert house.notices(DISTRICT) == [
        (
            f"Alerte REF {number} de Kola, CSCom Kani: palu grave, depart 04/11 10h42, envoye, sans "
            "nouvelles. Voyez avec le centre."
        )
    ]
    house.clock.advance(days=3)
    assert chase(house) == 0


def test_what_was_answered_meanwhile_is_left_alone(house: House) -> None:
    number = house.refer()
    house.told(f"CRF {number} A", NANA)
    before = len(house.rows("notice"))
    house.clock.advance(hours=49)
    chase(house)
    assert len(house.rows("notice")) == before


def test_a_question_that_waits_is_overtaken_by_the_answer(house: House) -> None:
    number = house.refer()
    house.clock.advance(hours=24)
    chase(house)
    house.told(f"CRF {number} A", NANA)
    assert [text for text in house.notices(AWA) if text.startswith("Rappel")] == []


def test_a_clock_that_was_away_tells_nothing_old_and_still_escalates(house: House) -> None:
    house.refer()
    house.clock.advance(days=5)
    chase(house)
    assert house.notices(AWA) == []
    assert all(not text.startswith("Rappel") for text in house.notices(NANA))
    assert len(house.notices(DISTRICT)) == 1


def test_whoever_never_arrived_is_told_to_the_district(house: House) -> None:
    number = house.refer()
    house.told(f"CRF {number} N", NANA)
    house.clock.advance(hours=49)
    chase(house)
    assert "pas arrive" in house.notices(DISTRICT)[0]
    assert [text for text in house.notices(NANA) if text.startswith("Rappel")] == []


def test_an_arrival_that_was_none_is_looked_for_again(house: House) -> None:
    number = house.refer()
    house.told(f"CRF {number} A", NANA)
    house.clock.advance(hours=49)
    chase(house)
    assert house.notices(DISTRICT) == []
    house.told(f"CRF {number} N", NANA)
    chase(house)
    assert len(house.notices(DISTRICT)) == 1


def test_after_a_month_it_is_closed_and_nobody_is_told(house: House) -> None:
    number = house.refer()
    house.clock.advance(days=29, hours=23)
    chase(house)
    before, revision = len(house.rows("notice")), house.only("referral").revision
    assert house.only_referral().is_open
    house.clock.advance(hours=1)
    assert chase(house) == 1
    assert chase(house) == 0
    assert house.only_referral().state is State.UNANSWERED
    assert len(house.rows("notice")) == before
    assert house.only("referral").revision == revision + 1
    house.told(f"CRF {number} G", NANA)
    assert house.only_referral().state is State.TREATED


def test_a_leaving_agents_referral_passes_to_her_site(house: House) -> None:
    house.refer()
    away = [person(AWA, "asc", "KOLA", active=False)]
    house.enrol((), away, since="202611")
    house.clock.advance(hours=24)
    chase(house)
    assert house.notices(AWA) == []
    assert len(house.notices(OUMAR)) == 1


def test_the_age_goes_after_three_months_wherever_it_was_written(house: House) -> None:
    house.refer()
    house.clock.advance(days=90)
    assert drop_ages(house) == 0
    house.clock.advance(seconds=1)
    assert drop_ages(house) == 1
    assert drop_ages(house) == 0
    assert house.only_referral().age_months is None
    assert house.kept_texts() == [None]
    with house.engine.begin() as connection:
        texts = [text for text in connection.scalars(select(outbox.c.text)) if text]
    assert all("14 mois" not in text for text in texts)
    assert house.only_referral().reason == "PG"
