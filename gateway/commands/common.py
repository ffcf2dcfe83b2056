"""Share between handlers: their type, the month meant, sentences about an area."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.commands.area import Part
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import roster
from gateway.storage.roster import Unit
from menus.model.command import MonthUse
from menus.model.period import Period
from menus.model.problem import Problem
from menus.rules.calendar import month_name, which_month
from menus.wording.sentences import say

Handler = Callable[[UnitOfWork, Understood], Answer | str]


@dataclass(frozen=True, slots=True)
class Handlers:
    """The functions that handle a keyword: sent by an agent, and sent by a supervisor."""

    agent: Handler
    supervisor: Handler

    def of(self, understood: Understood) -> Handler:
        """Return the function for the sender of a message."""
        return self.supervisor if understood.by_supervisor else self.agent


def by_anybody(handler: Handler) -> Handlers:
    """Return the handlers of a keyword that means the same from agents and supervisors."""
    return Handlers(handler, handler)


def month_asked(
    uow: UnitOfWork, understood: Understood, *, as_agent: bool = False
) -> Period | Problem:
    """Return the month named, else the one that the keyword is about without a month.

    A supervisor may go further back than an agent, unless the month is meant `as_agent`.
    """
    programme = uow.context.catalogue.programme
    if understood.by_supervisor and not as_agent:
        programme = replace(programme, months_back=programme.months_back_for_supervisors)
    sent_on = uow.context.today(understood.message.sent_at)
    command = uow.context.catalogue.commands.get(understood.command)
    if understood.month is None and command is not None and command.month is MonthUse.OPEN:
        open_now = sent_on.day >= programme.opens_on
        return Period(sent_on.year, sent_on.month).plus(0 if open_now else -1)
    return which_month(understood.month, sent_on, programme)


def expected_sites(uow: UnitOfWork, part: Part, month: Period) -> list[Unit]:
    """Return the sites that owe reports of a month: those with an agent in it."""
    active = roster.active_sites(uow.connection, part.site_ids, month.code)
    return [site for site in part.sites if site.id in active]


def phrase(uow: UnitOfWork, understood: Understood, key: str, **values: object) -> str:
    """Return a sentence in the sender's language."""
    return say(uow.context.catalogue, understood.language, key, brief=False, **values)


def area_and_month(
    uow: UnitOfWork, understood: Understood, part: Part, month: Period
) -> dict[str, str]:
    """Return the values `area` and `month` of a sentence: their names."""
    name = month_name(month, understood.language, uow.context.catalogue.programme)
    return {"area": part.name, "month": name}
