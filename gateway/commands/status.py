"""ETAT of an agent: tell how the reports of a month stand, or one report."""

from collections.abc import Sequence

from gateway.commands.common import month_asked
from gateway.commands.status_text import state_of
from gateway.conversation.message import Site, Understood
from gateway.conversation.questions import Answer
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import reports
from menus.model.arguments import ReceiptNumber
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.rules.calendar import month_name
from menus.wording import replies as wording


def state(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """ETAT of an agent: tell how each form of the month stands, or the report of a receipt."""
    if understood.site is None:
        return Answer(problems=(Problem("site_needed", Level.ASK),))
    receipt = understood.arguments_as(ReceiptNumber).number
    if receipt:
        return state_of_receipt(uow, understood, [understood.site.id], receipt)
    month = month_asked(uow, understood)
    if isinstance(month, Problem):
        return Answer(problems=(month,))
    return state_of_site(uow, understood, understood.site, month)


def state_of_site(uow: UnitOfWork, understood: Understood, site: Site, month: Period) -> str:
    """Return how each form of a site stands for a month."""
    forms = uow.context.catalogue.forms
    uow.reports.prefetch([(site.id, keyword, month.code) for keyword in forms])
    language, catalogue = understood.language, uow.context.catalogue
    states = [
        state_of(
            uow.context, language, form, uow.reports.get((site.id, keyword, month.code)), uow.now
        )
        for keyword, form in forms.items()
    ]
    name = month_name(month, language, catalogue.programme)
    return wording.say(catalogue, language, "state", month=name, forms="; ".join(states))


def state_of_receipt(
    uow: UnitOfWork, understood: Understood, site_ids: Sequence[int], receipt: str
) -> str:
    """Return how the report with a receipt number stands, if it is of one of these sites."""
    found = reports.by_receipt(uow.connection, site_ids, receipt)
    language, catalogue = understood.language, uow.context.catalogue
    if not found:
        return wording.say(catalogue, language, "receipt_unknown")
    report = found[0]
    form = catalogue.forms[report.form]
    month = month_name(Period.parse(report.period), language, catalogue.programme)
    text = state_of(uow.context, language, form, report, uow.now)
    return wording.say(catalogue, language, "state", month=month, forms=text)
