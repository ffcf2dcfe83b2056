"""Answer in pages: give the first one, and keep the others until SUITE asks for them."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage.conversations import QUESTION_LIFETIME, Conversation
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.wording.paging import pages
from menus.wording.sentences import say


def first_page(uow: UnitOfWork, understood: Understood, pieces: Sequence[str]) -> str:
    """Return the answer made of these pieces, whole in at most two parts, else its first page.

    The other pages stay with the sender's conversation; a newer long answer replaces them.
    Raises ValueError for a stranger.
    """
    post = understood.post
    if post is None:
        raise ValueError("only a known person is given a long answer")

    def mark(page: int, count: int) -> str:
        key = "page_more" if page < count else "page_last"
        return say(uow.context.catalogue, post.language, key, page=page, pages=count)

    first, *others = pages(pieces, mark)
    _keep(uow, understood, post.id, others)
    return first


def next_page(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """SUITE: give the next page of the last long answer, for as long as a question stays open."""
    post = understood.post
    conversation = uow.conversations.get(post.id) if post is not None else None
    if post is None or conversation is None or not _has_more(conversation, understood):
        return Answer(problems=(Problem("nothing_more", Level.ASK),))
    _keep(uow, understood, post.id, conversation.more[1:])
    return conversation.more[0]


def _has_more(conversation: Conversation, understood: Understood) -> bool:
    """Return whether pages are still to come, and were asked for in time."""
    given_at = conversation.more_at
    if given_at is None or not conversation.more:
        return False
    return understood.message.sent_at - given_at <= QUESTION_LIFETIME


def _keep(uow: UnitOfWork, understood: Understood, post_id: int, others: Sequence[str]) -> None:
    """Keep the pages that are still to come; the question asked before stays as it was."""
    conversation, sent_at = uow.conversations.get(post_id), understood.message.sent_at
    if conversation is None and not others:
        return
    conversation = conversation or Conversation(post_id, sent_at)
    uow.conversations.put(replace(conversation, more=tuple(others), more_at=sent_at))
