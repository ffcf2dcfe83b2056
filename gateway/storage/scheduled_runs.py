"""What the calendar asks for, done once: how far each run has come.

A run goes through the org units in the order of their ids, a chunk a transaction. Whoever
works on it holds its row, so that two clocks at once share the work and repeat none of it.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from gateway.storage.engine import insert_new
from gateway.storage.tables import runs


def announce(connection: Connection, name: str) -> None:
    """There is such a run. In a transaction of its own, so that nobody has to wait for it."""
    connection.execute(insert_new(connection, runs).on_conflict_do_nothing(), {"name": name})


def take(connection: Connection, name: str) -> int | None:
    """The last unit that was dealt with (0 at the beginning), and holds the run until the
    transaction ends; None when it is done, or somebody else is at work on it."""
    statement = select(runs.c.cursor, runs.c.done_at).where(runs.c.name == name)
    row = connection.execute(statement.with_for_update(skip_locked=True)).first()
    return None if row is None or row.done_at is not None else int(row.cursor)


def advance(connection: Connection, name: str, cursor: int) -> None:
    """Everything up to this unit is dealt with."""
    connection.execute(update(runs).where(runs.c.name == name).values(cursor=cursor))


def finish(connection: Connection, name: str, now: datetime) -> None:
    """All of it is dealt with."""
    connection.execute(update(runs).where(runs.c.name == name).values(done_at=now))


def is_done(connection: Connection, name: str) -> bool:
    """Whether there is nothing left to do; asked without holding anything."""
    statement = select(runs.c.done_at).where(runs.c.name == name)
    return connection.scalar(statement) is not None
