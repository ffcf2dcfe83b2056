"""A referral's state changes by the steps of the centre and the agent only."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest

from gateway.model.referral import (
    FROM_THE_CENTRE,
    MOVES,
    OPEN,
    Referral,
    ReferralState,
    ReferralStep,
    close_unanswered,
    event_uid,
    move,
    numbers,
)
from gateway.model.uids import is_uid

MADE = datetime(2026, 11, 4, 10, 42, tzinfo=UTC)
FRESH = Referral(
    site_id=1, facility_id=2, post_id=3, inbox_id=4, number="4721", age_months=14, sex="F",
    reason="PG", treatments=("ART",), made_at=MADE, changed_at=MADE,
)  # fmt: skip
VISIT = date(2026, 11, 7)


def after(*steps: str) -> ReferralState:
    """Return the state after these steps, an hour apart; steps that change nothing are skipped."""
    return walked(*steps).state


def walked(*steps: str) -> Referral:
    referral = FRESH
    for hour, step in enumerate(steps, 1):
        at = MADE + timedelta(hours=hour)
        visit = VISIT if step == "G" else None
        referral = move(referral, ReferralStep(step), at, at, follow_up=visit) or referral
    return referral


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ("A", ReferralState.ARRIVED),
        ("A H", ReferralState.HOSPITALISED),
        ("A H G", ReferralState.TREATED),
        ("A H D", ReferralState.DIED),
        ("G", ReferralState.TREATED),
        ("D", ReferralState.DIED),
        ("N", ReferralState.NOT_ARRIVED),
        # The centre corrects itself.
        ("N A", ReferralState.ARRIVED),
        ("A N", ReferralState.NOT_ARRIVED),
        ("D A", ReferralState.ARRIVED),
        ("D G", ReferralState.TREATED),
        ("G N", ReferralState.NOT_ARRIVED),
        # Who was treated or kept there has arrived.
        ("H A", ReferralState.HOSPITALISED),
        ("G A", ReferralState.TREATED),
        # The agent.
        ("PARTI", ReferralState.LEFT),
        ("PARTI REFUS", ReferralState.DECLINED),
        ("REFUS PARTI", ReferralState.LEFT),
        ("REFUS A", ReferralState.ARRIVED),
        ("N REFUS", ReferralState.DECLINED),
        ("N PARTI", ReferralState.NOT_ARRIVED),
        ("G FAIT", ReferralState.TREATED),
        # What is known at the centre is not unsaid by the agent.
        ("A PARTI", ReferralState.ARRIVED),
        ("A REFUS", ReferralState.ARRIVED),
        ("A FAIT", ReferralState.ARRIVED),
        ("A ANNULE", ReferralState.ARRIVED),
        ("D ANNULE", ReferralState.DIED),
        ("N ANNULE", ReferralState.WITHDRAWN),
        # Nothing follows a withdrawal.
        ("ANNULE A", ReferralState.WITHDRAWN),
        ("ANNULE PARTI", ReferralState.WITHDRAWN),
    ],
)
def test_where_a_referral_stands(steps: str, state: ReferralState) -> None:
    assert after(*steps.split()) is state


def test_every_step_has_its_moves_and_no_other_state_is_touched() -> None:
    assert set(MOVES) == set(ReferralStep)
    for step, (starts, _) in MOVES.items():
        for state in ReferralState:
            moved = move(replace(FRESH, state=state), step, MADE, MADE, follow_up=None)
            assert (moved is not None) <= (state in starts), (step, state)


def test_a_referral_is_open_while_more_must_be_heard() -> None:
    for steps in ("", "PARTI", "A", "N", "REFUS A", "D A"):
        referral = walked(*steps.split())
        assert referral.is_open, steps
        assert referral.state in OPEN
    for steps in ("H", "G", "D", "REFUS", "ANNULE", "G FAIT"):
        assert not walked(*steps.split()).is_open, steps


def test_the_day_of_the_visit_goes_with_the_treatment_and_with_nothing_else() -> None:
    assert walked("G").follow_up_on == VISIT
    assert walked("G", "FAIT").followed_up_at == MADE + timedelta(hours=2)
    assert walked("G", "FAIT").follow_up_on == VISIT
    assert walked("G", "D").follow_up_on is None
    assert walked("G", "FAIT", "H").followed_up_at is None


def test_an_arrival_is_the_first_that_was_said_and_is_unsaid_by_n() -> None:
    assert walked("A", "H").arrived_at == MADE + timedelta(hours=1)
    assert walked("A", "N").arrived_at is None
    assert walked("N", "PARTI").left_at == MADE + timedelta(hours=2)


def test_an_older_word_of_the_centre_that_comes_late_changes_nothing() -> None:
    referral = walked("A", "H")
    late = MADE + timedelta(minutes=30)
    for step in FROM_THE_CENTRE:
        assert move(referral, step, late, MADE, follow_up=VISIT) is None


def test_the_same_word_again_changes_nothing() -> None:
    referral = walked("G")
    later = MADE + timedelta(days=1)
    assert move(referral, ReferralStep.TREATED, later, later, follow_up=VISIT) is None
    other = move(referral, ReferralStep.TREATED, later, later, follow_up=VISIT + timedelta(days=1))
    assert other is not None
    assert other.version == referral.version + 1


def test_the_calendar_closes_what_nobody_answered_and_keeps_what_is_known() -> None:
    later = MADE + timedelta(days=30)
    assert close_unanswered(FRESH, later).state is ReferralState.UNANSWERED
    assert close_unanswered(walked("PARTI"), later).state is ReferralState.UNANSWERED
    assert close_unanswered(walked("N"), later).state is ReferralState.NOT_ARRIVED
    assert close_unanswered(walked("A"), later).state is ReferralState.ARRIVED
    closed = close_unanswered(FRESH, later)
    assert not closed.is_open
    answered = move(closed, ReferralStep.TREATED, later, later, follow_up=VISIT)
    assert answered is not None
    assert answered.state is ReferralState.TREATED


def test_numbers_have_four_digits_and_come_once_each() -> None:
    all_of_them = list(numbers("KOLA/1"))
    assert len(set(all_of_them)) == 9000
    assert all(len(number) == 4 and number[0] != "0" for number in all_of_them)
    assert list(islice(numbers("KOLA/1"), 5)) == all_of_them[:5]
    assert all_of_them[:5] != list(islice(numbers("KOLA/2"), 5))


def test_an_events_uid_is_dhis2s_kind_and_stays_the_same() -> None:
    first = event_uid("KOLA", FRESH)
    assert is_uid(first)
    assert (
        event_uid("KOLA", replace(FRESH, id=9, state=ReferralState.DIED, age_months=None)) == first
    )
    assert event_uid("KOLA", replace(FRESH, number="4722")) != first
