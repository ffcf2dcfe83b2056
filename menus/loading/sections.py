"""Read the optional sections of `programme.toml`: reminders, stock, referrals, ussd, dhis2."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Final

from menus.loading.tables import Table
from menus.model.programme import (
    Dhis2Requests,
    ReferralTimes,
    Reminders,
    ReminderTime,
    StockRules,
    UssdLimits,
    Window,
)

LAST_DAY: Final = 28  # every month has one
TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
MOMENT: Final = re.compile(r"([0-9]{1,2}) ([0-9]{2}:[0-9]{2})")
# Septets of a USSD screen; 160 octets hold 182 (3GPP TS 23.038).
ROOM: Final = (80, 182)


def read_reminders(table: Table) -> Reminders:
    """Return the section `[reminders]`. Faults go to the table's list."""
    defaults = Reminders()
    reminders = Reminders(
        agent=_moments(table, "agent"),
        supervisor=_moments(table, "supervisor"),
        district=_moments(table, "district"),
        agent_hours=table.number("agent_hours", 1, 240, defaults.agent_hours),
        supervisor_hours=table.number("supervisor_hours", 1, 240, defaults.supervisor_hours),
        quiet=_window(table, "quiet", defaults.quiet),
        friday=_window(table, "friday", defaults.friday),
        holidays=frozenset(_holidays(table)),
    )
    table.close()
    return reminders


def _moments(table: Table, key: str) -> tuple[ReminderTime, ...]:
    """Return the reminder times of a list of days and times such as `3 08:00`."""
    moments = []
    for text in table.texts(key, ()):
        written = MOMENT.fullmatch(text)
        at = _time(written[2]) if written else None
        if written is None or at is None or not 1 <= int(written[1]) <= LAST_DAY:
            table.fault(key, f"expected a day and a time such as '3 08:00', got {text!r}")
        else:
            moments.append(ReminderTime(int(written[1]), at))
    return tuple(moments)


def _window(table: Table, key: str, default: Window) -> Window:
    """Return the window from and until two times, such as `["20:00", "07:00"]`."""
    if not table.has(key):
        return default
    times = [_time(text) for text in table.texts(key)]
    if len(times) == 2 and times[0] is not None and times[1] is not None:
        return Window(times[0], times[1])
    table.fault(key, 'expected two times such as ["20:00", "07:00"]')
    return default


def _time(text: str) -> time | None:
    written = TIME.fullmatch(text)
    return time(int(written[1]), int(written[2])) if written else None


def _holidays(table: Table) -> Iterator[str]:
    """Yield days such as `05-01` or `2027-03-10`."""
    for text in table.texts("holidays", ()):
        try:
            # A leap year, so that the 29th of February is accepted.
            date.fromisoformat(text if len(text) > len("05-01") else f"2000-{text}")
        except ValueError:
            table.fault("holidays", f"expected a day such as '05-01' or '2027-03-10', got {text!r}")
        yield text


def read_stock(table: Table) -> StockRules:
    """Return the section `[stock]`: percent of a month, months, seconds, hours; whole numbers."""
    defaults = StockRules()
    highest = {
        "urgent_below": 1000, "order_below": 1000, "too_much_above": 10_000,
        "order_months": 12, "use_months": 6, "alert_after": 600, "alert_hours": 168,
    }  # fmt: skip
    rules = StockRules(
        **{key: table.number(key, 1, most, getattr(defaults, key)) for key, most in highest.items()}
    )
    if not rules.urgent_below <= rules.order_below <= rules.too_much_above:
        table.fault("order_below", "expected urgent_below <= order_below <= too_much_above")
    table.close()
    return rules


def read_times_of_referrals(table: Table) -> ReferralTimes:
    """Return the section `[referrals]`. Faults go to the table's list."""
    defaults = ReferralTimes()
    most = {
        "remind_after_hours": 240,
        "escalate_after_hours": 480,
        "close_after_days": 365,
        "drop_age_after_days": 3650,
        "follow_up_days": 30,
        "same_within_minutes": 1440,
        "number_months": 24,
    }
    times = ReferralTimes(
        **{key: table.number(key, 1, high, getattr(defaults, key)) for key, high in most.items()}
    )
    if times.escalate_after_hours <= times.remind_after_hours:
        table.fault("escalate_after_hours", "expected more than remind_after_hours")
    if times.close_after_days * 24 <= times.escalate_after_hours:
        table.fault("close_after_days", "expected more than escalate_after_hours")
    table.close()
    return times


def read_ussd_limits(table: Table) -> UssdLimits:
    """Return the section `[ussd]`. Faults go to the table's list."""
    defaults = UssdLimits()
    networks: Mapping[str, int] = {}
    if table.has("septets_of_network"):
        by_code = table.table("septets_of_network")
        networks = {code: by_code.number(code, *ROOM) for code in by_code.content}
    limits = UssdLimits(
        septets=table.number("septets", *ROOM, defaults.septets),
        septets_of_network=networks,
        keep=table.number("keep", 60, 86_400, defaults.keep),
        sms_receipt=table.flag("sms_receipt", defaults.sms_receipt),
        nudge=table.flag("nudge", defaults.nudge),
    )
    table.close()
    return limits


def read_dhis2_requests(table: Table) -> Dhis2Requests:
    """Return the section `[dhis2]`. Faults go to the table's list."""
    defaults = Dhis2Requests()
    requests = Dhis2Requests(
        requests_at_once=table.number("requests_at_once", 1, 16, defaults.requests_at_once),
        values_per_request=table.number(
            "values_per_request", 1, 10_000, defaults.values_per_request
        ),
    )
    table.close()
    return requests
