"""Counters that survive every restart, added to in the transaction that did the counted work."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from gateway.storage.engine import insert_new
from gateway.storage.tables import tallies


def add(connection: Connection, counts: Mapping[str, int]) -> None:
    """Add to counters; make it the last statement, since it holds their rows until COMMIT."""
    rows = [{"name": name, "value": count} for name, count in sorted(counts.items()) if count]
    if not rows:
        return
    statement = insert_new(connection, tallies)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": tallies.c.value + statement.excluded.value}
    )
    connection.execute(statement, rows)


def read(connection: Connection) -> dict[str, int]:
    """Return every counter that was ever added to, by name."""
    return {row.name: row.value for row in connection.execute(select(tallies))}
