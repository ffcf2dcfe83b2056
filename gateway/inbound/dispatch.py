"""Every message from a registered person gets one answer: filed, obeyed, or told why not."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from gateway.commands import general, number_change, registry
from gateway.commands.common import language_of
from gateway.conversation.message import REPORTING, Understood
from gateway.conversation.questions import Settled, forget_if_refused, hold, remember
from gateway.reports.filing import Said, file_said
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import treatment_stock as stock_need
from gateway.storage import roster
from gateway.storage.outbox_sms import NewReply
from menus import gsm7
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.model.roles import Role
from menus.wording import replies as wording
from menus.wording.replies import ReportReply

MOST_PARTS: Final = 2


def answer(uow: UnitOfWork, understood: Understood, *, silent: bool = False) -> None:
    """Does what a message asks for and writes the one reply to it, unless `silent`."""
    text = obey(uow, understood)
    if silent:
        uow.counts["unanswered"] += 1
    else:
        _queue_reply(uow, understood, text)


def _stranger(uow: UnitOfWork) -> str:
    """A number that stands in no roster is told so, in French, without any data."""
    uow.counts["strangers"] += 1
    problem = Problem("unknown_sender", Level.REFUSE)
    return wording.problem_reply(uow.context.catalogue, "fr", [problem])


def obey(uow: UnitOfWork, understood: Understood) -> str:
    """Does what a message asks for; returns the words of its answer."""
    if understood.joins:
        return number_change.agreed(uow, understood)
    if understood.post is None:
        return _stranger(uow)
    hold(uow, understood)
    forget_if_refused(uow, understood)
    if understood.command not in REPORTING:
        done = registry.HANDLERS.get(understood.command, general.later)(uow, understood)
        uow.counts["understood"] += 1
        return done if isinstance(done, str) else _words(uow, understood, done)
    replies = _file(uow, understood)
    refused = bool(understood.problems) or any(reply.problems for reply in replies)
    uow.counts["understood" if replies and not refused else "refused"] += 1
    remember(uow, understood, replies)
    proposed = {code for one in _proposals(uow, understood).values() for code in one}
    told = tuple(_as_question(problem, proposed) for problem in understood.problems)
    site = understood.site.id if understood.site is not None else 0
    keys = [(site, reply.form, reply.period.code) for reply in replies]
    low = stock_need.warn(uow, keys, language_of(understood))
    return _words(uow, understood, Settled(tuple(replies), told, closing=low))


def _file(uow: UnitOfWork, understood: Understood) -> list[ReportReply]:
    """Files every form of a message, with the codes that it proposes to read otherwise."""
    post, site, period = understood.post, understood.site, understood.period
    if post is None or site is None or period is None:
        return []
    proposals = _proposals(uow, understood)
    typed = {filled.form: filled for filled in understood.fillings}
    replies = []
    for keyword in uow.context.catalogue.forms:
        filled, held = typed.get(keyword, Filled(keyword, {})), proposals.get(keyword, {})
        if not filled.values and not held:
            continue
        said = Said(
            understood.message,
            post,
            (site.id, keyword, period.code),
            replace(filled, values={**held, **filled.values}),
            held=held.keys() - filled.values.keys(),
            correction=understood.correction,
        )
        replies.append(file_said(uow, said))
    return replies


def _proposals(uow: UnitOfWork, understood: Understood) -> dict[str, dict[str, int]]:
    """Numbers behind a code that is one slip away from one that exists: by form, then code.

    They wait for an OUI: a number is never stored under a code that was not typed.
    """
    found: dict[str, dict[str, int]] = {}
    for problem in understood.problems:
        near, number = problem.values.get("near"), problem.values.get("number")
        if problem.key == "unknown_code_near" and isinstance(number, int):
            form = uow.context.catalogue.form_of.get(str(near))
            if form is not None and number <= uow.context.catalogue.field(str(near)).refuse_above:
                found.setdefault(form, {})[str(near)] = number
    return found


def _as_question(problem: Problem, proposed: set[str]) -> Problem:
    """A near code whose number waits is a question that an OUI answers."""
    near = problem.key == "unknown_code_near" and problem.values.get("near") in proposed
    return replace(problem, level=Level.CONFIRM) if near else problem


def _words(uow: UnitOfWork, understood: Understood, settled: Settled) -> str:
    """The answer, in the person's language."""
    catalogue, language = uow.context.catalogue, language_of(understood)
    problems: Sequence[Problem] = settled.problems
    if not settled.replies and not problems and not settled.lead and not settled.note:
        problems = (Problem("nothing_understood", Level.ASK),)
    compose = partial(
        wording.report_reply,
        catalogue,
        language,
        settled.replies,
        problems=problems,
        personal=understood.personal,
        note=settled.note,
        site=_for_site(uow, understood, settled),
        lead=settled.lead,
    )
    text = compose(closing=settled.closing)
    return text if len(gsm7.parts(text)) <= MOST_PARTS else compose()


def _for_site(uow: UnitOfWork, understood: Understood, settled: Settled) -> str:
    """The site that the answer is about, where it could be another; empty where it could not."""
    supervises = understood.post is not None and understood.post.role != Role.AGENT
    if not (settled.replies or settled.lead) or not (understood.names_site or supervises):
        return ""
    if settled.site_id is None:
        return understood.site.name if understood.names_site and understood.site else ""
    month = uow.now.astimezone(uow.context.timezone).strftime("%Y%m")
    unit = roster.units_by_id(uow.connection, [settled.site_id], month).get(settled.site_id)
    return unit.name if unit is not None else ""


def _queue_reply(uow: UnitOfWork, understood: Understood, text: str) -> None:
    message, keys = understood.message, understood.keys
    parts = len(gsm7.parts(text))
    uow.counts["sms_parts"] += parts
    uow.replies.append(
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
