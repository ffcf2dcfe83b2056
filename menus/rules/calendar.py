"""The programme's calendar: the month of a report, its timeliness, the closing of months.

All dates are in the programme's time zone; the caller converts. The calendar is the
programme's (`Programme`): the month of sending opens on `opens_on`, and until
`assume_previous_until` a report without a month is about the month before.
"""

from calendar import monthrange
from datetime import date
from enum import StrEnum

from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.programme import Programme
from menus.model.reading import MonthSaid


class Timeliness(StrEnum):
    """The day of sending of a report, compared with the programme's calendar."""

    ON_TIME = "on_time"
    LATE = "late"
    AFTER_LATE = "after_late"


def which_month(said: MonthSaid | None, sent_on: date, programme: Programme) -> Period | Problem:
    """Return the month of a first report, or the Problem (level ask) when none may be assumed.

    `said` is None when no month was typed. Problems: `month_absent` (no month typed, after
    `assume_previous_until`), `month_future`, `month_not_open` (the month of sending, before
    `opens_on`), `month_closed` (more than `months_back` months before the month of sending).
    """
    current = period_of(sent_on)
    if said is None:
        if sent_on.day <= programme.assume_previous_until:
            return current.plus(-1)
        return Problem("month_absent", Level.ASK)
    period = _period_said(said, current)
    if period > current:
        return Problem("month_future", Level.ASK)
    if period == current and sent_on.day < programme.opens_on:
        return Problem("month_not_open", Level.ASK)
    if period < current.plus(-programme.months_back):
        return Problem("month_closed", Level.ASK)
    return period


def open_months(today: date, programme: Programme) -> tuple[Period, ...]:
    """Return the months that an agent may report today: the month that is due, then earlier ones.

    From `opens_on` the current month is due, before that the month that ended.
    """
    current = period_of(today)
    first = 0 if today.day >= programme.opens_on else 1
    return tuple(current.plus(-back) for back in range(first, programme.months_back + 1))


def _period_said(said: MonthSaid, current: Period) -> Period:
    """Return the month meant; without a year the latest such month that is not in the future."""
    if said.back is not None:
        return current.plus(-said.back)
    if said.year is not None:
        return Period(said.year, said.month)
    return Period(current.year - (said.month > current.month), said.month)


def period_of(day: date) -> Period:
    """Return the month of a day."""
    return Period(day.year, day.month)


def timeliness(period: Period, sent_on: date, programme: Programme) -> Timeliness:
    """Return the timeliness of a report sent on this day.

    It is on time until `on_time_until` of the next month, late until `late_until`, both
    inclusive, and after late from then on.
    """
    if sent_on <= _day_after(period, programme.on_time_until):
        return Timeliness.ON_TIME
    if sent_on <= _day_after(period, programme.late_until):
        return Timeliness.LATE
    return Timeliness.AFTER_LATE


def is_late(period: Period, sent_on: date, programme: Programme) -> bool:
    """Return whether a report sent on this day is no longer on time."""
    return timeliness(period, sent_on, programme) is not Timeliness.ON_TIME


def closing_date(period: Period, programme: Programme) -> date:
    """Return the day on which even an incomplete report is forwarded.

    It is `closes_on` of the next month.
    """
    return _day_after(period, programme.closes_on)


def validates_itself(period: Period, programme: Programme) -> date:
    """Return the day from which the calendar validates reports that no supervisor validated.

    It is `auto_validate_on` of the next month.
    """
    return _day_after(period, programme.auto_validate_on)


def change_closes(period: Period, programme: Programme) -> date:
    """Return the last day on which an agent may change a forwarded report.

    It is `change_until` of the next month.
    """
    return _day_after(period, programme.change_until)


def ends(period: Period) -> date:
    """Return the first day after the month."""
    return _day_after(period, 1)


def days_in(period: Period) -> int:
    """Return the number of days of the month, 28 to 31."""
    return monthrange(period.year, period.month)[1]


def month_name(period: Period, language: str, programme: Programme) -> str:
    """Return the name of the month without its year, in French where the language has no names."""
    names = programme.months.get(language) or programme.months["fr"]
    return names[period.month - 1]


def _day_after(period: Period, day: int) -> date:
    """Return this day of the month after, or that month's last day where it has no such day."""
    month = period.plus(1)
    return date(month.year, month.month, min(day, days_in(month)))
