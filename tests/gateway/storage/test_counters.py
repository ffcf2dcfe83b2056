"""Tests of the counters, which survive every restart."""

from sqlalchemy import Connection

from gateway.storage import counters


def test_counters_add_up(connection: Connection) -> None:
    counters.add(connection, {"read": 2, "replied": 1, "nothing": 0})
    counters.add(connection, {"read": 3})
    counters.add(connection, {})
    assert counters.read(connection) == {"read": 5, "replied": 1}
