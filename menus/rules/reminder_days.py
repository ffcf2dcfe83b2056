"""When reminders are due, and when nobody is disturbed. Pure; local times of the programme.

What moved reporting in the field was the reminder with a step to the supervisor (DeRenzi 2012:
86 % fewer days late, and back again when the supervisor's step was dropped).
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
    """Whom a round of reminders addresses; the value is its name in `programme.toml`."""

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
    """One sending of reminders: to whom (`audience`), of which month, from when and until when."""

    audience: ReminderAudience
    period: Period
    at: datetime
    until: datetime

    @property
    def name(self) -> str:
        """Names this round among all rounds there ever are."""
        return f"reminders:{self.audience}:{self.period.code}:{self.at:%d%H%M}"


def rounds(now: datetime, reminders: Reminders) -> list[Round]:
    """The rounds of reminders that are under way at `now`, which is local time, by their start.

    A round whose time is over is not among them: a gateway that was away for long sends no old
    reminders.
    """
    this_month = Period(now.year, now.month)
    found = {
        one
        for back in (0, -1, -2)
        for one in _rounds_about(this_month.plus(back), reminders, now.tzinfo)
        if one.at <= now < one.until
    }
    return sorted(found, key=lambda one: (one.at, one.audience))


def allowed(now: datetime, reminders: Reminders) -> datetime:
    """`now`, when people may be reminded then; else the next moment at which they may be."""
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
    """Before a holiday for agents, so that nobody is reminded of what has just become late;
    after it for those who follow up."""
    month = period.plus(1)
    day = date(month.year, month.month, moment.day)
    while is_holiday(day, reminders):
        day += -DAY if audience is ReminderAudience.AGENT else DAY
    return day


def _next(at: datetime, window: Window) -> datetime:
    """The end of the window that holds `at`."""
    end = datetime.combine(at.date(), window.end, at.tzinfo)
    return end if end > at else end + DAY
