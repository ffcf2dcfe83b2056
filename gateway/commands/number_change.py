"""NUMERO: move an agent to another phone number, once that phone has agreed.

The new phone is asked by a notice, since a mistyped digit must not hand an agent's reports to a
stranger. Until it agrees nothing changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gateway.commands.area import Area, area_of
from gateway.commands.common import phrase
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.model.phone import BadPhone, mask, normalise
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import number_changes, outbox_sms, roster
from gateway.storage.conversations import QUESTION_LIFETIME
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.roster import Post, Unit
from menus.model.arguments import NumberChange, Place
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.roles import Role
from menus.wording.sentences import say

TOPIC: Final = "number"
_ENDING: Final = range(2, 5)  # digits of an old number that tell two agents apart


@dataclass(frozen=True, slots=True)
class Move:
    """What NUMERO names: a site, the new phone in E.164, last digits of the old one where typed."""

    site: Place
    phone: str
    ending: str = ""


def move_of(said: NumberChange) -> Move | None:
    """Return what `KOLA 70 00 00 09` or `KOLA 01 70000009` moves; None without site and phone.

    Digits before the phone are the end of the old number, or else belong to the site's name.
    """
    for at in range(len(said.digits)):
        try:
            phone = normalise("".join(said.digits[at:]))
        except BadPhone:
            continue
        before = said.digits[:at]
        if before and len(before[-1]) in _ENDING:
            return Move(Place((*said.site.words, *before[:-1])), phone, before[-1])
        return Move(Place((*said.site.words, *before)), phone)
    return None


def ask_new_phone(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """NUMERO: ask the new phone whether it is the agent's."""
    said = move_of(understood.arguments_as(NumberChange))
    if said is None or understood.post is None:
        return _problem("number_which")
    area = area_of(uow, understood)
    part = area.part_named(said.site)
    if isinstance(part, Problem):
        return Answer(problems=(part,))
    if not part.is_one_site:
        return _problem("number_which")
    site, month = part.tops[0], _month(uow, understood)
    agent = _agent(uow, site, said.ending, month)
    if isinstance(agent, Problem):
        return Answer(problems=(agent,))
    posts = _posts(uow, area, agent, month)
    units = [post.unit_id for post in posts]
    taken = roster.posts_of(uow.connection, [said.phone], month)
    if taken or number_changes.was_held_at(uow.connection, said.phone, units):
        return _problem("number_taken")
    changes = number_changes.request(
        uow.connection, [post.id for post in posts], said.phone, understood.post.id, uow.now
    )
    _notify(uow, changes[0], "number_ask", replace(agent, phone=said.phone), site.name)
    return phrase(uow, understood, "number_asked", site=site.name, phone=mask(said.phone))


def move_to_new_phone(uow: UnitOfWork, understood: Understood) -> str:
    """Move the posts to the phone whose OUI this is, and notify the old phone and the asker."""
    changes = understood.joins
    number_changes.accept(uow.connection, changes, uow.now)
    first, month = changes[0], _month(uow, understood)
    posts = roster.posts_by_id(uow.connection, [change.post_id for change in changes], month)
    if not posts:
        return say(uow.context.catalogue, "fr", "unknown_sender")
    sites = ", ".join(post.unit_name for post in posts)
    _notify(uow, first.id, "number_closed", replace(posts[0], phone=first.old_phone), sites)
    for post in roster.posts_by_id(uow.connection, [first.asked_by], month):
        _notify(uow, first.id, "number_done", post, sites)
    return say(uow.context.catalogue, posts[0].language, "number_agreed", site=sites)


def _problem(key: str) -> Answer | str:
    return Answer(problems=(Problem(key, Level.ASK),))


def _month(uow: UnitOfWork, understood: Understood) -> str:
    return uow.context.month(understood.message.sent_at)


def _agent(uow: UnitOfWork, site: Unit, ending: str, month: str) -> Post | Problem:
    """Return the agent whose number moves, of several at the site the one with this ending."""
    found = roster.posts_at(uow.connection, [site.id], month).get(site.id, [])
    agents = [post for post in found if post.role == Role.AGENT and post.phone.endswith(ending)]
    if len(agents) == 1:
        return agents[0]
    if not agents:
        return Problem("number_nobody", Level.ASK)
    endings = ", ".join(_endings([post.phone for post in agents]))
    return Problem("number_of_which", Level.ASK, values={"endings": endings})


def _endings(phones: Sequence[str]) -> list[str]:
    """Return the last digits, as few as tell the numbers apart: two of each, nearly always."""
    for length in _ENDING:
        endings = [phone[-length:] for phone in phones]
        if len({*endings}) == len(phones):
            break
    return endings


def _posts(uow: UnitOfWork, area: Area, agent: Post, month: str) -> list[Post]:
    """Return the posts that move with an agent's number: those in the area of the asker."""
    found = roster.posts_of(uow.connection, [agent.phone], month)[agent.phone]
    return [post for post in found if post.role == Role.AGENT and post.unit_id in area.units]


def _notify(uow: UnitOfWork, change: int, sentence: str, to: Post, site: str) -> None:
    """Queue one notice of a change of number; `sentence` is the key of its text."""
    text = say(uow.context.catalogue, to.language, sentence, site=site)
    key, expires = f"number:{change}:{sentence}", uow.now + QUESTION_LIFETIME
    notice = NewNotice(key, to.phone, TOPIC, uow.now, expires, text=text)
    outbox_sms.add_notices(uow.connection, [notice], uow.now)
