"""Holds up: the breaker's memory and the counters, which all workers share."""

from datetime import timedelta

from sqlalchemy import Engine

from gateway.storage import counters, destinations
from gateway.storage.destinations import DHIS2, OPERATOR, Health
from gateway.storage.engine import reading
from tests.gateway.harness import NOON

LATER = NOON + timedelta(minutes=1)


def test_failures_in_a_row_are_counted_until_it_works(engine: Engine) -> None:
    with engine.begin() as connection:
        assert destinations.health(connection, DHIS2) == Health()
        assert not destinations.note_success(connection, DHIS2)
        for turn in (1, 2):
            destinations.note_failure(
                connection, DHIS2, until=LATER, reason=f"http_50{turn}", detail="words"
            )
    with reading(engine) as connection:
        assert destinations.health(connection, DHIS2) == Health(2, LATER, "http_502", "words")
        assert destinations.health(connection, OPERATOR) == Health()
    with engine.begin() as connection:
        assert destinations.note_success(connection, DHIS2)
        assert destinations.health(connection, DHIS2) == Health()


def test_counters_add_up(engine: Engine) -> None:
    with engine.begin() as connection:
        counters.add(connection, {"read": 2, "replied": 1, "nothing": 0})
        counters.add(connection, {"read": 3})
        counters.add(connection, {})
    with reading(engine) as connection:
        assert counters.read(connection) == {"read": 5, "replied": 1}
