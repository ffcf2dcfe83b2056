"""Long answers: the first page is given, the others are kept until a SUITE asks for them."""

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


def give(uow: UnitOfWork, understood: Understood, pieces: Sequence[str]) -> str:
    """The answer made of these pieces: all of it in at most two parts, else its first page.

    The other pages stay with the sender's conversation; a newer long answer replaces them.
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


def more(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """SUITE: the next page of her last long answer, for as long as a question stays open."""
    post = understood.post
    talk = uow.conversations.get(post.id) if post is not None else None
    given_at = talk.more_at if talk is not None else None
    if post is None or talk is None or given_at is None or not talk.more:
        return Answer(problems=(Problem("nothing_more", Level.ASK),))
    if understood.message.sent_at - given_at > QUESTION_LIFETIME:
        return Answer(problems=(Problem("nothing_more", Level.ASK),))
    _keep(uow, understood, post.id, talk.more[1:])
    return talk.more[0]


def _keep(uow: UnitOfWork, understood: Understood, post_id: int, others: Sequence[str]) -> None:
    """Notes what is still to be told. What she was asked before stays as it was."""
    talk = uow.conversations.get(post_id)
    if talk is None:
        if not others:
            return
        talk = Conversation(post_id, understood.message.sent_at)
    uow.conversations.put(replace(talk, more=tuple(others), more_at=understood.message.sent_at))
