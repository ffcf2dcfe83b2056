"""File what one message says of one report; return what to answer and what has changed.

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
class Submission:
    """The numbers of one form in one message, and how they are to be filed.

    An OUI was given for the codes in `confirmed`; those in `held` wait for an OUI whatever the
    rules say. `correction` tells that the message was sent as a correction.
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
    """A new version of a report and the message that brought it; `before` is None for the first."""

    form: Form
    before: Report | None
    after: Report
    message: Message


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as it stands after filing, for an answer, and its change if numbers changed."""

    reply: ReportReply
    change: ReportChange | None = None


def filled_of(form: str, waiting: Mapping[str, Waiting]) -> Filled:
    """Return numbers that wait in a report, with their days out, as if they were sent again."""
    values = {code: number.value for code, number in waiting.items()}
    days = {
        code: number.days_out for code, number in waiting.items() if number.days_out is not None
    }
    return Filled(form, values, days)


def file_submission(
    uow: UnitOfWork, submission: Submission, also: tuple[Problem, ...] = ()
) -> Filed:
    """File one form of a message; the answer tells the problems in `also` before the rules'.

    Raises what `UnitOfWork.put` raises.
    """
    form, filled = uow.context.catalogue.forms[submission.filled.form], submission.filled
    message, mark = submission.message, submission.mark
    before = uow.reports.get_or_blank(submission.key, message.sent_at)
    if not submission.confirmed and uow.reports.has_text(submission.key, message.text_hash):
        if before.withdrawn:
            return _offer_again(uow, form, before, submission)
        if _is_replaced(before, filled):
            return Filed(reply_for(uow, form, before, unchanged=True, superseded=True))
    if _is_closed(uow, before, submission):
        return Filed(reply_for(uow, form, before, problems=(_closed(filled),)))
    large = _large(before, submission)
    filing = file(
        form,
        before,
        filled,
        mark,
        uow.now,
        rule_context=context_of(uow, submission.key, mark, {*filled.values, *before.pending}),
        confirmed=submission.confirmed,
        held={*submission.held, *large},
    )
    report, change = put_filing(uow, form, filing, message, submission.post)
    reply = reply_for(
        uow,
        form,
        report,
        problems=(*also, *filing.problems, *_large_problems(before, filled, large)),
        repaired=filled.repaired,
        unchanged=not filing.changed,
        to_confirm=filing.to_confirm,
    )
    return Filed(reply, change)


def put_filing(
    uow: UnitOfWork, form: Form, filing: Filing, message: Message, post: Post
) -> tuple[Report, ReportChange | None]:
    """Put a filed report into the unit of work; return it, and its change if numbers changed.

    Raises what `UnitOfWork.put` raises.
    """
    report = filing.report
    sent_on = uow.context.today(message.sent_at)
    late = is_late(Period.parse(report.period), sent_on, uow.context.catalogue.programme)
    earlier = uow.reports.get(report.key)
    newly_complete = report.complete and not (earlier and earlier.complete)
    report = replace(
        report,
        late=late if newly_complete or report.version <= 1 else report.late,
        problems=tuple(_as_stored(uow, problem) for problem in filing.problems),
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
    """Return a report as it stands, for the text of an answer."""
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


def _offer_again(uow: UnitOfWork, form: Form, report: Report, submission: Submission) -> Filed:
    """Offer the text of a report that was withdrawn since: it comes back on an OUI."""
    filled = submission.filled
    filing = file(form, report, filled, submission.mark, uow.now, held=filled.values.keys())
    _, change = put_filing(uow, form, filing, submission.message, submission.post)
    again = Problem("again", Level.CONFIRM)
    reply = reply_for(uow, form, filing.report, problems=(again,), to_confirm=filing.to_confirm)
    return Filed(reply, change)


def _is_replaced(report: Report, filled: Filled) -> bool:
    """Return whether other numbers or days out were accepted since in place of some of these.

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


def _is_closed(uow: UnitOfWork, report: Report, submission: Submission) -> bool:
    """Return whether this would change what the agent may no longer change alone.

    A validated report, or after a day of the next month a forwarded one, is changed through
    the DTC or the district. Gaps may be filled at any time.
    """
    if submission.post.role != Role.AGENT:
        return False
    days = submission.filled.days_out
    changes = any(
        report.values.get(code, value) != value
        or report.days_out.get(code, days.get(code)) != days.get(code)
        for code, value in submission.filled.values.items()
    )
    return changes and is_closed(uow.context, report, submission.message.sent_at)


def _closed(filled: Filled) -> Problem:
    return Problem("change_closed", Level.REFUSE, (next(iter(filled.values)),))


def _large(report: Report, submission: Submission) -> set[str]:
    """Return the codes of corrections so large that they wait for an OUI."""
    if not submission.correction:
        return set()
    return {
        code
        for code, value in submission.filled.values.items()
        if code in report.values
        and code not in submission.confirmed
        and is_large(report.values[code], value)
    }


def _large_problems(report: Report, filled: Filled, large: Collection[str]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "large_change",
            Level.CONFIRM,
            (code,),
            {"number": number, "stored": report.values[code]},
        )
        for code, number in filled.values.items()
        if code in large
    )


def _as_stored(uow: UnitOfWork, problem: Problem) -> dict[str, object]:
    """Return a problem as it is stored with its report: level, codes, and the text in French."""
    text = say_problem(uow.context.catalogue, "fr", problem, brief=False)
    return {"level": str(problem.level), "codes": list(problem.codes), "text": text}
