"""SMS in the outbox: the one answer to each message, and what people are told unasked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, null, select, update

from gateway.storage.engine import db_seconds, insert_new
from gateway.storage.outbox import (
    NOTICE,
    OPEN,
    REPLY,
    SENDING,
    WAITING,
    is_due,
    is_free,
    take_lease,
)
from gateway.storage.tables import outbox


@dataclass(frozen=True, slots=True)
class NewReply:
    """An answer to one message. `key` makes it the only one."""

    key: str
    phone: str
    text: str
    parts: int
    message_id: int
    unit_id: int | None
    form: str | None
    period: str | None


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Something that a person is told unasked, once: `key` names the event and the person.

    With `text` it says just that. Without, its words are found when it is sent, from `topic`
    and `subject` (see `gateway.notices`), so that it tells what is true then. It is due at
    `due_at` and does not go out after `expires_at`.
    """

    key: str
    phone: str
    topic: str
    due_at: datetime
    expires_at: datetime
    text: str | None = None
    subject: Mapping[str, Any] | None = None
    unit_id: int | None = None
    form: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A claimed reply."""

    id: int
    phone: str
    text: str
    parts: int
    attempts: int
    unknowns: int


def add_replies(connection: Connection, replies: Sequence[NewReply], now: datetime) -> None:
    """Queues answers, due at once."""
    rows = [
        {
            "kind": REPLY,
            "key": one.key,
            "state": WAITING,
            "next_at": now,
            "created_at": now,
            "phone": one.phone,
            "text": one.text,
            "parts": one.parts,
            "inbox_id": one.message_id,
            "unit_id": one.unit_id,
            "form": one.form,
            "period": one.period,
        }
        for one in replies
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def add_notices(connection: Connection, notices: Sequence[NewNotice], now: datetime) -> int:
    """Queues notices; returns how many were new. A key that is known, sent or not, changes
    nothing: each event is told to each person at most once."""
    rows = [
        {
            "kind": NOTICE,
            "key": one.key,
            "state": WAITING,
            "next_at": one.due_at,
            "expires_at": one.expires_at,
            "created_at": now,
            "phone": one.phone,
            "topic": one.topic,
            "subject": dict(one.subject) if one.subject is not None else null(),
            "text": one.text,
            "unit_id": one.unit_id,
            "form": one.form,
            "period": one.period,
        }
        for one in sorted(notices, key=lambda one: one.key)
    ]
    statement = (
        insert_new(connection, outbox)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(outbox.c.id)
    )
    return sum(connection.execute(statement, row).first() is not None for row in rows)


def claim_replies(
    connection: Connection, most: int, lease: int, now: datetime
) -> tuple[str, list[ReplyRow]]:
    """Takes due replies, oldest first, for `lease` seconds; a token and the rows."""
    due = and_(outbox.c.kind == REPLY, is_due(now), is_free())
    statement = (
        select(outbox)
        .where(due)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = [
        ReplyRow(row.id, row.phone, row.text, row.parts or 1, row.attempts, row.unknowns)
        for row in connection.execute(statement)
    ]
    return take_lease(connection, [row.id for row in rows], lease), rows


def overdue_sends(connection: Connection, most: int, lease: int) -> tuple[str, list[ReplyRow]]:
    """Takes replies whose sender died in the middle of the call: they may have gone out."""
    statement = (
        select(outbox)
        .where(outbox.c.kind == REPLY, outbox.c.state == SENDING, is_free())
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = [
        ReplyRow(row.id, row.phone, row.text, row.parts or 1, row.attempts, row.unknowns)
        for row in connection.execute(statement)
    ]
    return take_lease(connection, [row.id for row in rows], lease), rows


def mark_sending(connection: Connection, token: str, ids: Sequence[int], lease: int) -> list[int]:
    """Says that these rows may reach the far side from now on; those still ours."""
    if not ids:
        return []
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.lease == token)
        .values(state=SENDING, lease_until=db_seconds() + lease, attempts=outbox.c.attempts + 1)
        .returning(outbox.c.id)
    )
    return list(connection.scalars(statement))


def replies_since(connection: Connection, phones: Sequence[str], since: datetime) -> dict[str, int]:
    """How many replies each of these numbers was given since a moment."""
    statement = (
        select(outbox.c.phone, func.count())
        .where(outbox.c.kind == REPLY, outbox.c.phone.in_(phones), outbox.c.created_at >= since)
        .group_by(outbox.c.phone)
    )
    return {phone: int(count) for phone, count in connection.execute(statement)}


def blank_texts(connection: Connection, before: datetime) -> int:
    """Takes the text out of replies older than this moment that went out or never will."""
    statement = (
        update(outbox)
        .where(
            outbox.c.kind == REPLY,
            outbox.c.text.is_not(None),
            outbox.c.created_at < before,
            outbox.c.state.not_in(OPEN),
        )
        .values(text=None)
    )
    return connection.execute(statement).rowcount
