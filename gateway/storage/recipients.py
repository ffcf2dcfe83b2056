"""Who is to be reminded: people of one role, unit by unit, one phone each."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from gateway.storage.tables import conversations, posts


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person at a unit, on the phone that she used last."""

    unit_id: int
    phone: str


def after(
    connection: Connection, role: str, unit_id: int, most: int, month: str
) -> dict[int, list[Recipient]]:
    """The people of a role in the month at the next `most` units after this id, by unit.

    Two phones of one name at one unit are one person: the one on which she wrote last counts.
    """
    units = (
        select(posts.c.unit_id)
        .distinct()
        .where(_serves(role, month), posts.c.unit_id > unit_id)
        .order_by(posts.c.unit_id)
        .limit(most)
    )
    return at(connection, role, list(connection.scalars(units)), month)


def at(
    connection: Connection, role: str, unit_ids: Collection[int], month: str
) -> dict[int, list[Recipient]]:
    """The people of a role in the month at these units, by unit, chosen in the same way."""
    statement = (
        select(posts.c.unit_id, posts.c.name, posts.c.phone)
        .outerjoin(conversations, conversations.c.post_id == posts.c.id)
        .where(_serves(role, month), posts.c.unit_id.in_(unit_ids))
        .order_by(posts.c.unit_id, conversations.c.asked_at.desc().nulls_last(), posts.c.id)
    )
    people: dict[tuple[int, str], Recipient] = {}
    for unit, name, phone in connection.execute(statement):
        people.setdefault((unit, name), Recipient(unit, phone))
    found: dict[int, list[Recipient]] = {}
    for (unit, _), recipient in people.items():
        found.setdefault(unit, []).append(recipient)
    return found


def _serves(role: str, month: str) -> ColumnElement[bool]:
    return and_(
        posts.c.role == role,
        posts.c.since <= month,
        or_(posts.c.until.is_(None), posts.c.until > month),
    )
