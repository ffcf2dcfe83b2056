"""Notices that tell several things at once: what comes up before one is sent is added to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from gateway.storage.outbox import NOTICE, WAITING, is_free
from gateway.storage.outbox_sms import NewNotice, add_notices
from gateway.storage.tables import outbox


def add_to_digest(
    connection: Connection, notice: NewNotice, items: Sequence[Any], now: datetime
) -> None:
    """Add items to what a person is to be told under the notice's topic.

    A notice of that topic that is not being sent yet takes them up, in its subject's `items`;
    else this one is queued. The row is locked, so that it cannot be sent without them.
    """
    statement = (
        select(outbox.c.id, outbox.c.subject)
        .where(
            outbox.c.kind == NOTICE,
            outbox.c.topic == notice.topic,
            outbox.c.phone == notice.phone,
            outbox.c.state == WAITING,
            outbox.c.attempts == 0,
            outbox.c.text.is_(None),
            outbox.c.expires_at > now,
            is_free(),
        )
        .order_by(outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    waiting = connection.execute(statement).first()
    if waiting is None:
        add_notices(connection, [notice], now)
        return
    known = list(waiting.subject["items"])
    known += [item for item in items if item not in known]
    subject = {**waiting.subject, "items": known}
    connection.execute(update(outbox).where(outbox.c.id == waiting.id).values(subject=subject))
