"""A long answer is given page by page: SUITE gives the next one for 72 hours."""

from dataclasses import replace

import pytest

from gateway.commands.paging import first_page, next_page
from gateway.storage.conversations import Asked, Conversation
from menus.gsm7 import parts
from tests.gateway.harness import AWA, NOON, OCTOBER, Harness
from tests.gateway.units_of_work import heard, keys

PIECES = [f"Site numero {number:03}: PEC NUT SMI STK." for number in range(24)]


def test_a_long_answer_comes_in_pages_that_fit(harness: Harness) -> None:
    with heard(harness, "MANQ") as (uow, understood):
        first = first_page(uow, understood, PIECES)
    assert len(parts(first)) == 2
    assert first.endswith("1/3 La suite: SUITE")
    pages = [first, *(harness.told("SUITE") for _ in range(2))]
    assert pages[1].endswith("2/3 La suite: SUITE")
    assert pages[2].endswith("3/3")
    assert all(piece in " ".join(pages) for piece in PIECES)
    with heard(harness, "SUITE") as (uow, understood):
        assert keys(next_page(uow, understood)) == ["nothing_more"]


def test_a_short_answer_is_whole_and_begins_no_conversation(harness: Harness) -> None:
    with heard(harness, "MANQ") as (uow, understood):
        assert first_page(uow, understood, ["Kani octobre:", "rien ne manque."]) == (
            "Kani octobre: rien ne manque."
        )
        assert understood.post is not None
        assert uow.conversations.get(understood.post.id) is None


def test_a_short_answer_ends_the_pages_of_a_longer_one(harness: Harness) -> None:
    with heard(harness, "MANQ") as (uow, understood):
        first_page(uow, understood, PIECES)
        first_page(uow, understood, ["Rien."])
        assert keys(next_page(uow, understood)) == ["nothing_more"]


@pytest.mark.parametrize(("hours", "seconds", "problems"), [(72, 0, 0), (72, 1, 1)])
def test_pages_are_kept_for_72_hours(
    harness: Harness, hours: int, seconds: int, problems: int
) -> None:
    with heard(harness, "MANQ") as (uow, understood):
        first_page(uow, understood, PIECES)
    harness.clock.advance(hours=hours, seconds=seconds)
    with heard(harness, "SUITE") as (uow, understood):
        answer = next_page(uow, understood)
        assert isinstance(answer, str) is not bool(problems)


def test_a_question_stays_as_it_was(harness: Harness) -> None:
    with heard(harness, "MANQ") as (uow, understood):
        assert understood.post is not None
        asked = (Asked((1, "PEC", OCTOBER), ("VUS",)),)
        before = Conversation(understood.post.id, NOON, asked=asked)
        uow.conversations.put(before)
        first_page(uow, understood, PIECES)
        after = uow.conversations.get(understood.post.id)
        assert after is not None
        assert replace(after, more=(), more_at=None) == before


def test_a_stranger_is_given_no_long_answer(harness: Harness) -> None:
    with heard(harness, "MANQ", AWA) as (uow, understood):
        stranger = replace(understood, post=None)
        with pytest.raises(ValueError, match="known person"):
            first_page(uow, stranger, PIECES)
        assert keys(next_page(uow, stranger)) == ["nothing_more"]
