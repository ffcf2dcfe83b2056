"""File what one message says of one report, and tell what to answer and what has changed.

Filing changes the report and nothing else. The caller gets the change back, opens or closes
stock-outs by it (`gateway.stock.stockouts.note_changes`) and queues what follows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from gateway.model.report import Filing, Key, Report, Stamp, Waiting, file, is_large, missing, stamp
from gateway.reports.closing import is_closed
from gateway.reports.rule_context import context_of
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage.inbox import Message
from gateway.storage.roster import Post
from gateway.storage.versions import Version
from menus.model.catalogue import Form
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.model.roles import Role
from menus.rules.calendar import is_late
from menus.wording.replies import ReportReply
from menus.wording.sentences import say_problem


@dataclass(frozen=True, slots=True)
class Said:
    """One form of one message, and how it is to be taken.

    An OUI was given for `confirmed`; `held` waits for one whatever the rules say.
    `correction` tells that it was sent as one.
    """

    message: Message
    post: Post
    key: Key
    filled: Filled
    confirmed: Collection[str] = ()
    held: Collection[str] = ()
    correction: bool = False

    @property
    def mark(self) -> Stamp:
        """Return the stamp of the message."""
        return stamp(self.message.sent_at, self.message.id)


@dataclass(frozen=True, slots=True)
class ReportChange:
    """A new version of a report that a message brought; `before` is None for the first."""

    form: Form
    before: Report | None
    after: Report
    message: Message


@dataclass(frozen=True, slots=True)
class Filed:
    """How a report stands after filing, for an answer, and its change if numbers changed."""

    reply: ReportReply
    change: ReportChange | None = None


def filled_of(form: str, waiting: Mapping[str, Waiting]) -> Filled:
    """Return numbers that wait in a report, with their days out, as if they were said again."""
    days = {code: one.days_out for code, one in waiting.items() if one.days_out is not None}
    return Filled(form, {code: one.value for code, one in waiting.items()}, days)


def file_said(uow: UnitOfWork, said: Said, also: tuple[Problem, ...] = ()) -> Filed:
    """File one form of a message; `also` is told with what the rules find."""
    form = uow.context.catalogue.forms[said.filled.form]
    before = uow.reports.get_or_blank(said.key, said.message.sent_at)
    if not said.confirmed and uow.reports.has_text(said.key, said.message.text_hash):
        if before.withdrawn:
            return _offered_again(uow, form, before, said)
        if _is_replaced(before, said.filled):
            return Filed(reply_for(uow, form, before, unchanged=True, superseded=True))
    if _is_closed(uow, before, said):
        return Filed(reply_for(uow, form, before, problems=(_closed(said),)))
    said = replace(said, held={*said.held, *_large(before, said)})
    filing = file(
        form,
        before,
        said.filled,
        said.mark,
        uow.now,
        rule_context=context_of(uow, said.key, said.mark, {*said.filled.values, *before.pending}),
        confirmed=said.confirmed,
        held=said.held,
    )
    report, change = keep(uow, form, filing, said.message, said.post)
    reply = reply_for(
        uow,
        form,
        report,
        problems=(*also, *filing.problems, *_large_problems(before, said)),
        repaired=said.filled.repaired,
        unchanged=not filing.changed,
        to_confirm=filing.to_confirm,
    )
    return Filed(reply, change)


def keep(
    uow: UnitOfWork, form: Form, filing: Filing, message: Message, post: Post
) -> tuple[Report, ReportChange | None]:
    """Put the filed report into the unit of work; return it, and its change if it has one."""
    report = filing.report
    sent_on = uow.context.today(message.sent_at)
    late = is_late(Period.parse(report.period), sent_on, uow.context.catalogue.programme)
    earlier = uow.reports.get(report.key)
    newly_complete = report.complete and not (earlier and earlier.complete)
    report = replace(
        report,
        late=late if newly_complete or report.version <= 1 else report.late,
        problems=tuple(_kept(uow, problem) for problem in filing.problems),
    )
    if not filing.changed:
        uow.put(report)
        return report, None
    uow.put(report, _version(report, message, post, uow), message.text_hash)
    return report, ReportChange(form, earlier, report, message)


def _version(report: Report, message: Message, post: Post, uow: UnitOfWork) -> Version:
    return Version(
        key=report.key,
        version=report.version,
        message_id=message.id,
        post_id=post.id,
        values=report.values,
        days_out=report.days_out,
        sent_at=message.sent_at,
        accepted_at=uow.now,
    )


def reply_for(
    uow: UnitOfWork,
    form: Form,
    report: Report,
    *,
    problems: tuple[Problem, ...] = (),
    repaired: tuple[str, ...] = (),
    unchanged: bool = False,
    superseded: bool = False,
    to_confirm: tuple[str, ...] = (),
) -> ReportReply:
    """Return how a report stands, for the words of an answer."""
    done = uow.reports.complete_forms(report.site_id, report.period)
    return ReportReply(
        form=form.keyword,
        period=Period.parse(report.period),
        receipt=report.receipt,
        values=report.values,
        days_out=report.days_out,
        missing=missing(form, report),
        pending={code: waiting.value for code, waiting in report.pending.items()},
        problems=problems,
        repaired=repaired,
        complete=report.complete,
        late=report.late,
        unchanged=unchanged,
        superseded=superseded,
        to_confirm=to_confirm,
        other_forms_missing=tuple(
            keyword for keyword in uow.context.catalogue.forms if keyword not in done
        ),
    )


def _offered_again(uow: UnitOfWork, form: Form, report: Report, said: Said) -> Filed:
    """Offer the text of a report that was withdrawn since: it comes back on an OUI."""
    filing = file(form, report, said.filled, said.mark, uow.now, held=said.filled.values.keys())
    _, change = keep(uow, form, filing, said.message, said.post)
    again = Problem("again", Level.CONFIRM)
    reply = reply_for(uow, form, filing.report, problems=(again,), to_confirm=filing.to_confirm)
    return Filed(reply, change)


def _is_replaced(report: Report, filled: Filled) -> bool:
    """Whether another number, or other days out, were accepted since in place of one of these.

    The same text again then changes nothing, not even back. A number that was never taken has
    not been replaced: it is weighed, and told, once more.
    """
    return any(
        (report.values[code], report.days_out.get(code)) != (value, filled.days_out.get(code))
        for code, value in filled.values.items()
        if code in report.values and not _waits(report, code, value)
    )


def _waits(report: Report, code: str, value: int) -> bool:
    return code in report.pending and report.pending[code].value == value


def _is_closed(uow: UnitOfWork, report: Report, said: Said) -> bool:
    """Whether this would change what an agent may no longer change by herself.

    A validated report, or after a day of the next month a forwarded one, is changed through
    the DTC or the district. Gaps may be filled at any time.
    """
    if said.post.role != Role.AGENT:
        return False
    days = said.filled.days_out
    changes = any(
        report.values.get(code, value) != value
        or report.days_out.get(code, days.get(code)) != days.get(code)
        for code, value in said.filled.values.items()
    )
    if not changes:
        return False
    return is_closed(uow.context, report, said.message.sent_at)


def _closed(said: Said) -> Problem:
    return Problem("change_closed", Level.REFUSE, (next(iter(said.filled.values)),))


def _large(report: Report, said: Said) -> set[str]:
    """The corrections that are so large that they wait for an OUI."""
    if not said.correction:
        return set()
    return {
        code
        for code, value in said.filled.values.items()
        if code in report.values
        and code not in said.confirmed
        and is_large(report.values[code], value)
    }


def _large_problems(report: Report, said: Said) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "large_change",
            Level.CONFIRM,
            (code,),
            {"number": said.filled.values[code], "stored": report.values[code]},
        )
        for code in said.filled.values
        if code in _large(report, said)
    )


def _kept(uow: UnitOfWork, problem: Problem) -> dict[str, object]:
    """A problem as it is kept with the report, in French."""
    text = say_problem(uow.context.catalogue, "fr", problem, brief=False)
    return {"level": str(problem.level), "codes": list(problem.codes), "text": text}
