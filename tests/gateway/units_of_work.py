"""A unit of work opened by hand, for tests of what happens within it."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import CodeType, FrameType
from typing import Any

from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.conversation.sender_lookup import senders_of
from gateway.reports.conversation_store import ConversationStore
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import inbox, reports
from gateway.storage.inbox import READ, Message, Read
from tests.gateway.harness import AWA, Harness


@contextmanager
def unit_of_work(harness: Harness, *sites: str) -> Iterator[UnitOfWork]:
    """A unit of work that has locked these sites; it is finished and committed at the end."""
    ids = {harness.unit_id(site) for site in sites}
    with harness.engine.begin() as connection:
        reports.lock_sites(connection, ids)
        uow = UnitOfWork(connection, harness.context, harness.clock.now, ids)
        yield uow
        uow.finish()


@contextmanager
def heard(
    harness: Harness, text: str, phone: str = AWA, *, sent: datetime | None = None
) -> Iterator[tuple[UnitOfWork, Understood]]:
    """A message as understood, in the unit of work that is to answer it; no reply is queued."""
    message = received(harness, text, phone, sent=sent)
    with harness.engine.begin() as connection:
        senders = senders_of(connection, [message], harness.context)
        sites = senders.sites_to_lock(ConversationStore(connection))
        reports.lock_sites(connection, sites)
        uow = UnitOfWork(connection, harness.context, harness.clock.now, sites)
        understood = senders.understand(message, uow.conversations)
        yield uow, understood
        post_id = understood.post.id if understood.post else None
        inbox.settle(connection, [Read(message.id, READ, post_id)], harness.clock.now)
        uow.finish()


def received(
    harness: Harness, text: str, phone: str = AWA, *, sent: datetime | None = None
) -> Message:
    """A message that has arrived and was not read yet."""
    message_id = harness.receive(text, phone, sent=sent)
    with harness.engine.begin() as connection:
        return inbox.messages(connection, [message_id])[message_id]


def keys(answer: Answer | str) -> list[str]:
    """The keys of the problems that an answer tells."""
    assert isinstance(answer, Answer)
    return [problem.key for problem in answer.problems]


@contextmanager
def calls_of(*functions: Callable[..., Any]) -> Iterator[Counter[str]]:
    """How often functions are called meanwhile, by name; they are watched, not replaced."""
    watched = {_place(function.__code__): function.__name__ for function in functions}
    seen: Counter[str] = Counter()

    def look(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and (name := watched.get(_place(frame.f_code))) is not None:
            seen[name] += 1

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_filename, code.co_firstlineno
