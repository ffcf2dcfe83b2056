"""Tests of the calendar's runs, each done once however many clocks there are."""

from sqlalchemy import Connection

from gateway.storage import scheduled_runs
from gateway.storage.engine import connect
from tests.gateway.harness import NOON


def test_a_run_goes_on_where_it_stopped_until_it_is_done(connection: Connection) -> None:
    assert scheduled_runs.take(connection, "reminders") is None
    scheduled_runs.create(connection, "reminders")
    scheduled_runs.create(connection, "reminders")
    assert scheduled_runs.take(connection, "reminders") == 0
    scheduled_runs.advance(connection, "reminders", 17)
    assert scheduled_runs.take(connection, "reminders") == 17
    assert not scheduled_runs.is_done(connection, "reminders")
    scheduled_runs.finish(connection, "reminders", NOON)
    assert scheduled_runs.is_done(connection, "reminders")
    assert scheduled_runs.take(connection, "reminders") is None
    assert not scheduled_runs.is_done(connection, "handover")


def test_a_second_clock_does_not_wait(postgresql_url: str) -> None:
    engine = connect(postgresql_url)
    with engine.begin() as connection:
        scheduled_runs.create(connection, "reminders")
    with engine.begin() as first, engine.begin() as second:
        assert scheduled_runs.take(first, "reminders") == 0
        assert scheduled_runs.take(second, "reminders") is None
        assert not scheduled_runs.is_done(second, "reminders")
    engine.dispose()
