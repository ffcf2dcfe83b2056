"""What somebody who has left was still being asked, and told."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, or_, select, update

from gateway.storage.outbox import NOTICE, WAITING
from gateway.storage.roster import is_held
from gateway.storage.tables import conversations, outbox, posts
from menus.model.roles import Role


@dataclass(frozen=True, slots=True)
class Left:
    """An agent's post that is no longer held."""

    post_id: int
    phone: str
    unit_id: int


def left(connection: Connection, period: str) -> list[Left]:
    """The agents' posts not held in the month whose conversation is not at its end, or whose
    phone is still to be told something, in the order of their ids."""
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
    return [Left(*row) for row in connection.execute(statement).all()]


def pass_notices(connection: Connection, unit_id: int, phones: Collection[str], to: str) -> None:
    """What waits to be told about a site to these phones goes to another one."""
    statement = update(outbox).where(
        and_(outbox.c.kind == NOTICE, outbox.c.state == WAITING),
        outbox.c.unit_id == unit_id,
        outbox.c.phone.in_(phones),
    )
    connection.execute(statement.values(phone=to))
