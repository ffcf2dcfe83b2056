"""SMS in the outbox: the one reply to each message, and the notices that people did not ask for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)

from gateway.model.phone import operator_of
from gateway.storage.engine import db_seconds, insert_new
from gateway.storage.outbox import (
    DROPPED,
    NOTICE,
    OPEN,
    REPLY,
    SENDING,
    WAITING,
    is_due,
    is_free,
    oldest,
    take_lease,
)
from gateway.storage.tables import opt_outs, outbox

OTHER_NETWORK: Final = "other"


@dataclass(frozen=True, slots=True)
class NewReply:
    """A reply to one message. `key` makes it the only one."""

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
    """A notice to be told once: `key` names the event and the person.

    With `text` it says just that. Without, its text is composed when it is sent, from `topic`
    and `subject` (see `gateway.outbound.notifications`), so that it tells what is true then.
    It is due at `due_at` and does not go out after `expires_at`.
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
class SmsRow:
    """A claimed SMS.

    With `once` it must not go out again when its outcome is unknown: no person waits for a
    notice.
    """

    id: int
    phone: str
    text: str
    parts: int
    attempts: int
    unknowns: int
    once: bool = False


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A claimed notice, which may have no text yet."""

    id: int
    phone: str
    topic: str
    subject: Mapping[str, Any]
    text: str | None
    attempts: int


def add_replies(connection: Connection, replies: Sequence[NewReply], now: datetime) -> None:
    """Queue replies, due at once."""
    rows = [
        {
            "kind": REPLY,
            "key": reply.key,
            "state": WAITING,
            "next_at": now,
            "created_at": now,
            "phone": reply.phone,
            "text": reply.text,
            "parts": reply.parts,
            "inbox_id": reply.message_id,
            "unit_id": reply.unit_id,
            "form": reply.form,
            "period": reply.period,
        }
        for reply in replies
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def add_notices(connection: Connection, notices: Sequence[NewNotice], now: datetime) -> int:
    """Queue notices; return how many were new.

    A key that is known, sent or not, changes nothing: each event is told to each person at most
    once.
    """
    rows = [
        {
            "kind": NOTICE,
            "key": notice.key,
            "state": WAITING,
            "next_at": notice.due_at,
            "expires_at": notice.expires_at,
            "created_at": now,
            "phone": notice.phone,
            "network": operator_of(notice.phone) or OTHER_NETWORK,
            "topic": notice.topic,
            "subject": dict(notice.subject or {}),
            "text": notice.text,
            "unit_id": notice.unit_id,
            "form": notice.form,
            "period": notice.period,
        }
        for notice in sorted(notices, key=lambda notice: notice.key)
    ]
    if not rows:
        return 0
    statement = (
        insert_new(connection, outbox)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(outbox.c.id)
    )
    return len(connection.execute(statement, rows).all())


def claim_replies(
    connection: Connection, most: int, lease: int, now: datetime
) -> tuple[str, list[SmsRow]]:
    """Take due replies, oldest first, for `lease` seconds; return the token and the rows."""
    found = oldest(connection, and_(outbox.c.kind == REPLY, is_due(now), is_free()), most)
    return take_lease(connection, [row.id for row in found], lease), [_sms(row) for row in found]


def claim_notices(
    connection: Connection, network: str, most: int, lease: int, now: datetime
) -> tuple[str, list[NoticeRow]]:
    """Take due notices to numbers of one network, oldest first, for `lease` seconds."""
    mine = and_(outbox.c.kind == NOTICE, outbox.c.network == network, is_due(now), is_free())
    rows = [
        NoticeRow(row.id, row.phone, row.topic, row.subject or {}, row.text, row.attempts)
        for row in oldest(connection, mine, most)
    ]
    return take_lease(connection, [row.id for row in rows], lease), rows


def set_texts(connection: Connection, texts: Mapping[int, tuple[str, int]]) -> None:
    """Give claimed notices their texts, by id with the number of SMS parts that each takes."""
    statement = update(outbox).where(outbox.c.id == bindparam("row"))
    statement = statement.values(text=bindparam("words"), parts=bindparam("takes"))
    rows = [
        {"row": row, "words": words, "takes": takes}
        for row, (words, takes) in sorted(texts.items())
    ]
    if rows:
        connection.execute(statement, rows)


def drop_notices(connection: Connection, ids: Collection[int], reason: str, now: datetime) -> None:
    """Give up notices that will not be sent."""
    if ids:
        _drop(connection, outbox.c.id.in_(ids), reason, now)


def postpone_notices(connection: Connection, ids: Collection[int], until: datetime) -> None:
    """Let go of claimed notices until a better moment."""
    statement = update(outbox).where(outbox.c.id.in_(ids))
    connection.execute(statement.values(next_at=until, lease=None, lease_until=None))


def drop_expired(connection: Connection, now: datetime) -> int:
    """Give up the notices that came too late; return how many."""
    late = and_(outbox.c.kind == NOTICE, is_due(now), is_free(), outbox.c.expires_at < now)
    return _drop(connection, late, "expired", now)


def opted_out(connection: Connection, phones: Collection[str]) -> set[str]:
    """Return those of these numbers that want no messages that they did not ask for."""
    statement = select(opt_outs.c.phone).where(opt_outs.c.phone.in_(phones))
    return set(connection.scalars(statement))


def claim_overdue(connection: Connection, most: int, lease: int) -> tuple[str, list[SmsRow]]:
    """Take SMS whose sender died in the middle of the call: they may have gone out."""
    sms = outbox.c.kind.in_((REPLY, NOTICE))
    found = oldest(connection, and_(sms, outbox.c.state == SENDING, is_free()), most)
    return take_lease(connection, [row.id for row in found], lease), [_sms(row) for row in found]


def _sms(row: Row[Any]) -> SmsRow:
    once = row.kind == NOTICE
    return SmsRow(row.id, row.phone, row.text, row.parts or 1, row.attempts, row.unknowns, once)


def _drop(connection: Connection, which: ColumnElement[bool], reason: str, now: datetime) -> int:
    over = {"state": DROPPED, "next_at": None, "reason": reason, "settled_at": now}
    statement = update(outbox).where(which).values(**over, lease=None, lease_until=None)
    return connection.execute(statement).rowcount


def mark_sending(connection: Connection, token: str, ids: Sequence[int], lease: int) -> list[int]:
    """Note that these rows may reach the far side from now on; return those still held."""
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
    """Return how many replies each of these numbers was given since a moment."""
    statement = (
        select(outbox.c.phone, func.count())
        .where(outbox.c.kind == REPLY, outbox.c.phone.in_(phones), outbox.c.created_at >= since)
        .group_by(outbox.c.phone)
    )
    return {phone: int(count) for phone, count in connection.execute(statement)}


def blank_texts(connection: Connection, before: datetime) -> int:
    """Blank the text of older SMS that went out or never will; return how many were."""
    statement = (
        update(outbox)
        .where(
            outbox.c.kind.in_((REPLY, NOTICE)),
            outbox.c.text.is_not(None),
            outbox.c.created_at < before,
            outbox.c.state.not_in(OPEN),
        )
        .values(text=None)
    )
    return connection.execute(statement).rowcount
