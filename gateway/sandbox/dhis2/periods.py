"""DHIS2's periods, as far as the sandbox distinguishes them, and when each is open."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

_WEEKLY = re.compile(r"(\d{4})W(\d{1,2})")
_QUARTERLY = re.compile(r"(\d{4})Q([1-4])")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Span:
    """One period: its DHIS2 periodType, first and last day."""

    kind: str
    start: date
    end: date


@lru_cache(maxsize=4096)
def parse(code: str) -> Span | None:
    """Return the period of an ISO code, or None (Daily to Yearly; DHIS2 docs, "Periods")."""
    try:
        if match := _WEEKLY.fullmatch(code):
            start = date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return Span("Weekly", start, start + timedelta(days=6))
        if match := _QUARTERLY.fullmatch(code):
            first = int(match[2]) * 3 - 2
            return Span("Quarterly", date(int(match[1]), first, 1), _end(int(match[1]), first + 2))
        return _numeric(code) if _DIGITS.fullmatch(code) else None
    except ValueError:
        return None


def locked(period: Span, expiry_days: int, now: datetime) -> bool:
    """Return whether the expiry days have passed. 0 or less never locks."""
    if expiry_days <= 0:
        return False
    opens_until = datetime.combine(period.end, time(), now.tzinfo) + timedelta(days=expiry_days + 1)
    return now > opens_until


def too_early(period: Span, open_future_periods: int, now: datetime) -> bool:
    """Return whether the period lies after the latest open one.

    `openFuturePeriods` 0 means that the current period stays closed until it has ended
    (DHIS2, `PeriodType.getFuturePeriod`).
    """
    latest = _ordinal(period.kind, now.date()) + open_future_periods - 1
    return _ordinal(period.kind, period.start) > latest


def _numeric(code: str) -> Span | None:
    if len(code) == 4:
        return Span("Yearly", date(int(code), 1, 1), date(int(code), 12, 31))
    year, month = int(code[:4]), int(code[4:6] or 0)
    if len(code) == 6:
        return Span("Monthly", date(year, month, 1), _end(year, month))
    if len(code) == 8:
        day = date(year, month, int(code[6:]))
        return Span("Daily", day, day)
    return None


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _ordinal(kind: str, day: date) -> int:
    """Return the running number of the period of this kind that holds the day."""
    ordinals = {
        "Daily": day.toordinal(),
        "Weekly": (day.toordinal() - 1) // 7,
        "Monthly": day.year * 12 + day.month,
        "Quarterly": day.year * 4 + (day.month - 1) // 3,
        "Yearly": day.year,
    }
    return ordinals[kind]
