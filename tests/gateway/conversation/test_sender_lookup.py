"""The senders of a batch are looked up once, by the month of sending, and each text read once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from gateway.conversation.sender_lookup import senders_at, senders_of
from gateway.conversation.senders import Senders
from gateway.storage.engine import reading
from gateway.storage.inbox import Message
from menus.reading.chosen import reading_of
from menus.reading.parser import read
from tests.gateway.dialling import statements
from tests.gateway.harness import AWA, FANTA, NANA, OUMAR, STRANGER, Harness, person, unit
from tests.gateway.units_of_work import calls_of, received

IN_OCTOBER = datetime(2026, 10, 31, 12, tzinfo=UTC)


def looked_up(harness: Harness, messages: Sequence[Message]) -> Senders:
    with reading(harness.engine) as connection:
        return senders_of(connection, messages, harness.context)


def test_each_text_of_a_known_sender_is_read_once(harness: Harness) -> None:
    texts = [("PEC 10 VUS 45", AWA), ("OUI", AWA), ("ETAT", NANA), ("PEC 10 VUS 45", STRANGER)]
    messages = [received(harness, text, phone) for text, phone in texts]
    with calls_of(read) as calls:
        senders = looked_up(harness, messages)
    assert calls.total() == 3
    assert [message.id in senders.readings for message in messages] == [True, True, True, False]


def test_the_posts_are_those_of_the_month_of_sending(harness: Harness) -> None:
    harness.enrol((), (person(AWA, "asc", "KOLA", active=False),), since="202611")
    old = received(harness, "PEC 10 VUS 45", sent=IN_OCTOBER)
    new = received(harness, "PEC 10 VUS 46")
    senders = looked_up(harness, [old, new])
    assert {key: [post.unit_code for post in at] for key, at in senders.posts.items()} == {
        (AWA, "202610"): ["KOLA"]
    }
    assert senders.post_ids() == {post.id for post in senders.posts[AWA, "202610"]}
    assert senders.readings.keys() == {old.id}


def test_the_sites_of_a_supervisor_are_looked_up_where_the_keyword_needs_them(
    harness: Harness,
) -> None:
    kani = harness.unit_id("KANI")
    for text, wanted in (("POUR KOLA PEC 10 VUS 45", True), ("VAL TOUT 10", True), ("ETAT", False)):
        areas = looked_up(harness, [received(harness, text, NANA)]).areas
        names = [site.name for site in areas.get(kani, ())]
        assert sorted(names) == (["Kola", "Sirakoro", "Tene"] if wanted else [])


def test_other_telephones_of_the_sender_are_looked_up_for_an_answer(harness: Harness) -> None:
    second = replace(person("+22370000011", "asc", "KOLA"), name="N0001")
    harness.enrol((), (second,))
    answer = looked_up(harness, [received(harness, "OUI")])
    assert [post.phone for posts in answer.twins.values() for post in posts] == [second.phone]
    assert len(answer.post_ids()) == 2
    assert looked_up(harness, [received(harness, "PEC 10 VUS 45")]).twins == {}


def test_a_stranger_is_known_by_the_change_of_number_alone(harness: Harness) -> None:
    harness.enrol((), (person(OUMAR, "asc", "KOLA", active=False),))
    harness.told("NUMERO KOLA 70000009", NANA)
    senders = looked_up(harness, [received(harness, "OUI", "+22370000009")])
    assert [change.old_phone for change in senders.joining["+22370000009"]] == [AWA]
    assert senders.moving_sites == {harness.unit_id("KOLA")}
    assert senders.readings == {}
    assert looked_up(harness, [received(harness, "OUI", STRANGER)]).joining == {}


def test_on_a_screen_the_sender_writes_from_one_place_alone(harness: Harness) -> None:
    harness.enrol((unit("BLA", "facility", "DUGU"),), (person(OUMAR, "dtc", "BLA"),))
    message = received(harness, "ETAT", OUMAR)
    chosen = reading_of("ETAT", (), harness.catalogue)
    with reading(harness.engine) as connection:
        senders = senders_at(connection, message, chosen, {"TENE"}, harness.context)
    assert [post.unit_code for posts in senders.posts.values() for post in posts] == ["TENE"]
    assert senders.readings == {message.id: chosen}


def test_several_senders_take_as_many_statements_as_one(harness: Harness) -> None:
    messages = [received(harness, "PEC 10 VUS 45", phone) for phone in (AWA, FANTA, OUMAR)]
    with statements(harness.engine) as asked:
        looked_up(harness, messages[:1])
        alone = len(asked)
        senders = looked_up(harness, messages)
    assert len(asked) == 2 * alone
    assert {phone for phone, _ in senders.posts} == {AWA, FANTA, OUMAR}
