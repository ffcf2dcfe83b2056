"""A lane is read by one reader at a time, and old texts go while their traces stay."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from gateway.storage import inbox
from gateway.storage.engine import connect, reading
from gateway.storage.inbox import FAILED, READ, Arrival, Read
from gateway.storage.tables import LANES
from gateway.storage.tables import inbox as table
from tests.gateway.harness import AWA, NOON

DAYS = timedelta(days=1)


def arrive(engine: Engine, *texts: str, phone: str = AWA, days_ago: int = 0) -> None:
    for text in texts:
        with engine.begin() as connection:
            number = len(connection.execute(select(table.c.id)).all())
            at = NOON - days_ago * DAYS
            arrival = Arrival("at", f"{number}", phone, text, "61002", at, at)
            assert inbox.add(connection, arrival, b"key")


def texts(engine: Engine) -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.scalars(select(table.c.text).order_by(table.c.id)))


def settle(engine: Engine, state: str, ids: Sequence[int]) -> None:
    with engine.begin() as connection:
        inbox.settle(connection, [Read(one, state, None) for one in ids], NOON)


def test_the_secret_of_the_hashes_is_made_with_the_schema(engine: Engine) -> None:
    with reading(engine) as connection:
        key = inbox.hash_key(connection)
        assert len(key) >= 32
        assert inbox.hash_key(connection) == key


def test_a_missing_secret_says_what_to_do(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM secrets")
    with reading(engine) as connection, pytest.raises(LookupError, match="kibaru migrate"):
        inbox.hash_key(connection)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("PEC 10 VUS 45", "  pec 10\n vus   45 ", True),
        ("PEC 10 VUS 45", "PEC 10 VUS 46", False),
        ("\ud800", "\ud800", True),
    ],
)
def test_a_hash_is_blind_to_case_and_space(one: str, other: str, same: bool) -> None:
    assert (inbox.text_hash(one, b"key") == inbox.text_hash(other, b"key")) is same
    assert inbox.text_hash(one, b"key") != inbox.text_hash(one, b"other key")


def test_a_phone_has_its_lane() -> None:
    lanes = [inbox.lane_of(f"+2237000{number:04}") for number in range(400)]
    assert set(lanes) == set(range(LANES))
    assert inbox.lane_of(AWA) == inbox.lane_of(AWA)


def test_lanes_with_work_come_oldest_first(engine: Engine) -> None:
    phones = [f"+2237000{number:04}" for number in range(6)]
    for phone in phones:
        arrive(engine, "a", phone=phone)
    lanes = [inbox.lane_of(phone) for phone in phones]
    with reading(engine) as connection:
        assert inbox.lanes_with_work(connection) == list(dict.fromkeys(lanes))
    settle(engine, READ, [1])
    with reading(engine) as connection:
        assert inbox.lanes_with_work(connection) == list(dict.fromkeys(lanes[1:]))


def test_a_lane_that_is_being_read_is_left_alone(postgresql_url: str) -> None:
    one, other = connect(postgresql_url), connect(postgresql_url)
    arrive(one, "a", "b")
    lane = inbox.lane_of(AWA)
    with one.begin() as first, other.begin() as second:
        assert [message.text for message in inbox.take(first, lane, 10)] == ["a", "b"]
        assert inbox.take(second, lane, 10) == []
    with other.begin() as second:
        assert len(inbox.take(second, lane, 1)) == 1
    one.dispose()
    other.dispose()


def test_attempts_are_counted_and_what_is_settled_is_not_taken_again(engine: Engine) -> None:
    arrive(engine, "a", "b")
    with engine.begin() as connection:
        inbox.count_attempt(connection, 1)
    settle(engine, FAILED, [2])
    with engine.begin() as connection:
        (left,) = inbox.take(connection, inbox.lane_of(AWA), 10)
    assert (left.id, left.text, left.attempts) == (1, "a", 1)


def test_what_waits_and_since_when(engine: Engine) -> None:
    with reading(engine) as connection:
        assert inbox.waiting(connection) == (0, None)
    arrive(engine, "a", days_ago=2)
    arrive(engine, "b", days_ago=1)
    with reading(engine) as connection:
        assert inbox.waiting(connection) == (2, NOON - 2 * DAYS)
    settle(engine, READ, [1])
    with reading(engine) as connection:
        assert inbox.waiting(connection) == (1, NOON - DAYS)


def test_old_texts_are_blanked_and_their_traces_stay(engine: Engine) -> None:
    arrive(engine, "old", "older, unread", days_ago=91)
    arrive(engine, "new", days_ago=89)
    settle(engine, READ, [1, 3])
    with engine.begin() as connection:
        assert inbox.blank_texts(connection, NOON - 90 * DAYS) == 1
        assert inbox.blank_texts(connection, NOON - 90 * DAYS) == 0
    assert texts(engine) == [None, "older, unread", "new"]
    with reading(engine) as connection:
        row = connection.execute(select(table).where(table.c.id == 1)).one()
    assert (row.provider_id, row.state) == ("0", READ)
    assert row.text_hash == inbox.text_hash("old", b"key")


def test_blanking_takes_the_oldest_first_and_a_few_at_a_time(engine: Engine) -> None:
    arrive(engine, "a", days_ago=100)
    arrive(engine, "b", days_ago=102)
    arrive(engine, "c", days_ago=101)
    settle(engine, READ, [1, 2, 3])
    with engine.begin() as connection:
        assert inbox.blank_texts(connection, NOON, most=2) == 2
    assert texts(engine) == ["a", None, None]
