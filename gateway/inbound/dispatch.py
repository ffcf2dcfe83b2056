"""Dispatch an understood message: file its numbers or call its keyword's handler, and answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from gateway.commands import number_change
from gateway.commands.registry import handler_of
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer, erase_if_refused, hold_for_site, remember
from gateway.reports.filing import Filed, Submission, file_submission
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import stockouts, treatment_stock
from gateway.storage import roster
from gateway.storage.outbox_sms import NewReply
from gateway.storage.roster import Post
from menus import gsm7
from menus.model.command import ReportUse
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.wording import replies

MOST_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers of a message for one form: as typed, and `proposed` for a code one slip away.

    Proposed numbers wait for an OUI: none is stored under a code that was not typed.
    """

    filled: Filled
    proposed: Mapping[str, int]


def answer(uow: UnitOfWork, understood: Understood, *, silent: bool = False) -> None:
    """Handle a message and queue the one reply to it, unless `silent`."""
    text = dispatch(uow, understood)
    if silent:
        uow.counters["unanswered"] += 1
    else:
        _queue_reply(uow, understood, text)


def dispatch(uow: UnitOfWork, understood: Understood) -> str:
    """Handle a message; return the text of its answer."""
    if understood.joins:
        return number_change.move_to_new_phone(uow, understood)
    if understood.post is None:
        return _stranger(uow)
    hold_for_site(uow, understood)
    erase_if_refused(uow, understood)
    command = uow.context.catalogue.commands.get(understood.command)
    if command is not None and command.report is not ReportUse.FILLS:
        answered = handler_of(understood)(uow, understood)
        uow.counters["understood"] += 1
        return answered if isinstance(answered, str) else _text(uow, understood, answered)
    return _text(uow, understood, _report(uow, understood, understood.post))


def _stranger(uow: UnitOfWork) -> str:
    """Return the answer to a phone that is not in the roster: in French, without any data."""
    uow.counters["strangers"] += 1
    problem = Problem("unknown_sender", Level.REFUSE)
    return replies.problem_reply(uow.context.catalogue, "fr", [problem])


def _report(uow: UnitOfWork, understood: Understood, post: Post) -> Answer:
    """File every form of a message, and queue what follows for the stock."""
    numbers = _numbers(uow, understood)
    filed = _file(uow, understood, post, numbers)
    stockouts.note_changes(uow, filed)
    reports = tuple(filing.reply for filing in filed)
    refused = bool(understood.problems) or any(report.problems for report in reports)
    uow.counters["understood" if reports and not refused else "refused"] += 1
    remember(uow, understood, reports)
    waiting = {code for report in reports for code in report.pending}
    problems = tuple(_as_question(problem, waiting) for problem in understood.problems)
    site_id = understood.site.id if understood.site is not None else 0
    keys = [(site_id, report.form, report.period.code) for report in reports]
    low = treatment_stock.warn(uow, keys, understood.language)
    return Answer(reports, problems, closing=low)


def _file(
    uow: UnitOfWork, understood: Understood, post: Post, numbers: Sequence[_Numbers]
) -> list[Filed]:
    """File the numbers of each form, if it is known of which site and month they are."""
    site, period = understood.site, understood.period
    if site is None or period is None:
        return []
    return [
        file_submission(
            uow,
            Submission(
                understood.message,
                post,
                (site.id, of_form.filled.form, period.code),
                replace(of_form.filled, values={**of_form.proposed, **of_form.filled.values}),
                held=of_form.proposed.keys() - of_form.filled.values.keys(),
                correction=understood.correction,
            ),
        )
        for of_form in numbers
    ]


def _numbers(uow: UnitOfWork, understood: Understood) -> list[_Numbers]:
    """Return the numbers of a message, form by form in the catalogue's order."""
    typed = {filled.form: filled for filled in understood.fillings}
    proposed = _proposals(uow, understood)
    return [
        _Numbers(typed.get(keyword, Filled(keyword, {})), proposed.get(keyword, {}))
        for keyword in uow.context.catalogue.forms
        if (keyword in typed and typed[keyword].values) or keyword in proposed
    ]


def _proposals(uow: UnitOfWork, understood: Understood) -> dict[str, dict[str, int]]:
    """Return numbers behind a word one slip away from a code, by form, then by that code."""
    catalogue = uow.context.catalogue
    found: dict[str, dict[str, int]] = {}
    for problem in understood.problems:
        near, number = str(problem.values.get("near")), problem.values.get("number")
        if problem.key == "unknown_code_near" and isinstance(number, int):
            form = catalogue.form_of.get(near)
            if form is not None and number <= catalogue.field(near).refuse_above:
                found.setdefault(form, {})[near] = number
    return found


def _as_question(problem: Problem, waiting: set[str]) -> Problem:
    """Return a problem, as a question that an OUI answers where the number of a near code waits."""
    near = problem.key == "unknown_code_near" and problem.values.get("near") in waiting
    return replace(problem, level=Level.CONFIRM) if near else problem


def _text(uow: UnitOfWork, understood: Understood, answered: Answer) -> str:
    """Return the text of an answer in the sender's language, its closing left out for length."""
    problems = answered.problems
    if not answered.replies and not problems and not answered.lead and not answered.note:
        problems = (Problem("nothing_understood", Level.ASK),)
    compose = partial(
        replies.report_reply,
        uow.context.catalogue,
        understood.language,
        answered.replies,
        problems=problems,
        personal=understood.personal,
        note=answered.note,
        site=_for_site(uow, understood, answered),
        lead=answered.lead,
    )
    text = compose(closing=answered.closing)
    return text if len(gsm7.parts(text)) <= MOST_PARTS else compose()


def _for_site(uow: UnitOfWork, understood: Understood, answered: Answer) -> str:
    """Return the name of the answer's site, empty where it cannot be another."""
    if not (answered.replies or answered.lead):
        return ""
    if not (understood.names_site or understood.by_supervisor):
        return ""
    if answered.site_id is None:
        return understood.site.name if understood.names_site and understood.site else ""
    month = uow.context.month(uow.now)
    unit = roster.units_by_id(uow.connection, [answered.site_id], month).get(answered.site_id)
    return unit.name if unit is not None else ""


def _queue_reply(uow: UnitOfWork, understood: Understood, text: str) -> None:
    message, keys = understood.message, understood.keys
    parts = len(gsm7.parts(text))
    uow.counters["sms_parts"] += parts
    uow.outgoing.add_reply(
        NewReply(
            key=f"reply:{message.id}",
            phone=message.phone,
            text=text,
            parts=parts,
            message_id=message.id,
            unit_id=understood.post.unit_id if understood.post else None,
            form=keys[0][1] if len(keys) == 1 else None,
            period=keys[0][2] if keys else None,
        )
    )
