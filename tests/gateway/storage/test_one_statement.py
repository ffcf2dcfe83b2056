"""Tests of a statement that is a transaction of its own: the short way to a durable row."""

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.storage.engine import one_statement, reading
from gateway.storage.tables import tallies

ROW = {"name": "read", "value": 1}


def stored(engine: Engine) -> list[int]:
    """What another connection sees."""
    with reading(engine) as connection:
        return list(connection.scalars(select(tallies.c.value)))


def test_it_is_there_as_soon_as_the_statement_has_run(engine: Engine) -> None:
    with one_statement(engine) as connection:
        connection.execute(insert(tallies), ROW)
        assert stored(engine) == [1]
    assert stored(engine) == [1]


def test_a_statement_that_fails_leaves_nothing(engine: Engine) -> None:
    rows = insert(tallies).values([{"name": "sent", "value": 2}, ROW, ROW])
    with pytest.raises(IntegrityError), one_statement(engine) as connection:
        connection.execute(rows)
    assert stored(engine) == []


def test_the_connection_is_an_ordinary_one_afterwards(engine: Engine) -> None:
    with one_statement(engine) as connection:
        connection.execute(insert(tallies), ROW)
    with engine.connect() as connection:
        connection.execute(insert(tallies), {"name": "sent", "value": 2})
        connection.rollback()
    assert stored(engine) == [1]
