"""A report of a (site, form, month), and its change by a message. Pure.

A report is filled by any number of messages. Each value has a stamp, the moment at which it was
sent and the id of its message; the newest stamp wins, so that messages that overtake each other
have the same result in any order of reading.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from menus.model.catalogue import Form
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.rules.calendar import days_in
from menus.rules.evaluation import Evaluation, evaluate
from menus.rules.history import NOTHING_KNOWN, RuleContext

LARGE = 20  # a correction by no more than this is never large

Stamp = tuple[int, int]  # milliseconds since 1970 when it was sent, id of the message
Key = tuple[int, str, str]  # site id, form keyword, month YYYYMM


class Status(StrEnum):
    """The furthest status that the current version of a report has reached."""

    INCOMPLETE = "incomplete"
    COMPLETE = "complete"
    FORWARDED = "forwarded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """The reason why a number waits, by what settles it."""

    CORRECTION = "correction"
    """A correction, since it broke a rule that allows nothing else."""
    DOUBT = "doubt"
    """A correction or an OUI."""
    OUI = "oui"
    """An OUI alone, since it was inferred or is a large change."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that does not count yet, and the reason."""

    value: int
    days_out: int | None
    stamp: Stamp
    why: "Why"


@dataclass(frozen=True, slots=True)
class Report:
    """A filled form.

    `id` is 0 until it is stored; `version` counts accepted changes from 1. Mappings are by code.
    `validated_by` is the post id of a supervisor, None when the calendar validated it.
    """

    site_id: int
    form: str
    period: str
    receipt: str
    received_at: datetime
    changed_at: datetime
    id: int = 0
    version: int = 0
    complete: bool = False
    late: bool = False
    withdrawn: bool = False
    values: Mapping[str, int] = field(default_factory=dict)
    days_out: Mapping[str, int] = field(default_factory=dict)
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    pending: Mapping[str, Waiting] = field(default_factory=dict)
    problems: tuple[Mapping[str, object], ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)
    forwarded_version: int | None = None
    forwarded_at: datetime | None = None
    refused_version: int | None = None
    validated_at: datetime | None = None
    validated_by: int | None = None

    @property
    def key(self) -> Key:
        """Return the site id, the form's keyword and the month."""
        return (self.site_id, self.form, self.period)

    def with_id(self, report_id: int) -> "Report":
        """Return the report with its id, if it had none."""
        return self if self.id else replace(self, id=report_id)

    @property
    def status(self) -> Status:
        """Return the furthest status of the current version."""
        if self.withdrawn:
            return Status.WITHDRAWN
        if self.version and self.refused_version == self.version:
            return Status.REFUSED
        if self.version and self.forwarded_version == self.version:
            return Status.FORWARDED
        return Status.COMPLETE if self.complete else Status.INCOMPLETE


@dataclass(frozen=True, slots=True)
class Filing:
    """The result of filing a message in a report.

    `changed`: a new version counts now; `to_confirm`: the codes whose numbers an OUI accepts.
    """

    report: Report
    changed: bool
    problems: tuple[Problem, ...] = ()
    to_confirm: tuple[str, ...] = ()


def stamp(sent_at: datetime, message_id: int) -> Stamp:
    """Return the stamp of a message, which orders by moment of sending, then by id."""
    return (int(sent_at.astimezone(UTC).timestamp() * 1000), message_id)


def file(
    form: Form,
    report: Report,
    filled: Filled,
    mark: Stamp,
    now: datetime,
    *,
    rule_context: RuleContext = NOTHING_KNOWN,
    confirmed: Collection[str] = (),
    held: Collection[str] = (),
) -> Filing:
    """File the numbers of a message in a report.

    A number older than the stored or waiting one (by `mark`) is ignored; the others are evaluated
    together with the stored and waiting numbers and the site's other reports (`rule_context`). An
    OUI was given for the codes in `confirmed`; those in `held` wait for an OUI in any case.
    """
    news = _news(report, filled, mark)
    # Only an OUI accepts these; all others are evaluated again.
    asked = {
        code: waiting
        for code, waiting in news.waiting.items()
        if waiting.why is Why.OUI and code not in confirmed
    }
    evaluation = evaluate(
        form,
        stored=report.values,
        pending={code: number.value for code, number in news.waiting.items() if code not in asked},
        typed={code: value for code, value in news.new.items() if code not in held},
        typed_days_out={code: days for code, days in news.days_out.items() if code not in asked},
        days_in_month=days_in(Period.parse(report.period)),
        rule_context=rule_context,
        confirmed=confirmed,
    )
    marks = {code: news.since(code, mark) for code in evaluation.accepted}
    after = replace(
        _with_accepted(form, report, evaluation, now),
        stamps={**report.stamps, **marks, **dict.fromkeys(news.again, mark)},
        pending={**asked, **_parked(news, evaluation, mark, held)},
    )
    changed = after.version != report.version
    return Filing(after, changed, evaluation.problems, to_confirm(form, after))


