"""ETAT of an agent, and where one report is."""

from collections.abc import Sequence

from gateway.commands.common import Answer, language_of, month_asked, receipt_in
from gateway.commands.general import later
from gateway.commands.status_text import state_of
from gateway.conversation.message import Understood
from gateway.conversation.questions import Settled
from gateway.reports.unit_of_work import UnitOfWork, fetch
from gateway.storage import reports
from menus.model.period import Period
from menus.model.problem import Problem
from menus.rules.calendar import month_name
from menus.wording import replies as wording


def state(uow: UnitOfWork, understood: Understood) -> Answer:
    """ETAT of an agent: what of the month is received, missing, late, forwarded; or one receipt."""
    if understood.site is None:
        return later(uow, understood)
    receipt = receipt_in(understood)
    if receipt:
        return state_of_receipt(uow, understood, [understood.site.id], receipt)
    month = month_asked(uow, understood)
    if isinstance(month, Problem):
        return Settled(problems=(month,))
    forms, site = uow.context.catalogue.forms, understood.site.id
    fetch(uow, {(site, keyword, month.code) for keyword in forms})
    language, catalogue = language_of(understood), uow.context.catalogue
    told = [
        state_of(uow.context, language, form, uow.report((site, keyword, month.code)), uow.now)
        for keyword, form in forms.items()
    ]
    name = month_name(month, language, catalogue.programme)
    return wording.say(catalogue, language, "state", month=name, forms="; ".join(told))


def state_of_receipt(
    uow: UnitOfWork, understood: Understood, site_ids: Sequence[int], receipt: str
) -> Answer:
    """Where the report with this receipt is, if it is one of these sites'."""
    found = reports.by_receipt(uow.connection, site_ids, receipt)
    language, catalogue = language_of(understood), uow.context.catalogue
    if not found:
        return wording.say(catalogue, language, "receipt_unknown")
    report = found[0]
    form = catalogue.forms[report.form]
    month = month_name(Period.parse(report.period), language, catalogue.programme)
    told = state_of(uow.context, language, form, report, uow.now)
    return wording.say(catalogue, language, "state", month=month, forms=told)
