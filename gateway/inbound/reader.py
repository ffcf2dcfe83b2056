"""Read the messages in the inbox: lane by lane, in batches, each batch one COMMIT.

The changes of a batch (reports, versions, replies, forwards, the messages' own state) are written
together, so a batch that fails has changed nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from gateway.commands import referral
from gateway.context import Context
from gateway.conversation.message import Understood
from gateway.conversation.sender_lookup import senders_at, senders_of
from gateway.conversation.senders import Senders
from gateway.inbound.dispatch import answer, dispatch
from gateway.model.phone import is_person
from gateway.reports.conversation_store import ConversationStore
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import counters, inbox, outbox_sms, reports, roster
from gateway.storage.engine import Connection, Engine, StorageFault, reading
from gateway.storage.inbox import FAILED, READ, Message, Read
from gateway.storage.roster import Post
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.programme import Programme
from menus.model.reading import Reading

log = structlog.get_logger()

BATCH: Final = 100
TRIES: Final = 3

Clock = Callable[[], datetime]


def read_inbox(
    engine: Engine, context: Context, clock: Clock, until: datetime | None = None
) -> int:
    """Read everything that waits, lane by lane; return how many messages were settled.

    `clock` gives the time of each batch. Stop when no free lane has a message left, or between
    two batches once `until` has passed. Raises one of `StorageFault` when the database fails.
    """
    total = 0
    while True:
        with reading(engine) as connection:
            lanes = inbox.lanes_with_work(connection)
        done = 0
        for lane in lanes:
            done += _read_lane(engine, context, lane, clock)
            if until is not None and clock() >= until:
                return total + done
        total += done
        if not done:
            return total


def _read_lane(engine: Engine, context: Context, lane: int, clock: Clock) -> int:
    """Read one batch of a lane; when it fails, the same messages one at a time."""
    try:
        return _read_batch(engine, context, lane, BATCH, clock())
    except StorageFault:
        raise
    except Exception:
        # Whatever fault one message meets, the others of its batch must be read.
        log.exception("batch_broke", lane=lane)
    return _read_singly(engine, context, lane, clock)


def _read_singly(engine: Engine, context: Context, lane: int, clock: Clock) -> int:
    """Read a lane one message a transaction, and set aside any that cannot be read."""
    done = 0
    for _ in range(BATCH):
        try:
            read = _read_batch(engine, context, lane, 1, clock())
        except StorageFault:
            raise
        except Exception:
            # A failure of ours: the message is kept, and its sender gets an answer.
            log.exception("message_broke", lane=lane)
            read = _set_aside(engine, context, lane, clock())
        done += read
        if not read:
            break
    return done


def _read_batch(engine: Engine, context: Context, lane: int, most: int, now: datetime) -> int:
    """Read up to `most` messages of a lane in one transaction; return how many."""
    with engine.begin() as connection:
        messages = inbox.take(connection, lane, most)
        if not messages:
            return 0
        senders = senders_of(connection, messages, context)
        uow = _open(connection, senders, now)
        allowance = _Allowance.of(uow, messages)
        posts = [_read_one(uow, senders, message, allowance) for message in messages]
        _settle(uow, messages, posts)
    return len(messages)


def _read_one(
    uow: UnitOfWork, senders: Senders, message: Message, allowance: "_Allowance"
) -> Post | None:
    """Understand a message, once, and answer it; return the post of its sender."""
    understood = senders.understand(message, uow.conversations)
    answer(uow, understood, silent=not allowance.takes(understood))
    if understood.joins:
        senders.admit(message.phone)
    return understood.post


def read_at_once(
    connection: Connection,
    context: Context,
    message: Message,
    reading: Reading,
    *,
    unit_codes: Collection[str],
    now: datetime,
) -> str:
    """Handle a command that was composed on a screen; return its answer, which is not queued.

    The sender writes from these units alone. The changes are in the caller's transaction.
    """
    senders = senders_at(connection, message, reading, unit_codes, context)
    uow = _open(connection, senders, now)
    understood = senders.understand(message, uow.conversations)
    text = dispatch(uow, understood)
    _settle(uow, [message], [understood.post])
    return text


def _open(connection: Connection, senders: Senders, now: datetime) -> UnitOfWork:
    """Return a unit of work that holds the locks of every site that these messages may change.

    The locks are taken before anything is understood, in the order of their ids. Questions are
    read before, to know the sites, and again with the locks held.
    """
    sites = _sites_to_lock(connection, senders)
    sites |= referral.facilities_of(connection, senders.referring_sites())
    reports.lock_sites(connection, sites)
    late = _sites_to_lock(connection, senders) - sites
    if late:
        # Another telephone of the same person was asked something in this very moment.
        reports.lock_sites(connection, late)
    uow = UnitOfWork(connection, senders.context, now, sites | late)
    uow.conversations.prefetch(senders.post_ids())
    hashes = [message.text_hash for message in senders.messages]
    uow.prefetch(senders.likely_reports(uow.conversations), hashes)
    return uow


def _sites_to_lock(connection: Connection, senders: Senders) -> set[int]:
    conversations = ConversationStore(connection)
    conversations.prefetch(senders.post_ids())
    return senders.sites_to_lock(conversations)


def _settle(uow: UnitOfWork, messages: Sequence[Message], posts: Sequence[Post | None]) -> None:
    """Mark the messages as read and write what they changed."""
    settled = [
        Read(message.id, READ, post.id if post else None)
        for message, post in zip(messages, posts, strict=True)
    ]
    inbox.settle(uow.connection, settled, uow.now)
    uow.counters["read"] += len(messages)
    uow.finish()


@dataclass(slots=True)
class _Allowance:
    """The answers given to each phone today, against the cap a day.

    A message beyond the cap is read all the same. Two machines that answer each other must not
    do so for ever, and a stranger costs at most one SMS a day.
    """

    programme: Programme
    given: dict[str, int]

    @classmethod
    def of(cls, uow: UnitOfWork, messages: Sequence[Message]) -> "_Allowance":
        """Count the answers that these phones were given since midnight."""
        midnight = uow.context.local(uow.now).replace(hour=0, minute=0, second=0, microsecond=0)
        phones = [message.phone for message in messages]
        given = outbox_sms.replies_since(uow.connection, phones, midnight)
        return cls(uow.context.catalogue.programme, dict(given))

    def takes(self, understood: Understood) -> bool:
        """Return whether this message may be answered, and count it if so."""
        phone = understood.message.phone
        known = understood.post or understood.joins
        allowed = self.programme.replies_per_day if known else int(is_person(phone))
        if self.given.get(phone, 0) >= allowed:
            return False
        self.given[phone] = self.given.get(phone, 0) + 1
        return True


def _set_aside(engine: Engine, context: Context, lane: int, now: datetime) -> int:
    """Count a failed reading of the lane's first message; after TRIES of them, set it aside.

    The message stays in the inbox as FAILED, is counted, and its sender is answered that it has
    arrived and that a person will look.
    """
    with engine.begin() as connection:
        messages = inbox.take(connection, lane, 1)
        if not messages:
            return 0
        message = messages[0]
        if message.attempts + 1 < TRIES:
            inbox.count_attempt(connection, message.id)
            return 1
        inbox.settle(connection, [Read(message.id, FAILED, None)], now)
        counters.add(connection, {"read": 1, "failed": 1})
    log.error("message_failed", message=message.id)
    with engine.begin() as connection:
        month = context.month(message.sent_at)
        posts = roster.posts_of(connection, [message.phone], month).get(message.phone)
        if posts:
            problem = Problem("could_not_read", Level.REFUSE)
            unread = Understood(message, posts[0], problems=(problem,))
            uow = UnitOfWork(connection, context, now)
            answer(uow, unread, silent=not _Allowance.of(uow, [message]).takes(unread))
            uow.finish()
    return 1
