"""Changes of agents' numbers: requested by a supervisor, accepted by the new phone, remembered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, insert, select, update

from gateway.storage.outbox import NOTICE, WAITING
from gateway.storage.tables import number_changes, outbox, posts


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A post whose phone is to become another; `asked_by` is the post of the supervisor."""

    id: int
    post_id: int
    old_phone: str
    new_phone: str
    asked_by: int
    asked_at: datetime


def request(
    connection: Connection, post_ids: Sequence[int], new_phone: str, asked_by: int, at: datetime
) -> list[int]:
    """Store that these posts are to get this number; return the ids of the changes.

    What was requested for them before and not accepted is dropped.
    """
    unaccepted = and_(number_changes.c.post_id.in_(post_ids), number_changes.c.agreed_at.is_(None))
    connection.execute(delete(number_changes).where(unaccepted))
    phones = select(posts.c.id, posts.c.phone).where(posts.c.id.in_(post_ids))
    rows = [
        {"post_id": post_id, "old_phone": phone, "new_phone": new_phone,
         "asked_by": asked_by, "asked_at": at}
        for post_id, phone in connection.execute(phones.order_by(posts.c.id)).all()
    ]  # fmt: skip
    statement = insert(number_changes).returning(number_changes.c.id)
    return sorted(connection.scalars(statement, rows))


def open_for(connection: Connection, phones: Collection[str]) -> dict[str, list[NumberChange]]:
    """Return the changes that wait for these phones to accept them, by phone."""
    statement = (
        select(number_changes)
        .where(number_changes.c.new_phone.in_(phones), number_changes.c.agreed_at.is_(None))
        .order_by(number_changes.c.id)
    )
    found: dict[str, list[NumberChange]] = {}
    for row in connection.execute(statement):
        change = NumberChange(
            row.id, row.post_id, row.old_phone, row.new_phone, row.asked_by, row.asked_at
        )
        found.setdefault(row.new_phone, []).append(change)
    return found


def accept(connection: Connection, changes: Sequence[NumberChange], at: datetime) -> None:
    """Give these posts the new number, and send the notices that wait for the old one to it."""
    ids = [change.id for change in changes]
    connection.execute(
        update(number_changes).where(number_changes.c.id.in_(ids)).values(agreed_at=at)
    )
    for change in changes:
        moved = update(posts).where(posts.c.id == change.post_id, posts.c.phone == change.old_phone)
        connection.execute(moved.values(phone=change.new_phone))
        elsewhere = exists().where(posts.c.phone == change.old_phone)
        waiting = update(outbox).where(
            outbox.c.kind == NOTICE,
            outbox.c.state == WAITING,
            outbox.c.phone == change.old_phone,
            ~elsewhere,
        )
        connection.execute(waiting.values(phone=change.new_phone))


def was_held_at(connection: Connection, phone: str, unit_ids: Collection[int]) -> bool:
    """Return whether a phone holds, or ever held, a post at one of these units."""
    statement = select(posts.c.id).where(posts.c.phone == phone, posts.c.unit_id.in_(unit_ids))
    return connection.execute(statement.limit(1)).first() is not None


def accepted(connection: Connection) -> dict[tuple[str, int], tuple[str, datetime]]:
    """Return, for each (old phone, unit) whose post has another number since, number and moment.

    The moment is that at which the new phone accepted.
    """
    statement = (
        select(number_changes, posts.c.unit_id, posts.c.phone)
        .join(posts, posts.c.id == number_changes.c.post_id)
        .where(number_changes.c.agreed_at.is_not(None))
        .order_by(number_changes.c.id)
    )
    return {
        (row.old_phone, row.unit_id): (row.phone, row.agreed_at)
        for row in connection.execute(statement)
        if row.phone != row.old_phone
    }