@dataclass(frozen=True, slots=True)
class _News:
    """The numbers of a report at a message: new, typed again as stored, and still waiting."""

    new: Mapping[str, int]
    again: Collection[str]
    waiting: Mapping[str, Waiting]
    days_out: Mapping[str, int]

    def since(self, code: str, mark: Stamp) -> Stamp:
        """Return the stamp of the number that is evaluated now."""
        return mark if code in self.new else self.waiting[code].stamp


def _news(report: Report, filled: Filled, mark: Stamp) -> _News:
    newer = {code: value for code, value in filled.values.items() if mark >= _mark(report, code)}
    # A stored number was evaluated already: typed again, it settles a doubt and raises none.
    again = {code for code in newer if _is_stored(report, filled, code)}
    new = {code: value for code, value in newer.items() if code not in again}
    waiting = {code: number for code, number in report.pending.items() if code not in newer}
    days = {
        code: number.days_out for code, number in waiting.items() if number.days_out is not None
    }
    days |= {code: days for code, days in filled.days_out.items() if code in new}
    return _News(new, again, waiting, days)


def _parked(
    news: _News, evaluation: Evaluation, mark: Stamp, held: Collection[str]
) -> dict[str, Waiting]:
    """Return the numbers that do not count yet; those in `held` wait for an OUI alone."""
    parked = {}
    for code, value in evaluation.pending.items():
        why = Why.DOUBT if code in evaluation.to_confirm else Why.CORRECTION
        parked[code] = Waiting(value, news.days_out.get(code), news.since(code, mark), why)
    for code in (code for code in news.new if code in held):
        parked[code] = Waiting(news.new[code], news.days_out.get(code), mark, Why.OUI)
    return parked


def to_confirm(form: Form, report: Report) -> tuple[str, ...]:
    """Return the codes whose waiting numbers an OUI would accept, in the form's order."""
    waiting = report.pending
    return tuple(
        code for code in form.codes if code in waiting and waiting[code].why is not Why.CORRECTION
    )


def drop(report: Report, codes: Collection[str]) -> Report:
    """Return the report without the waiting numbers of these codes: the answer was NON."""
    kept = {code: waiting for code, waiting in report.pending.items() if code not in codes}
    return replace(report, pending=kept)


def restore(
    form: Form,
    report: Report,
    values: Mapping[str, int],
    days_out: Mapping[str, int],
    *,
    mark: Stamp,
    now: datetime,
) -> Filing:
    """Make an earlier version count again, as a new version.

    Without values the report is withdrawn, and a later report is to be validated again. Every
    number stored before or after gets this stamp, so that a late message brings none back.
    """
    marks = dict.fromkeys({*report.values, *values}, mark)
    after = replace(
        report,
        values=dict(values),
        days_out=dict(days_out),
        stamps={**report.stamps, **marks},
        pending={},
        complete=all(code in values for code in form.required),
        version=report.version + 1,
        withdrawn=not values,
        validated_at=report.validated_at if values else None,
        validated_by=report.validated_by if values else None,
        forwarded_version=report.forwarded_version if values else None,
        changed_at=now,
        refusals={},
        problems=(),
    )
    return Filing(after, True)


def is_large(before: int, after: int) -> bool:
    """Return whether a correction is large: three times more or less, and by more than 20."""
    return abs(after - before) > LARGE and (after >= 3 * before or before >= 3 * after)


def missing(form: Form, report: Report) -> tuple[str, ...]:
    """Return the required codes without a stored value, in the form's order."""
    return tuple(code for code in form.required if code not in report.values)


def _is_stored(report: Report, filled: Filled, code: str) -> bool:
    """Return whether this number, with its days out, is the stored number."""
    return report.values.get(code) == filled.values[code] and (
        report.days_out.get(code) == filled.days_out.get(code)
    )


def _mark(report: Report, code: str) -> Stamp:
    """Return the stamp of the newest number known for this code, stored or waiting."""
    waiting = report.pending.get(code)
    return max(report.stamps.get(code, (0, 0)), waiting.stamp if waiting else (0, 0))


def _with_accepted(form: Form, report: Report, evaluation: Evaluation, now: datetime) -> Report:
    """Return the report with the accepted numbers, as a new version where they change it."""
    accepted = evaluation.accepted
    values = {**report.values, **accepted}
    days_out = {code: days for code, days in report.days_out.items() if code not in accepted}
    days_out |= {code: days for code, days in evaluation.days_out.items() if code in accepted}
    changed = (values, days_out) != (report.values, report.days_out)
    return replace(
        report,
        values=values,
        days_out=days_out,
        complete=all(code in values for code in form.required),
        version=report.version + changed,
        withdrawn=report.withdrawn and not changed,
        changed_at=now if changed else report.changed_at,
        refusals={} if changed else report.refusals,
    )
