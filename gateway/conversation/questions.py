"""What an answer asked, and what became of it: open, settled, waiting for a site."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.conversation.message import Understood
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import inbox
from gateway.storage.conversations import QUESTION_LIFETIME, Asked, Conversation
from menus.model.problem import Problem
from menus.wording.replies import ReportReply


@dataclass(frozen=True, slots=True)
class Answer:
    """The reports that an answer touched, at `site_id` where she did not name it, and what else
    is to be said.

    `note` is the key of a sentence to begin with, `lead` are words to begin with, `closing`
    words to end with where two parts have room for them.
    """

    replies: tuple[ReportReply, ...] = ()
    problems: tuple[Problem, ...] = ()
    note: str = ""
    lead: str = ""
    closing: str = ""
    site_id: int | None = None


def open_question(uow: UnitOfWork, understood: Understood) -> Conversation | None:
    """What her last answer asked, if it is still open."""
    post = understood.post
    talk = uow.conversations.get(post.id) if post is not None else None
    if talk is None or not talk.is_open:
        return None
    return talk if understood.message.sent_at - talk.asked_at <= QUESTION_LIFETIME else None


def hold(uow: UnitOfWork, understood: Understood) -> None:
    """Notes a message that waits for the name of its site, or that it waits no more."""
    post = understood.post
    waits = any(problem.key == "site_unclear" for problem in understood.problems)
    if post is None or not (waits or understood.taken_up):
        return
    for at in understood.posts:
        talk = uow.conversations.get(at.id)
        if talk is not None and talk.held_id is not None:
            uow.conversations.put(replace(talk, held_id=None))
            if understood.taken_up and _names_patient(uow, understood.command):
                inbox.forget_text(uow.connection, talk.held_id)
    if waits:
        sent_at = understood.message.sent_at
        talk = uow.conversations.get(post.id) or Conversation(post.id, sent_at)
        asked_at = max(talk.asked_at, sent_at)
        uow.conversations.put(replace(talk, held_id=understood.message.id, asked_at=asked_at))


def forget_if_refused(uow: UnitOfWork, understood: Understood) -> None:
    """What somebody says of a patient who may not say it is not even read, nor kept."""
    for problem in understood.problems:
        refused = problem.key == "not_for_you"
        if refused and _names_patient(uow, str(problem.values.get("command"))):
            inbox.forget_text(uow.connection, understood.message.id)


def settle(uow: UnitOfWork, talk: Conversation) -> None:
    """The question is answered."""
    uow.conversations.put(replace(talk, asked=(), undo_id=None, proposed=None))


def remember(uow: UnitOfWork, understood: Understood, replies: Sequence[ReportReply]) -> None:
    """Notes which reports this message touched, and what its answer asks.

    A question stays open until the next one, so that an OUI may come after another report, but
    for no longer than it would have. An ANNULE is over with the next report: that is her last
    message then.
    """
    if understood.post is None or understood.site is None or not replies:
        return
    keys = tuple((understood.site.id, one.form, one.period.code) for one in replies)
    asked = tuple(
        Asked(key, one.to_confirm) for key, one in zip(keys, replies, strict=True) if one.to_confirm
    )
    before = uow.conversations.get(understood.post.id)
    sent_at = understood.message.sent_at
    if asked or before is None:
        talk = Conversation(understood.post.id, sent_at, asked, touched=keys)
        if before is not None:
            talk = replace(talk, more=before.more, more_at=before.more_at)
    else:
        still = open_question(uow, understood)
        if still is None or still.undo_id is not None:
            before = replace(before, asked=(), undo_id=None, proposed=None)
        asked_at = before.asked_at if before.is_open else max(sent_at, before.asked_at)
        talk = replace(before, touched=keys, asked_at=asked_at, held_id=None)
    uow.conversations.put(talk)


def _names_patient(uow: UnitOfWork, keyword: str) -> bool:
    """Whether the text of this command may name a patient; it has had its use."""
    command = uow.context.catalogue.commands.get(keyword)
    return command is not None and command.names_patient
