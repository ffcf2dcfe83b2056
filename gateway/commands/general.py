"""What a keyword does that is no report: one function for each, found in one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from gateway.commands import counter_referral as counter_referrals
from gateway.commands import paging, undo
from gateway.commands import referral as referrals
from gateway.commands import stock_agent as stock_commands
from gateway.commands import stock_supervisor as stock_questions
from gateway.commands.status_text import state_of
from gateway.commands.undo import Settled
from gateway.conversation.interpretation import AGENT, Understood
from gateway.reports.filing import Said, file_said
from gateway.reports.unit_of_work import UnitOfWork, fetch
from gateway.storage import people, reports
from menus.model.catalogue import LANGUAGES, Filled, Period, Problem
from menus.model.cross_check import Level
from menus.rules.calendar import month_name, which_month
from menus.wording import help as help_texts
from menus.wording import replies as wording

Answer = Settled | str
Command = Callable[[UnitOfWork, Understood], Answer]

RECEIPT_LENGTH: Final = 4
# Without a month these are about the one that a report without a month would be about; all
# others, which change no report, about the one that is open.
_OF_A_MONTH: Final = frozenset({"RAS", "VAL", "POUR", "COR"})
MOST_DIGITS: Final = 5  # of a number said back; more may be a telephone number


def language_of(understood: Understood) -> str:
    return understood.post.language if understood.post else "fr"


def zero(uow: UnitOfWork, understood: Understood) -> Answer:
    """RAS: nothing to report, so all of the form's numbers are zero, once she says OUI."""
    forms = [uow.context.catalogue.forms[one] for one in understood.forms_named]
    countable = [form for form in forms if not any(field.product for field in form.fields)]
    if not forms or understood.post is None or understood.site is None:
        return Settled(problems=(Problem("ras_which", Level.ASK),))
    if len(countable) < len(forms):
        return Settled(problems=(Problem("ras_stock", Level.REFUSE),))
    month = month_asked(uow, understood)
    if isinstance(month, Problem):
        return Settled(problems=(month,))
    keys = [(understood.site.id, form.keyword, month.code) for form in countable]
    fetch(uow, set(keys), {understood.message.text_hash})
    replies = []
    for form, key in zip(countable, keys, strict=True):
        filled = Filled(form.keyword, dict.fromkeys(form.required, 0))
        said = Said(understood.message, understood.post, key, filled, held=form.required)
        problem = Problem("ras", Level.CONFIRM, (), {"form": form.keyword})
        replies.append(file_said(uow, said, also=(problem,)))
    undo.remember(uow, understood, replies)
    return Settled(tuple(replies))


def help_on(uow: UnitOfWork, understood: Understood) -> Answer:
    """AIDE, AIDE PEC, AIDE ATP."""
    topic = understood.arguments[0] if understood.arguments else None
    role = understood.post.role if understood.post else ""
    return help_texts.help_text(uow.context.catalogue, language_of(understood), role, topic)


def set_language(uow: UnitOfWork, understood: Understood) -> Answer:
    """LANGUE FR, LANGUE BM: the language of all further answers, this one included."""
    wanted = understood.arguments[0].lower() if understood.arguments else ""
    if wanted not in LANGUAGES or understood.post is None:
        return Settled(problems=(Problem("language_which", Level.ASK),))
    people.set_language(uow.connection, understood.post.phone, wanted)
    return wording.say(uow.context.catalogue, wanted, "language_set")


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


def receipt_in(understood: Understood) -> str:
    """The receipt that was asked about, if any."""
    words = [one for one in understood.arguments if len(one) == RECEIPT_LENGTH and one[0].isdigit()]
    return words[0] if words else ""


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


def month_asked(uow: UnitOfWork, understood: Understood) -> Period | Problem:
    """The month named, else the one that is due. A supervisor may go further back, but for a
    reminder: agents can do nothing about a month that is closed to them."""
    programme = uow.context.catalogue.programme
    above = understood.post is not None and understood.post.role != AGENT
    if above and understood.command != "RELANCE":
        programme = replace(programme, months_back=programme.months_back_for_supervisors)
    sent_on = understood.message.sent_at.astimezone(uow.context.timezone).date()
    if understood.month is None and understood.command not in _OF_A_MONTH:
        open_now = sent_on.day >= programme.opens_on
        return Period(sent_on.year, sent_on.month).plus(0 if open_now else -1)
    return which_month(understood.month, sent_on, programme)


def later(uow: UnitOfWork, understood: Understood) -> Answer:
    """A command whose work comes later: understood, and nothing is stored.

    Codes and numbers are said back; any other word may be somebody's name.
    """
    known = uow.context.catalogue.code_of
    told = [
        word
        for word in understood.arguments
        if word in known or len(word) == 1 or (word.isdigit() and len(word) <= MOST_DIGITS)
    ]
    values = {"command": " ".join([understood.command, *told])}
    return Settled(problems=(Problem("not_yet", Level.ASK, values=values),))


TABLE: Final[Mapping[str, Command]] = {
    "OUI": undo.confirm,
    "NON": undo.refuse,
    "ANNULE": undo.ask_to_undo,
    "RAS": zero,
    "AIDE": help_on,
    "LANGUE": set_language,
    "ETAT": state,
    "SUITE": paging.more,
    "RCU": stock_commands.receive,
    "RUPT": stock_commands.out_of_stock,
    "COMMANDE": stock_questions.what_to_bring,
    "REF": referrals.register,
    "CRF": counter_referrals.answer,
    "PARTI": counter_referrals.step_of_agent,
    "REFUS": counter_referrals.step_of_agent,
    "FAIT": counter_referrals.step_of_agent,
}
