"""Runs of the calendar's tasks, each done once: how far each has come.

A run goes through the org units in the order of their ids, a chunk a transaction. Its row is
locked by the clock that works on it, so that two clocks share the work and repeat none of it.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from gateway.storage.engine import insert_new
from gateway.storage.tables import runs


def create(connection: Connection, name: str) -> None:
    """Store a run unless it is known.

    In a transaction of its own, so that a second clock does not have to wait for the work.
    """
    connection.execute(insert_new(connection, runs).on_conflict_do_nothing(), {"name": name})


def take(connection: Connection, name: str) -> int | None:
    """Lock a run until the transaction ends; return its last unit, 0 at the beginning.

    None when the run is done, or another clock is at work on it.
    """
    statement = select(runs.c.cursor, runs.c.done_at).where(runs.c.name == name)
    row = connection.execute(statement.with_for_update(skip_locked=True)).first()
    return None if row is None or row.done_at is not None else int(row.cursor)


def advance(connection: Connection, name: str, cursor: int) -> None:
    """Store that everything up to this unit is dealt with."""
    connection.execute(update(runs).where(runs.c.name == name).values(cursor=cursor))


def finish(connection: Connection, name: str, now: datetime) -> None:
    """Store that the whole run is dealt with."""
    connection.execute(update(runs).where(runs.c.name == name).values(done_at=now))


def is_done(connection: Connection, name: str) -> bool:
    """Return whether there is nothing left to do, without locking anything."""
    statement = select(runs.c.done_at).where(runs.c.name == name)
    return connection.scalar(statement) is not None
