"""The programme's choices in `programme.toml`, a class for each section."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType
from typing import Any, Final

ON_RECEIPT: Final = "on_receipt"
ON_VALIDATION: Final = "on_validation"
EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NearWords:
    """Words that are one slip or one phone key apart, and `why` that is accepted."""

    words: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ReminderTime:
    """A day of the month after the one reported, and a time of that day, local."""

    day: int
    at: time


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a day in local time, from `start` inclusive to `end` exclusive.

    It spans midnight where `end` is the earlier of the two.
    """

    start: time
    end: time

    def holds(self, at: time) -> bool:
        """Return whether the time of day lies in the window."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True)
class Reminders:
    """The section `[reminders]`: when people are reminded of missing reports, and quiet times.

    `agent`, `supervisor` and `district` are the times of each audience. A reminder that could
    not be sent within `agent_hours` (agents) or `supervisor_hours` (the others) expires.
    `holidays` are days of every year (`05-01`) or of one year (`2027-03-10`).
    """

    agent: tuple[ReminderTime, ...] = ()
    supervisor: tuple[ReminderTime, ...] = ()
    district: tuple[ReminderTime, ...] = ()
    agent_hours: int = 24
    supervisor_hours: int = 72
    quiet: Window = Window(time(20), time(7))
    friday: Window = Window(time(13), time(15))
    holidays: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StockRules:
    """The section `[stock]`: limits of the stock levels, and times of stock-out alerts.

    `urgent_below`, `order_below` and `too_much_above` are percent of a month of use. An order
    fills up to `order_months` of use, which is the average of `use_months` months. A stock-out
    alert is sent after `alert_after` seconds, together with the stock-outs reported meanwhile,
    and expires after `alert_hours` hours.
    """

    urgent_below: int = 50
    order_below: int = 100
    too_much_above: int = 300
    order_months: int = 2
    use_months: int = 3
    alert_after: int = 45
    alert_hours: int = 24


@dataclass(frozen=True, slots=True)
class ReferralTimes:
    """The section `[referrals]`: how long the gateway waits for each step of a referral.

    Hours count from its departure. The same text within `same_within_minutes` is the same
    referral, sent again. `follow_up_days` are the days to the agent's visit where the centre
    gives none. A number is not reused at a facility for `number_months` months.
    """

    remind_after_hours: int = 24
    escalate_after_hours: int = 48
    close_after_days: int = 30
    drop_age_after_days: int = 90
    follow_up_days: int = 3
    same_within_minutes: int = 30
    number_months: int = 12


@dataclass(frozen=True, slots=True)
class UssdLimits:
    """The section `[ussd]`: the limits of a USSD dialogue.

    A screen has at most `septets`, its first four (`CON `) included, or those that
    `septets_of_network` has for the code of the network. A dialogue's state is kept for `keep`
    seconds after its last hop. With `sms_receipt` an SMS confirms a form that is complete, with
    `nudge` an SMS follows a form that was left unfinished.
    """

    septets: int = 160
    septets_of_network: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    keep: int = 600
    sms_receipt: bool = False
    nudge: bool = True

    def room(self, network: str) -> int:
        """Return the septets of a screen on the network with this code, known or not."""
        return self.septets_of_network.get(network, self.septets)


@dataclass(frozen=True, slots=True)
class Dhis2Requests:
    """The section `[dhis2]`: the load on DHIS2 by all workers together.

    `requests_at_once` is the largest number of concurrent requests to the server,
    `values_per_request` the largest number of data values of a request; a report with more is
    sent in a request of its own.
    """

    requests_at_once: int = 2
    values_per_request: int = 1000


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme's choices: calendar, limits of the service, forwarding of reports.

    Days are days of the month, local time; `*_until` days are inclusive and lie in the month
    after the one reported. `forward` is "on_receipt" or "on_validation": then a report is
    forwarded once a supervisor has validated it, or the calendar has, from `auto_validate_on`
    of the next month. An SMS whose own date is more than `date_believed_days` old bears the
    time of its arrival.
    """

    opens_on: int = 25
    assume_previous_until: int = 20
    on_time_until: int = 3
    late_until: int = 8
    closes_on: int = 10
    months_back: int = 2
    months_back_for_supervisors: int = 12
    change_until: int = 15
    forward: str = ON_RECEIPT
    auto_validate_on: int = 10
    keep_text_days: int = 90
    date_believed_days: int = 45
    replies_per_day: int = 40
    notices_per_minute: int = 300
    months: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    months_short: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    near: tuple[NearWords, ...] = ()
    reminders: Reminders = Reminders()
    stock: StockRules = StockRules()
    referrals: ReferralTimes = ReferralTimes()
    ussd: UssdLimits = UssdLimits()
    dhis2: Dhis2Requests = Dhis2Requests()
