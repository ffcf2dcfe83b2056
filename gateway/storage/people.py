"""Who works where, and under whom: the people to be told about a site or a facility."""

from collections.abc import Collection

from sqlalchemy import Connection, update

from gateway.storage.roster import DEEPEST, Post, Unit, posts_at, units_by_id
from gateway.storage.tables import posts


def working_at(connection: Connection, unit_ids: Collection[int], period: str) -> list[Post]:
    """Everybody who works at one of these units in the month, in the order of their posts."""
    found = posts_at(connection, unit_ids, period)
    return sorted((post for at in found.values() for post in at), key=lambda post: post.id)


def set_language(connection: Connection, phone: str, language: str) -> None:
    """From now on this person is answered in this language, wherever she works."""
    connection.execute(update(posts).where(posts.c.phone == phone).values(language=language))


def lines_above(
    connection: Connection, unit_ids: Collection[int], period: str
) -> dict[int, list[Unit]]:
    """For each of these units itself and all above it in the month, the nearest first.

    Every id asked about is a key of the answer; an unknown one has nobody above it.
    """
    known: dict[int, Unit] = {}
    wanted = set(unit_ids)
    for _ in range(DEEPEST):
        if not wanted:
            break
        found = units_by_id(connection, wanted, period)
        known |= found
        above = {unit.parent_id for unit in found.values() if unit.parent_id is not None}
        wanted = above - known.keys()
    return {one: _line(known, one) for one in unit_ids}


def _line(known: dict[int, Unit], unit_id: int) -> list[Unit]:
    line: list[Unit] = []
    step = known.get(unit_id)
    while step is not None and len(line) < DEEPEST:
        line.append(step)
        step = known.get(step.parent_id) if step.parent_id is not None else None
    return line
