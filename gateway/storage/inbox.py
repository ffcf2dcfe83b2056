"""Messages as they came: stored before they are acknowledged, read later, in lanes.

A lane holds all messages of one phone. A reader locks the lane's row, so one phone's messages
are read in order and by one reader at a time, and a reader that dies lets go.
"""

import hashlib
import hmac
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, func, select, update

from gateway.storage.engine import insert_new
from gateway.storage.tables import LANES, inbox, lanes, secrets

NEW, READ, FAILED = "new", "read", "failed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it arrives. `sent_at` is the operator's date, already judged usable."""

    provider: str
    provider_id: str
    phone: str
    text: str
    network: str
    sent_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message that waits to be read. `attempts` counts readings that broke."""

    id: int
    phone: str
    text: str
    text_hash: str
    sent_at: datetime
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Read:
    """How the reading of a message ended: `state` READ or FAILED, and the sender's post."""

    message_id: int
    state: str
    post_id: int | None


def hash_key(connection: Connection) -> bytes:
    """Return the secret with which texts are hashed; made once, when the schema was created.

    Raises LookupError when the database holds none.
    """
    key = connection.scalar(select(secrets.c.value).where(secrets.c.name == "text_hash"))
    if key is None:
        raise LookupError("the database holds no key for text hashes; run `kibaru migrate`")
    return str(key).encode()


def add(connection: Connection, arrival: Arrival, key: bytes) -> bool:
    """Store a message unless its provider's id is known; return whether it was new."""
    return _insert(connection, arrival, text_hash(arrival.text, key)) is not None


def record(connection: Connection, arrival: Arrival, key: bytes) -> Message | None:
    """Store what was typed in a dialogue, to be read in the same transaction.

    None when its provider's id is known. What is confirmed on a screen is meant anew each
    time, so its hash takes in the id and it is never the repeat of an older message.
    """
    hashed = text_hash(f"{arrival.provider_id} {arrival.text}", key)
    found = _insert(connection, arrival, hashed)
    if found is None:
        return None
    return Message(
        id=found,
        phone=arrival.phone,
        text=arrival.text,
        text_hash=hashed,
        sent_at=arrival.sent_at,
        received_at=arrival.received_at,
        attempts=0,
    )


def id_of(connection: Connection, provider: str, provider_id: str) -> int | None:
    """Return the id of the message with this provider's id; None when it is not stored."""
    statement = select(inbox.c.id).where(
        inbox.c.provider == provider, inbox.c.provider_id == provider_id
    )
    return connection.scalar(statement)


def _insert(connection: Connection, arrival: Arrival, hashed: str) -> int | None:
    """Return the new row's id; None when its provider's id is known."""
    row = {
        "provider": arrival.provider,
        "provider_id": arrival.provider_id,
        "phone": arrival.phone,
        "lane": lane_of(arrival.phone),
        "text": arrival.text,
        "text_hash": hashed,
        "network": arrival.network,
        "sent_at": arrival.sent_at,
        "received_at": arrival.received_at,
        "state": NEW,
    }
    # The count of rows would not do: PostgreSQL's driver has none for such an INSERT.
    statement = (
        insert_new(connection, inbox)
        .on_conflict_do_nothing(index_elements=["provider", "provider_id"])
        .returning(inbox.c.id)
    )
    added = connection.execute(statement, row).first()
    return int(added.id) if added is not None else None


def lane_of(phone: str) -> int:
    """Return the lane of a phone."""
    return zlib.crc32(phone.encode("utf-8", "replace")) % LANES


def text_hash(text: str, key: bytes) -> str:
    """Return a keyed hash of what was typed, blind to case and white space."""
    plain = " ".join(text.casefold().split())
    return hmac.new(key, plain.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def lanes_with_work(connection: Connection) -> list[int]:
    """Return the lanes that hold unread messages, the longest waiting first."""
    oldest = func.min(inbox.c.id)
    statement = (
        select(inbox.c.lane).where(inbox.c.state == NEW).group_by(inbox.c.lane).order_by(oldest)
    )
    return list(connection.scalars(statement))


def take(connection: Connection, lane: int, most: int) -> list[Message]:
    """Return up to `most` of a lane's oldest unread messages; none while another reader has it.

    Oldest by the operator's date, ties by arrival, so that one phone's messages are handled in
    the order in which they were sent. The lane stays locked until the transaction ends.
    """
    lock = select(lanes.c.id).where(lanes.c.id == lane).with_for_update(skip_locked=True)
    if connection.execute(lock).first() is None:
        return []
    statement = (
        select(inbox)
        .where(inbox.c.lane == lane, inbox.c.state == NEW)
        .order_by(inbox.c.sent_at, inbox.c.id)
        .limit(most)
    )
    return [_message(row) for row in connection.execute(statement)]


def messages(connection: Connection, ids: Collection[int]) -> dict[int, Message]:
    """Return these messages by id, as far as their text is still kept."""
    statement = select(inbox).where(inbox.c.id.in_(ids), inbox.c.text.is_not(None))
    return {row.id: _message(row) for row in connection.execute(statement)}


def settle(connection: Connection, reads: Sequence[Read], now: datetime) -> None:
    """Mark messages as read, or as failed for good."""
    if not reads:
        return
    statement = (
        update(inbox)
        .where(inbox.c.id == bindparam("message"))
        .values(state=bindparam("to"), post_id=bindparam("post"), read_at=bindparam("at"))
    )
    rows = [
        {"message": read.message_id, "to": read.state, "post": read.post_id, "at": now}
        for read in reads
    ]
    connection.execute(statement, rows)


def count_attempt(connection: Connection, message_id: int) -> None:
    """Count that reading this message broke, so that it is not tried for ever."""
    statement = update(inbox).where(inbox.c.id == message_id).values(attempts=inbox.c.attempts + 1)
    connection.execute(statement)


def blank_texts(connection: Connection, before: datetime, most: int = 1000) -> int:
    """Blank the text of messages that arrived before this moment; return how many were.

    Those not read yet keep theirs.
    """
    old = (
        select(inbox.c.id)
        .where(inbox.c.text.is_not(None), inbox.c.received_at < before, inbox.c.state != NEW)
        .order_by(inbox.c.received_at)
        .limit(most)
    )
    result = connection.execute(update(inbox).where(inbox.c.id.in_(old)).values(text=None))
    return result.rowcount


def forget_text(connection: Connection, message_id: int) -> None:
    """Blank the text of a message that holds what must not be kept."""
    connection.execute(update(inbox).where(inbox.c.id == message_id).values(text=None))


def waiting(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many messages wait to be read, and when the oldest of them arrived."""
    statement = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state == NEW)
    count, oldest = connection.execute(statement).one()
    return int(count), oldest


def sent_at(connection: Connection, message_ids: Sequence[int]) -> Mapping[int, datetime]:
    """Return when these messages were sent, by id."""
    statement = select(inbox.c.id, inbox.c.sent_at).where(inbox.c.id.in_(message_ids))
    return {row.id: row.sent_at for row in connection.execute(statement)}


def _message(row: Row[tuple[object, ...]]) -> Message:
    return Message(
        id=row.id,
        phone=row.phone,
        text=row.text or "",
        text_hash=row.text_hash,
        sent_at=row.sent_at,
        received_at=row.received_at,
        attempts=row.attempts,
    )
