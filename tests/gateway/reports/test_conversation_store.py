"""Conversations are looked up once, read as they were put, and written at the end."""

from dataclasses import replace

from gateway.reports.conversation_store import ConversationStore
from gateway.storage import conversations
from gateway.storage.conversations import Conversation
from gateway.storage.engine import reading
from tests.gateway.dialling import statements
from tests.gateway.harness import NOON, OCTOBER, Harness

FIRST = Conversation(1, NOON)
SECOND = Conversation(2, NOON, more=("2/2",), more_at=NOON)
CHANGED = replace(FIRST, touched=((1, "PEC", OCTOBER),))


def test_there_is_none_before_the_first(harness: Harness) -> None:
    with reading(harness.engine) as connection:
        assert ConversationStore(connection).get(1) is None


def test_what_was_put_is_read_without_asking_and_stored_when_written(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        store = ConversationStore(connection)
        with statements(harness.engine) as asked:
            store.put(SECOND)
            store.put(FIRST)
            store.put(CHANGED)
            assert store.get(1) == CHANGED
        assert asked == []
        store.write()
    with reading(harness.engine) as connection:
        assert conversations.load(connection, [1, 2]) == {1: CHANGED, 2: SECOND}


def test_many_are_looked_up_in_one_statement(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        conversations.save(connection, [FIRST, SECOND])
    with reading(harness.engine) as connection, statements(harness.engine) as asked:
        store = ConversationStore(connection)
        store.prefetch([1, 2, 3])
        assert [store.get(post_id) for post_id in (1, 2, 3)] == [FIRST, SECOND, None]
        assert len(asked) == 1


def test_a_second_writing_writes_nothing(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        store = ConversationStore(connection)
        store.put(FIRST)
        store.write()
        conversations.save(connection, [CHANGED])
        store.write()
        assert conversations.load(connection, [1]) == {1: CHANGED}
