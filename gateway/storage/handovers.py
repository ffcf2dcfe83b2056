"""The open questions and notices of agents who have left."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, or_, select, update

from gateway.storage.outbox import NOTICE, WAITING
from gateway.storage.roster import is_held
from gateway.storage.tables import conversations, outbox, posts
from menus.model.roles import Role


@dataclass(frozen=True, slots=True)
class LeftPost:
    """An agent's post that is no longer held."""

    post_id: int
    phone: str
    unit_id: int


def posts_left(connection: Connection, period: str) -> list[LeftPost]:
    """Return the agents' posts not held in the month that still have something open.

    That is a conversation, or a notice that waits for their phone. By id.
    """
    talked = exists().where(conversations.c.post_id == posts.c.id)
    waits = exists().where(
        outbox.c.phone == posts.c.phone,
        outbox.c.unit_id == posts.c.unit_id,
        outbox.c.kind == NOTICE,
        outbox.c.state == WAITING,
    )
    statement = (
        select(posts.c.id, posts.c.phone, posts.c.unit_id)
        .where(posts.c.role == Role.AGENT, ~is_held(period), or_(talked, waits))
        .order_by(posts.c.id)
    )
    return [LeftPost(*row) for row in connection.execute(statement).all()]


def reassign_notices(
    connection: Connection, unit_id: int, phones: Collection[str], to: str
) -> None:
    """Send the notices about a site that wait for these phones to another phone."""
    statement = update(outbox).where(
        and_(outbox.c.kind == NOTICE, outbox.c.state == WAITING),
        outbox.c.unit_id == unit_id,
        outbox.c.phone.in_(phones),
    )
    connection.execute(statement.values(phone=to))
