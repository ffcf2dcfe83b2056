"""Keep what an answer asked: find the open question, close it, hold a message for its site."""

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
    """An answer before it is worded: the reports that it touched, and what else is to be said.

    `site_id` is the site of the reports where the sender did not name it. `note` is the key of a
    sentence to begin with, `lead` a text to begin with, `closing` a text to end with where two
    parts have room for it.
    """

    replies: tuple[ReportReply, ...] = ()
    problems: tuple[Problem, ...] = ()
    note: str = ""
    lead: str = ""
    closing: str = ""
    site_id: int | None = None


def open_question(uow: UnitOfWork, understood: Understood) -> Conversation | None:
    """Return the conversation while the question of the sender's last answer is open, else None."""
    post = understood.post
    conversation = uow.conversations.get(post.id) if post is not None else None
    if conversation is None or not conversation.is_open:
        return None
    age = understood.message.sent_at - conversation.asked_at
    return conversation if age <= QUESTION_LIFETIME else None


def hold_for_site(uow: UnitOfWork, understood: Understood) -> None:
    """Keep a message that waits for the name of its site, or forget one that has it now."""
    post = understood.post
    waits = any(problem.key == "site_unclear" for problem in understood.problems)
    if post is None or not (waits or understood.taken_up):
        return
    for at in understood.posts:
        conversation = uow.conversations.get(at.id)
        if conversation is not None and conversation.held_id is not None:
            uow.conversations.put(replace(conversation, held_id=None))
            if understood.taken_up and _names_patient(uow, understood.command):
                inbox.forget_text(uow.connection, conversation.held_id)
    if waits:
        sent_at = understood.message.sent_at
        conversation = uow.conversations.get(post.id) or Conversation(post.id, sent_at)
        asked_at = max(conversation.asked_at, sent_at)
        held = replace(conversation, held_id=understood.message.id, asked_at=asked_at)
        uow.conversations.put(held)


def erase_if_refused(uow: UnitOfWork, understood: Understood) -> None:
    """Erase the text of a keyword about patients when the sender's role may not use it."""
    for problem in understood.problems:
        refused = problem.key == "not_for_you"
        if refused and _names_patient(uow, str(problem.values.get("command"))):
            inbox.forget_text(uow.connection, understood.message.id)


def close_question(uow: UnitOfWork, conversation: Conversation) -> None:
    """Close the question of a conversation, since it is answered."""
    uow.conversations.put(replace(conversation, asked=(), undo_id=None, proposed=None))


def remember(uow: UnitOfWork, understood: Understood, replies: Sequence[ReportReply]) -> None:
    """Keep in the conversation which reports a message touched, and what its answer asks.

    A question stays open until the next question, so that an OUI may come after another report,
    but for no longer than it would have. An ANNULE ends with the next report, which is the
    sender's last message then.
    """
    if understood.post is None or understood.site is None or not replies:
        return
    keys = tuple((understood.site.id, reply.form, reply.period.code) for reply in replies)
    asked = tuple(
        Asked(key, reply.to_confirm)
        for key, reply in zip(keys, replies, strict=True)
        if reply.to_confirm
    )
    before = uow.conversations.get(understood.post.id)
    sent_at = understood.message.sent_at
    if asked or before is None:
        after = Conversation(understood.post.id, sent_at, asked, touched=keys)
        if before is not None:
            after = replace(after, more=before.more, more_at=before.more_at)
    else:
        still = open_question(uow, understood)
        if still is None or still.undo_id is not None:
            before = replace(before, asked=(), undo_id=None, proposed=None)
        asked_at = before.asked_at if before.is_open else max(sent_at, before.asked_at)
        after = replace(before, touched=keys, asked_at=asked_at, held_id=None)
    uow.conversations.put(after)


def _names_patient(uow: UnitOfWork, keyword: str) -> bool:
    """Return whether the text of this keyword may name a patient."""
    command = uow.context.catalogue.commands.get(keyword)
    return command is not None and command.names_patient
