"""Tests of conversations: stored as they stand, and found again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.storage import conversations
from gateway.storage.conversations import Asked, Conversation
from gateway.storage.engine import reading
from tests.gateway.harness import AWA, NOON, OCTOBER, Harness

LATER = NOON + timedelta(hours=1)
KEY = (7, "PEC", OCTOBER)
ASKED = Conversation(1, NOON, (Asked(KEY, ("VUS", "FIE")),))


def test_a_conversation_comes_back_as_it_was_saved(harness: Harness) -> None:
    message = harness.receive("bonjour")
    full = Conversation(
        1, NOON, (Asked(KEY, ("VUS",)),), message, (KEY,), ("page 2",), LATER, message,
        {"topic": "receipt"},
    )  # fmt: skip
    plain = Conversation(2, NOON)
    with harness.engine.begin() as connection:
        conversations.save(connection, [plain, full])
    with reading(harness.engine) as connection:
        assert conversations.load(connection, [1, 2, 3]) == {1: full, 2: plain}


def test_a_conversation_has_one_state(harness: Harness) -> None:
    settled = replace(ASKED, asked=(), asked_at=LATER)
    with harness.engine.begin() as connection:
        conversations.save(connection, [ASKED])
        conversations.save(connection, [settled])
        conversations.save(connection, [])
        assert conversations.load(connection, [1]) == {1: settled}


@pytest.mark.parametrize(
    ("conversation", "is_open"),
    [
        (Conversation(1, NOON), False),
        (Conversation(1, NOON, touched=(KEY,), more=("page 2",), held_id=4), False),
        (ASKED, True),
        (Conversation(1, NOON, undo_id=3), True),
        (Conversation(1, NOON, proposed={}), True),
    ],
)
def test_what_an_oui_would_settle(conversation: Conversation, *, is_open: bool) -> None:
    assert conversation.is_open is is_open


def test_the_last_word_is_the_later_of_question_and_page() -> None:
    assert ASKED.last_at == NOON
    assert replace(ASKED, more_at=LATER).last_at == LATER
    assert replace(ASKED, more_at=NOON - timedelta(days=1)).last_at == NOON


def test_conversations_belong_to_posts(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        assert conversations.load(connection, []) == {}
    harness.told("PEC 10 VUS 45", AWA)
    with reading(harness.engine) as connection:
        (talk,) = conversations.load(connection, range(1, 20)).values()
    assert talk.touched == (harness.report().key,)
