"""A report: what is stored for one (site, form, month), and how one more message changes it.

Pure. A report is filled by any number of messages. Each value carries a stamp, the moment at
which it was sent and the message that brought it; the newest stamp wins, so that messages
that overtake each other end the same in whatever order they are read.
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
    """The furthest step that the current version of a report has reached."""

    INCOMPLETE = "incomplete"
    COMPLETE = "complete"
    FORWARDED = "forwarded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """What a number waits for: a correction, since it broke a rule that allows no other way
    out; a correction or an OUI; or an OUI alone, since it was inferred or is a large change."""

    CORRECTION = "correction"
    DOUBT = "doubt"
    OUI = "oui"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that does not count yet, and why."""

    value: int
    days_out: int | None
    stamp: Stamp
    why: "Why"


@dataclass(frozen=True, slots=True)
class Report:
    """A filled form. `id` is 0 until it is stored; `version` counts accepted changes from 1.

    `validated_by` is the post of whoever validated it, None when the calendar did.
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
        return (self.site_id, self.form, self.period)

    def with_id(self, report_id: int) -> "Report":
        """Return the report with its id, if it had none."""
        return self if self.id else replace(self, id=report_id)

    @property
    def status(self) -> Status:
        if self.withdrawn:
            return Status.WITHDRAWN
        if self.version and self.refused_version == self.version:
            return Status.REFUSED
        if self.version and self.forwarded_version == self.version:
            return Status.FORWARDED
        return Status.COMPLETE if self.complete else Status.INCOMPLETE


@dataclass(frozen=True, slots=True)
class Filing:
    """What one message did to one report.

    `changed` tells that a new version counts now, `to_confirm` which numbers an OUI would let
    in.
    """

    report: Report
    changed: bool
    problems: tuple[Problem, ...] = ()
    to_confirm: tuple[str, ...] = ()


def stamp(sent_at: datetime, message_id: int) -> Stamp:
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
    """Lays what a message said over a report.

    A number older than the one that stands (by `mark`) is left aside; the others are evaluated
    by the form's limits and rules together with what is stored, what was waiting, and the
    site's other reports (`rule_context`). An OUI was given for the codes in `confirmed`; those in
    `held` wait for one, whatever the rules say.
    """
    news = _news(report, filled, mark)
    # An OUI alone lets these in; all others are looked at again.
    asked = {
        code: one
        for code, one in news.waiting.items()
        if one.why is Why.OUI and code not in confirmed
    }
    evaluation = evaluate(
        form,
        stored=report.values,
        pending={code: one.value for code, one in news.waiting.items() if code not in asked},
        typed={code: value for code, value in news.new.items() if code not in held},
        typed_days_out={code: days for code, days in news.days_out.items() if code not in asked},
        days_in_month=days_in(Period.parse(report.period)),
        rule_context=rule_context,
        confirmed=confirmed,
    )
    after = _with_accepted(report, evaluation.accepted, evaluation.days_out)
    changed = (after.values, after.days_out) != (report.values, report.days_out)
    marks = {code: news.since(code, mark) for code in evaluation.accepted}
    after = replace(
        after,
        stamps={**report.stamps, **marks, **dict.fromkeys(news.again, mark)},
        pending={**asked, **_parked(news, evaluation, mark, held)},
        complete=all(code in after.values for code in form.required),
        version=report.version + changed,
        withdrawn=report.withdrawn and not changed,
        changed_at=now if changed else report.changed_at,
        refusals={} if changed else report.refusals,
    )
    return Filing(after, changed, evaluation.problems, to_confirm(form, after))


@dataclass(frozen=True, slots=True)
class _News:
    """What a message brings to a report: numbers that are `new`, numbers typed `again` as they
    are stored, those that are still `waiting`, and the days out of the new and the waiting."""

    new: Mapping[str, int]
    again: Collection[str]
    waiting: Mapping[str, Waiting]
    days_out: Mapping[str, int]

    def since(self, code: str, mark: Stamp) -> Stamp:
        """When the number that is evaluated now was sent."""
        return mark if code in self.new else self.waiting[code].stamp


def _news(report: Report, filled: Filled, mark: Stamp) -> _News:
    newer = {code: value for code, value in filled.values.items() if mark >= _mark(report, code)}
    # What is stored already was evaluated: typed again, it settles a doubt and raises none.
    again = {code for code in newer if _stands(report, filled, code)}
    new = {code: value for code, value in newer.items() if code not in again}
    waiting = {code: one for code, one in report.pending.items() if code not in newer}
    days = {code: one.days_out for code, one in waiting.items() if one.days_out is not None}
    days |= {code: days for code, days in filled.days_out.items() if code in new}
    return _News(new, again, waiting, days)


def _parked(
    news: _News, evaluation: Evaluation, mark: Stamp, held: Collection[str]
) -> dict[str, Waiting]:
    """The numbers that do not count yet: some must be corrected, some doubts may be confirmed,
    and what is `held` waits for an OUI alone."""
    parked = {}
    for code, value in evaluation.pending.items():
        why = Why.DOUBT if code in evaluation.to_confirm else Why.CORRECTION
        parked[code] = Waiting(value, news.days_out.get(code), news.since(code, mark), why)
    for code in (code for code in news.new if code in held):
        parked[code] = Waiting(news.new[code], news.days_out.get(code), mark, Why.OUI)
    return parked


def to_confirm(form: Form, report: Report) -> tuple[str, ...]:
    """The codes whose waiting numbers an OUI would let in, in the form's order."""
    waiting = report.pending
    return tuple(
        code for code in form.codes if code in waiting and waiting[code].why is not Why.CORRECTION
    )


def drop(report: Report, codes: Collection[str]) -> Report:
    """The report without what waited under these codes: the answer was NON."""
    kept = {code: one for code, one in report.pending.items() if code not in codes}
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
    """Lets an earlier version count again, as a new one; without values, none counts, and what
    comes instead is to be validated anew.

    Every number that stood or stands gets this stamp, so that a late message brings none back.
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
    """Whether a correction is large: three times more or less, and by more than 20."""
    return abs(after - before) > LARGE and (after >= 3 * before or before >= 3 * after)


def missing(form: Form, report: Report) -> tuple[str, ...]:
    """The required codes without a stored value, in the form's order."""
    return tuple(code for code in form.required if code not in report.values)


def _stands(report: Report, filled: Filled, code: str) -> bool:
    """Whether this number, with its days out, is the one that is stored."""
    return report.values.get(code) == filled.values[code] and (
        report.days_out.get(code) == filled.days_out.get(code)
    )


def _mark(report: Report, code: str) -> Stamp:
    """When the newest number known for this code was sent, stored or waiting."""
    waiting = report.pending.get(code)
    marks = [report.stamps.get(code, (0, 0)), waiting.stamp if waiting else (0, 0)]
    return max(marks)


def _with_accepted(
    report: Report, accepted: Mapping[str, int], days_out: Mapping[str, int]
) -> Report:
    kept = {code: days for code, days in report.days_out.items() if code not in accepted}
    fresh = {code: days for code, days in days_out.items() if code in accepted}
    return replace(report, values={**report.values, **accepted}, days_out={**kept, **fresh})
