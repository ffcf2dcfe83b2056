"""A batch's senders: which sites they may change, which conversation a message goes on with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.conversation.sender_lookup import senders_of
from gateway.conversation.senders import Senders
from gateway.reports.conversation_store import ConversationStore
from gateway.stock.shipments import Shipment, as_proposed
from gateway.storage.conversations import Asked, Conversation
from gateway.storage.engine import reading
from gateway.storage.inbox import Message
from menus.reading.parser import read
from tests.gateway.harness import (
    AWA,
    FANTA,
    NANA,
    NOON,
    OCTOBER,
    OUMAR,
    PEC,
    STRANGER,
    Harness,
    person,
)
from tests.gateway.units_of_work import calls_of, received

NEW = "+22370000009"


@contextmanager
def batch(
    harness: Harness, messages: Sequence[Message]
) -> Iterator[tuple[Senders, ConversationStore]]:
    with reading(harness.engine) as connection:
        senders = senders_of(connection, messages, harness.context)
        yield senders, ConversationStore(connection)


@pytest.mark.parametrize(
    ("text", "phone", "sites"),
    [
        ("PEC 10 VUS 45", AWA, {"KOLA"}),
        ("ETAT", OUMAR, {"KOLA", "TENE"}),
        ("POUR TENE PEC 10 VUS 45", NANA, {"TENE"}),
        ("POUR SIRAKRO PEC 10 VUS 45", NANA, {"SIRAKORO"}),
        ("POUR LONE PEC 10 VUS 45", NANA, set()),
        ("VAL KOLA 10", NANA, {"KOLA", "TENE", "SIRAKORO"}),
        ("ETAT KOLA", NANA, set()),
        ("PEC 10 VUS 45", STRANGER, set()),
    ],
)
def test_the_sites_to_lock_are_those_typed(
    harness: Harness, text: str, phone: str, sites: set[str]
) -> None:
    with batch(harness, [received(harness, text, phone)]) as (senders, conversations):
        assert senders.sites_to_lock(conversations) == {harness.unit_id(code) for code in sites}


def test_the_sites_to_lock_are_those_that_a_question_is_about(harness: Harness) -> None:
    kola, tene, lone = (harness.unit_id(code) for code in ("KOLA", "TENE", "LONE"))
    with batch(harness, [received(harness, "OUI", NANA)]) as (senders, conversations):
        (post_id,) = senders.post_ids()
        asked = Conversation(post_id, NOON, asked=(Asked((kola, "PEC", OCTOBER), ("VUS",)),))
        shipment = as_proposed(Shipment(lone, {"ENF": 20}, NOON))
        touched = ((tene, "PEC", OCTOBER),)
        for conversation, sites in (
            (asked, {kola}),
            (replace(asked, proposed=shipment), {kola, lone}),
            (replace(asked, touched=touched), {kola}),
            (Conversation(post_id, NOON, undo_id=1, touched=touched), {tene}),
        ):
            conversations.put(conversation)
            assert senders.sites_to_lock(conversations) == sites


def test_the_sites_of_an_agent_who_gets_another_phone_are_locked(harness: Harness) -> None:
    harness.enrol((), (person(OUMAR, "asc", "KOLA", active=False),))
    harness.told("NUMERO KOLA 70000009", NANA)
    with batch(harness, [received(harness, "OUI", NEW)]) as (senders, conversations):
        assert senders.sites_to_lock(conversations) == {harness.unit_id("KOLA")}


def test_the_sites_of_referrals_are_by_month_of_sending(harness: Harness) -> None:
    october = datetime(2026, 10, 31, 12, tzinfo=UTC)
    messages = [
        received(harness, "REF 14 F PG ART", sent=october),
        received(harness, "REF 3 M CV", FANTA),
        received(harness, PEC, FANTA),
    ]
    with batch(harness, messages) as (senders, _):
        assert senders.referring_sites() == {
            "202610": {harness.unit_id("KOLA")},
            "202611": {harness.unit_id("TENE")},
        }


def test_the_likely_reports_are_those_of_all_messages(harness: Harness) -> None:
    messages = [
        received(harness, PEC),
        received(harness, "PEC VUS 4", STRANGER),
        received(harness, "POUR TENE NUT 9 DEP 3", NANA),
    ]
    with batch(harness, messages) as (senders, conversations):
        assert senders.likely_reports(conversations) == {
            (harness.unit_id("KOLA"), "PEC", OCTOBER),
            (harness.unit_id("TENE"), "NUT", "202609"),
        }


@pytest.mark.parametrize(("keyword", "site"), [("OUI", "KOLA"), ("SUITE", "TENE")])
def test_an_answer_goes_on_with_the_conversation_that_waits_for_it(
    harness: Harness, keyword: str, site: str
) -> None:
    message, hour = received(harness, keyword, OUMAR), timedelta(hours=1)
    with batch(harness, [message]) as (senders, conversations):
        posts = {post.unit_code: post for post in senders.posts[OUMAR, "202611"]}
        question = (Asked((posts["KOLA"].unit_id, "PEC", OCTOBER), ("VUS",)),)
        conversations.put(Conversation(posts["KOLA"].id, NOON - hour, asked=question))
        pages = {"more": ("2/2",), "more_at": NOON}
        conversations.put(Conversation(posts["TENE"].id, NOON - 2 * hour, **pages))
        assert senders.understand(message, conversations).post == posts[site]


def test_any_other_message_goes_on_with_the_latest_conversation(harness: Harness) -> None:
    harness.enrol((), (person(AWA, "dtc", "KANI"),))
    message = received(harness, "COR VUS 46")
    with batch(harness, [message]) as (senders, conversations):
        posts = {post.unit_code: post for post in senders.posts[AWA, "202611"]}
        kola = posts["KOLA"].unit_id
        for post, asked_at, month in (
            (posts["KOLA"], NOON - timedelta(hours=2), "202608"),
            (posts["KANI"], NOON - timedelta(hours=1), "202609"),
        ):
            touched = ((kola, "PEC", month),)
            conversations.put(Conversation(post.id, asked_at, touched=touched))
        understood = senders.understand(message, conversations)
        assert understood.keys == [(kola, "PEC", "202609")]


def test_a_message_is_understood_with_the_conversation_as_it_stands(harness: Harness) -> None:
    """What an earlier message of the batch has put counts, and nothing is read again."""
    message = received(harness, "COR VUS 46")
    with batch(harness, [message]) as (senders, conversations):
        (post,) = senders.posts[AWA, "202611"]
        with calls_of(read) as calls:
            assert senders.understand(message, conversations).keys == [
                (post.unit_id, "PEC", OCTOBER)
            ]
            touched = ((post.unit_id, "PEC", "202609"),)
            conversations.put(Conversation(post.id, NOON, touched=touched))
            assert senders.understand(message, conversations).keys == [
                (post.unit_id, "PEC", "202609")
            ]
        assert calls.total() == 0


def test_the_name_of_a_site_takes_up_the_message_of_the_same_batch(harness: Harness) -> None:
    sent = NOON - timedelta(minutes=5)
    held = received(harness, PEC, OUMAR, sent=sent)
    name = received(harness, "Tene", OUMAR)
    with batch(harness, [held, name]) as (senders, conversations):
        post = senders.posts[OUMAR, "202611"][0]
        conversations.put(Conversation(post.id, sent, held_id=held.id))
        understood = senders.understand(name, conversations)
        assert understood.taken_up
        assert understood.keys == [(harness.unit_id("TENE"), "PEC", OCTOBER)]
        # It is the later message, with the text and the day of the earlier one.
        assert (understood.message.id, understood.message.sent_at) == (name.id, sent)
        assert understood.message.text == PEC


def test_a_held_message_is_taken_up_for_72_hours(harness: Harness) -> None:
    held = received(harness, PEC, OUMAR)
    harness.clock.advance(hours=72, seconds=1)
    name = received(harness, "Tene", OUMAR)
    with batch(harness, [name]) as (senders, conversations):
        post = senders.posts[OUMAR, "202611"][0]
        conversations.put(Conversation(post.id, NOON, held_id=held.id))
        understood = senders.understand(name, conversations)
        assert (understood.taken_up, understood.fillings) == (False, ())


@pytest.mark.parametrize(("text", "joins"), [("oui", 1), ("NON", 0), (PEC, 0)])
def test_only_the_oui_of_a_phone_that_was_asked_is_heard(
    harness: Harness, text: str, joins: int
) -> None:
    harness.enrol((), (person(OUMAR, "asc", "KOLA", active=False),))
    harness.told("NUMERO KOLA 70000009", NANA)
    message = received(harness, text, NEW)
    with batch(harness, [message]) as (senders, conversations):
        understood = senders.understand(message, conversations)
        assert (understood.post, len(understood.joins)) == (None, joins)


def test_a_phone_that_has_become_an_agents_is_looked_up_again(harness: Harness) -> None:
    message = received(harness, PEC, NEW)
    with batch(harness, [message]) as (senders, conversations):
        assert senders.understand(message, conversations).post is None
        harness.enrol((), (person(NEW, "asc", "LONE"),))
    with batch(harness, [message]) as (senders, conversations):
        senders.posts, senders.readings = {}, {}
        senders.admit(NEW)
        assert senders.understand(message, conversations).keys == [
            (harness.unit_id("LONE"), "PEC", OCTOBER)
        ]
