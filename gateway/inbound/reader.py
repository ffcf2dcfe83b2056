"""Use cases at the door and behind it: keep a message, then read what is kept.

`accept` is all that stands between an agent's SMS and safety: one row, one COMMIT. Reading
comes later, in batches: what a batch changes (reports, versions, replies, forwards, the
messages' own state) is one COMMIT too, so a batch that dies has changed nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from gateway.commands import referral as referrals
from gateway.context import Context
from gateway.conversation.message import Understood
from gateway.conversation.senders import Senders, senders_of
from gateway.inbound.dispatch import answer, obey
from gateway.model.phone import is_person
from gateway.reports.unit_of_work import UnitOfWork, fetch, open_unit_of_work, store
from gateway.storage import counters, inbox, outbox_sms, reports, roster
from gateway.storage.engine import Connection, Engine, StorageFault, reading
from gateway.storage.inbox import FAILED, READ, Message, Read
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.reading import MonthSaid
from menus.ussd.state import Run

log = structlog.get_logger()

BATCH: Final = 100
TRIES: Final = 3

Clock = Callable[[], datetime]


def read_inbox(
    engine: Engine, context: Context, clock: Clock, until: datetime | None = None
) -> int:
    """Reads everything that waits, lane by lane; returns how many messages were settled.

    `clock` gives the time of each batch. Stops when nothing is left that can be had, or
    between two batches once `until` has passed.
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
    """One batch of a lane; when it breaks, the same messages one at a time."""
    try:
        return _read_batch(engine, context, lane, BATCH, clock())
    except StorageFault:
        raise
    except Exception:
        # Whatever one message does to us, the others of its batch must be read.
        log.exception("batch_broke", lane=lane)
    return _read_singly(engine, context, lane, clock)


def _read_singly(engine: Engine, context: Context, lane: int, clock: Clock) -> int:
    """Reads a lane one message a transaction, setting aside any that cannot be read."""
    done = 0
    for _ in range(BATCH):
        try:
            read = _read_batch(engine, context, lane, 1, clock())
        except StorageFault:
            raise
        except Exception:
            # Our own failure: the message is kept, and its sender is told.
            log.exception("message_broke", lane=lane)
            read = _set_aside(engine, context, lane, clock())
        done += read
        if not read:
            break
    return done


def _read_batch(engine: Engine, context: Context, lane: int, most: int, now: datetime) -> int:
    """Reads up to `most` messages of a lane in one transaction; returns how many."""
    with engine.begin() as connection:
        messages = inbox.take(connection, lane, most)
        if not messages:
            return 0
        senders = senders_of(connection, messages, context)
        batch = [senders.understand(one) for one in messages]
        uow = _locked_unit(connection, senders, batch, now)
        _answer_all(uow, senders, batch)
        _settle(uow, batch)
    return len(messages)


def read_at_once(
    connection: Connection,
    context: Context,
    message: Message,
    now: datetime,
    posts: Collection[str],
    *,
    run: Run,
) -> str:
    """Reads one message while its sender waits; its answer is handed back, not queued.

    She speaks as one of `posts` (the codes of units) alone, and means what she chose from the
    lists of `run`. What it changes is in the caller's transaction.
    """
    senders = senders_of(connection, [message], context)
    for key, at in senders.posts.items():
        senders.posts[key] = [post for post in at if post.unit_code in posts]
    batch = [_as_chosen(senders.understand(message), run)]
    uow = _locked_unit(connection, senders, batch, now)
    text = obey(uow, batch[0])
    _settle(uow, batch)
    return text


def _as_chosen(understood: Understood, run: Run) -> Understood:
    """A site chosen from a list is that one, however its code would read within an SMS."""
    if not run.site or not understood.command:
        return understood
    month = MonthSaid(run.month) if run.month else None
    return replace(understood, arguments=(run.site,), chosen=run.site, month=month, problems=())


def _locked_unit(
    connection: Connection, senders: Senders, batch: Sequence[Understood], now: datetime
) -> UnitOfWork:
    """What a batch touches, with the locks of its sites held."""
    held = senders.sites | {one.site.id for one in batch if one.site}
    held |= referrals.facilities_to_hold(connection, senders.context, batch)
    reports.lock_sites(connection, held)
    return open_unit_of_work(connection, senders.context, batch, senders.talks, now)


def _settle(uow: UnitOfWork, batch: Sequence[Understood]) -> None:
    """The messages are read; what they changed is written."""
    settled = [Read(one.message.id, READ, one.post.id if one.post else None) for one in batch]
    inbox.settle(uow.connection, settled, uow.now)
    uow.counts["read"] += len(batch)
    store(uow)


def _answer_all(uow: UnitOfWork, senders: Senders | None, batch: Sequence[Understood]) -> None:
    """Files and answers each message, within what a number may be answered in a day.

    Two machines that answer each other must not do so for ever, and a stranger costs at most
    one SMS a day; a message beyond that is filed all the same.
    """
    programme = uow.context.catalogue.programme
    local = uow.now.astimezone(uow.context.timezone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    phones = [one.message.phone for one in batch]
    given = outbox_sms.replies_since(uow.connection, phones, midnight)
    for one in batch:
        if senders is not None and senders.learn(uow, one):
            one = senders.understand(one.message)  # noqa: PLW2901  the same message, anew
            fetch(uow, set(one.keys), {one.message.text_hash})
        phone = one.message.phone
        allowed = programme.replies_per_day if one.post or one.joins else int(is_person(phone))
        silent = given.get(phone, 0) >= allowed
        answer(uow, one, silent=silent)
        given[phone] = given.get(phone, 0) + (not silent)


def _set_aside(engine: Engine, context: Context, lane: int, now: datetime) -> int:
    """Counts a failed reading of the lane's first message; after a few, gives it up.

    The message stays in the inbox as FAILED, is counted, and its sender is told that it has
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
        month = message.sent_at.astimezone(context.timezone).strftime("%Y%m")
        posts = roster.posts_of(connection, [message.phone], month).get(message.phone)
        if posts:
            problem = Problem("could_not_read", Level.REFUSE)
            told = Understood(message, posts[0], problems=(problem,))
            uow = open_unit_of_work(connection, context, [told], {}, now)
            _answer_all(uow, None, [told])
            store(uow)
    return 1
