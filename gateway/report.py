"""A report: what is stored for one (site, form, month), and how one more message changes it.

Pure. A report is filled by any number of messages. Each value carries a stamp, the moment at
which it was sent and the message that brought it; the newest stamp wins, so that messages
that overtake each other end the same in whatever order they are read.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from menus.model import Filled, Form, Period, Problem
from menus.period import days_in
from menus.rules import weigh

# Digits and capitals that are not mistaken for each other when read aloud or off a screen.
RECEIPT_DIGITS = "23456789"
RECEIPT_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

Stamp = tuple[int, int]  # milliseconds since 1970 when it was sent, id of the message
Key = tuple[int, str, str]  # site id, form keyword, month YYYYMM


class Status(StrEnum):
    """The furthest step that the current version of a report has reached."""

    INCOMPLETE = "incomplete"
    COMPLETE = "complete"
    FORWARDED = "forwarded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that does not count yet: it broke a rule or a limit, and was not confirmed."""

    value: int
    days_out: int | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Report:
    """A filled form. `id` is 0 until it is stored; `version` counts accepted changes from 1."""

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

    @property
    def key(self) -> Key:
        return (self.site_id, self.form, self.period)

    @property
    def status(self) -> Status:
        if self.version and self.refused_version == self.version:
            return Status.REFUSED
        if self.version and self.forwarded_version == self.version:
            return Status.FORWARDED
        return Status.COMPLETE if self.complete else Status.INCOMPLETE


@dataclass(frozen=True, slots=True)
class Filing:
    """What one message did to one report. `changed` tells that a new version counts now."""

    report: Report
    changed: bool
    problems: tuple[Problem, ...]


def stamp(sent_at: datetime, message_id: int) -> Stamp:
    return (int(sent_at.astimezone(UTC).timestamp() * 1000), message_id)


def file(form: Form, report: Report, filled: Filled, mark: Stamp, now: datetime) -> Filing:
    """Lays what a message said over a report.

    A number older than the one that stands (by `mark`) is left aside; the others are weighed
    by the form's limits and rules together with what is stored and what was waiting.
    """
    newer = {code: value for code, value in filled.values.items() if mark >= _mark(report, code)}
    # What is stored already was weighed: typed again, it settles a doubt and raises none.
    again = {code for code in newer if _stands(report, filled, code)}
    typed = {code: value for code, value in newer.items() if code not in again}
    waiting = {code: one for code, one in report.pending.items() if code not in newer}
    given = {code: one.days_out for code, one in waiting.items() if one.days_out is not None}
    given |= {code: days for code, days in filled.days_out.items() if code in typed}
    weighed = weigh(
        form,
        stored=report.values,
        pending={code: one.value for code, one in waiting.items()},
        typed=typed,
        typed_days_out=given,
        days_in_month=days_in(Period.parse(report.period)),
    )
    after = _with_accepted(report, weighed.accepted, weighed.days_out)
    changed = (after.values, after.days_out) != (report.values, report.days_out)
    marks = {code: mark if code in typed else waiting[code].stamp for code in weighed.accepted}
    marks |= dict.fromkeys(again, mark)
    pending = {
        code: Waiting(value, given.get(code), mark if code in typed else waiting[code].stamp)
        for code, value in weighed.pending.items()
    }
    after = replace(
        after,
        stamps={**report.stamps, **marks},
        pending=pending,
        complete=all(code in after.values for code in form.required),
        version=report.version + changed,
        changed_at=now if changed else report.changed_at,
        refusals={} if changed else report.refusals,
    )
    return Filing(after, changed, weighed.problems)


def missing(form: Form, report: Report) -> tuple[str, ...]:
    """The required codes without a stored value, in the form's order."""
    return tuple(code for code in form.required if code not in report.values)


def receipts(key: str) -> Iterator[str]:
    """Receipt numbers for a report, best first: four signs, the first of them a digit.

    `key` names the report (site code, form, month). A receipt is unique within its site; the
    caller takes the first one that is free there.
    """
    signs = RECEIPT_DIGITS + RECEIPT_LETTERS
    turn = 0
    while True:
        number = int.from_bytes(hashlib.sha256(f"{key}/{turn}".encode()).digest()[:8])
        number, first = divmod(number, len(RECEIPT_DIGITS))
        rest = ""
        for _ in range(3):
            number, place = divmod(number, len(signs))
            rest += signs[place]
        yield RECEIPT_DIGITS[first] + rest
        turn += 1


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
