"""The due times of reminders, and the quiet times. Pure; local times of the programme.

In the field, reminders improved reporting when they escalated to the supervisor (DeRenzi 2012:
86 % fewer days late, and back to the former level when the escalation was dropped).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from menus.model.period import Period
from menus.model.programme import Reminders, ReminderTime, Window
from menus.model.roles import Role

FRIDAY: Final = 4
DAY: Final = timedelta(days=1)


class ReminderAudience(StrEnum):
    """The audience of a round of reminders; the value is its name in `programme.toml`."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    DISTRICT = "district"

    @property
    def role(self) -> Role:
        """Return the role of the people addressed."""
        return _ROLE_OF[self]


_ROLE_OF: Final = {
    ReminderAudience.AGENT: Role.AGENT,
    ReminderAudience.SUPERVISOR: Role.DTC,
    ReminderAudience.DISTRICT: Role.DISTRICT,
}


@dataclass(frozen=True, slots=True)
class Round:
    """A sending of reminders of a month to an `audience`, from `at` until just before `until`."""

    audience: ReminderAudience
    period: Period
    at: datetime
    until: datetime

    @property
    def name(self) -> str:
        """Return the unique name of this round, over all months and years."""
        return f"reminders:{self.audience}:{self.period.code}:{self.at:%d%H%M}"


def rounds(now: datetime, reminders: Reminders) -> list[Round]:
    """Return the rounds of reminders under way at `now`, a local time, ordered by their start.

    A round whose time is over is left out: a gateway that was down for long sends no old
    reminders.
    """
    this_month = Period(now.year, now.month)
    under_way = {
        candidate
        for back in (0, -1, -2)
        for candidate in _rounds_about(this_month.plus(back), reminders, now.tzinfo)
        if candidate.at <= now < candidate.until
    }
    return sorted(under_way, key=lambda due: (due.at, due.audience))


def allowed(now: datetime, reminders: Reminders) -> datetime:
    """Return `now` when people may be reminded then, else the next moment at which they may."""
    at = now
    while True:
        if is_holiday(at.date(), reminders):
            at = datetime.combine(at.date() + DAY, reminders.quiet.end, at.tzinfo)
        elif reminders.quiet.holds(at.time()):
            at = _next(at, reminders.quiet)
        elif at.weekday() == FRIDAY and reminders.friday.holds(at.time()):
            at = _next(at, reminders.friday)
        else:
            return at


def is_holiday(day: date, reminders: Reminders) -> bool:
    """Return whether the day is a holiday of every year or of its year."""
    return not reminders.holidays.isdisjoint((day.isoformat(), f"{day:%m-%d}"))


def _rounds_about(period: Period, reminders: Reminders, zone: tzinfo | None) -> Iterator[Round]:
    people = (
        (ReminderAudience.AGENT, reminders.agent, reminders.agent_hours),
        (ReminderAudience.SUPERVISOR, reminders.supervisor, reminders.supervisor_hours),
        (ReminderAudience.DISTRICT, reminders.district, reminders.supervisor_hours),
    )
    for audience, moments, hours in people:
        for moment in moments:
            at = datetime.combine(_day(audience, period, moment, reminders), moment.at, zone)
            yield Round(audience, period, at, at + timedelta(hours=hours))


def _day(
    audience: ReminderAudience, period: Period, moment: ReminderTime, reminders: Reminders
) -> date:
    """Return the day of a reminder, moved off holidays.

    Agents are reminded before a holiday, so that no reminder comes when the report has just
    become late; supervisors after it.
    """
    month = period.plus(1)
    day = date(month.year, month.month, moment.day)
    while is_holiday(day, reminders):
        day += -DAY if audience is ReminderAudience.AGENT else DAY
    return day


def _next(at: datetime, window: Window) -> datetime:
    """Return the end of the window that holds `at`."""
    end = datetime.combine(at.date(), window.end, at.tzinfo)
    return end if end > at else end + DAY
