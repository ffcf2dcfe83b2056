"""Tests of moments, which both databases keep in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import StatementError

from gateway.storage.tables import runs
from tests.gateway.harness import NOON

PARIS = timezone(timedelta(hours=1))


def test_a_moment_comes_back_in_utc(connection: Connection) -> None:
    moment = datetime(2026, 11, 4, 13, 0, 0, 123456, tzinfo=PARIS)
    connection.execute(
        runs.insert(), [{"name": "a", "done_at": moment}, {"name": "b", "done_at": None}]
    )
    rows = connection.execute(select(runs.c.name, runs.c.done_at))
    found = {row.name: row.done_at for row in rows}
    assert found == {"a": moment, "b": None}
    assert found["a"].tzinfo is UTC


def test_moments_are_compared_whatever_their_zone(connection: Connection) -> None:
    connection.execute(runs.insert(), {"name": "a", "done_at": NOON})
    same = select(runs.c.name).where(runs.c.done_at <= NOON.astimezone(PARIS))
    assert connection.scalars(same).all() == ["a"]


def test_a_moment_without_a_zone_is_not_stored(connection: Connection) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        connection.execute(runs.insert(), {"name": "a", "done_at": NOON.replace(tzinfo=None)})
