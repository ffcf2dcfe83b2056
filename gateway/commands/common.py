"""What the handlers of keywords share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gateway.commands.area import Part
from gateway.conversation.message import Understood
from gateway.conversation.questions import Settled
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import roster
from gateway.storage.roster import Unit
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.roles import Role
from menus.rules.calendar import month_name, which_month
from menus.wording.sentences import say

Answer = Settled | str
Command = Callable[[UnitOfWork, Understood], Answer]
RECEIPT_LENGTH: Final = 4
# Without a month these are about the one that a report without a month would be about; all
# others, which change no report, about the one that is open.
_OF_A_MONTH: Final = frozenset({"RAS", "VAL", "POUR", "COR"})


def language_of(understood: Understood) -> str:
    return understood.post.language if understood.post else "fr"


def receipt_in(understood: Understood) -> str:
    """The receipt that was asked about, if any."""
    words = [one for one in understood.arguments if len(one) == RECEIPT_LENGTH and one[0].isdigit()]
    return words[0] if words else ""


def month_asked(uow: UnitOfWork, understood: Understood) -> Period | Problem:
    """The month named, else the one that is due. A supervisor may go further back, but for a
    reminder: agents can do nothing about a month that is closed to them."""
    programme = uow.context.catalogue.programme
    above = understood.post is not None and understood.post.role != Role.AGENT
    if above and understood.command != "RELANCE":
        programme = replace(programme, months_back=programme.months_back_for_supervisors)
    sent_on = understood.message.sent_at.astimezone(uow.context.timezone).date()
    if understood.month is None and understood.command not in _OF_A_MONTH:
        open_now = sent_on.day >= programme.opens_on
        return Period(sent_on.year, sent_on.month).plus(0 if open_now else -1)
    return which_month(understood.month, sent_on, programme)


def working(uow: UnitOfWork, understood: Understood, part: Part, month: Period) -> list[Unit]:
    """The sites of which a report is expected: with an agent in that month."""
    active = roster.active_sites(uow.connection, part.site_ids, month.code)
    return [site for site in part.sites if site.id in active]


def phrase(uow: UnitOfWork, understood: Understood, key: str, **values: object) -> str:
    """A sentence in the sender's language."""
    return say(uow.context.catalogue, language_of(understood), key, brief=False, **values)


def about(uow: UnitOfWork, understood: Understood, part: Part, month: Period) -> dict[str, str]:
    """What an answer begins with: the names of the area and of the month."""
    name = month_name(month, language_of(understood), uow.context.catalogue.programme)
    return {"area": part.name, "month": name}
