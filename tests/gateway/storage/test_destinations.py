"""Tests of the health of far sides, which all workers share."""

from datetime import timedelta

from sqlalchemy import Connection

from gateway.storage import destinations
from gateway.storage.destinations import DHIS2, OPERATOR, Health
from tests.gateway.harness import NOON

LATER = NOON + timedelta(minutes=1)


def fail(connection: Connection, name: str, reason: str = "http_503") -> None:
    destinations.note_failure(connection, name, until=LATER, reason=reason, detail="words")


def test_failures_in_a_row_are_counted_until_it_works(connection: Connection) -> None:
    assert destinations.health(connection, DHIS2) == Health()
    assert not destinations.note_success(connection, DHIS2)
    fail(connection, DHIS2, "http_501")
    fail(connection, DHIS2, "http_502")
    assert destinations.health(connection, DHIS2) == Health(2, LATER, "http_502", "words")
    assert destinations.health(connection, OPERATOR) == Health()
    assert destinations.note_success(connection, DHIS2)
    assert destinations.health(connection, DHIS2) == Health()


def test_a_far_side_rests_until_its_moment() -> None:
    health = Health(1, LATER, "http_503")
    assert health.rests(NOON)
    assert not health.rests(LATER)
    assert not Health().rests(NOON)


def test_parts_fail_by_themselves(connection: Connection) -> None:
    part = destinations.part(DHIS2, "PEC")
    fail(connection, part)
    fail(connection, "dhis2_events")
    assert destinations.health(connection, DHIS2) == Health()
    assert list(destinations.with_parts(connection, DHIS2)) == [part]


def test_a_limit_outlives_failures(connection: Connection) -> None:
    destinations.set_batch(connection, DHIS2, 500)
    fail(connection, DHIS2)
    destinations.note_success(connection, DHIS2)
    assert destinations.health(connection, DHIS2).batch == 500
    destinations.set_batch(connection, DHIS2, None)
    assert destinations.health(connection, DHIS2).batch is None


def test_a_rate_is_reserved(connection: Connection) -> None:
    destinations.lock(connection, "notices:orange")
    assert destinations.free_from(connection, "notices:orange") is None
    destinations.reserve_until(connection, "notices:orange", LATER)
    assert destinations.free_from(connection, "notices:orange") == LATER
