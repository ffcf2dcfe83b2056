"""`programme.toml`: the programme's calendar, the limits of the service, how reports leave."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Final

from menus import catalogue_words
from menus.catalogue_forms import codes_in
from menus.catalogue_tables import Table
from menus.model import LANGUAGES
from menus.programme import (
    ON_RECEIPT,
    ON_VALIDATION,
    Moment,
    NearWords,
    Programme,
    ReferralTimes,
    Reminders,
    StockRules,
    Window,
)

LAST_DAY: Final = 28  # every month has one
TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
MOMENT: Final = re.compile(r"([0-9]{1,2}) ([0-9]{2}:[0-9]{2})")
FORWARD: Final = (ON_RECEIPT, ON_VALIDATION)


def read_programme(table: Table) -> Programme:
    """The programme as the table says it; every fault is noted with its key."""
    defaults = Programme()
    days = {
        key: table.number(key, 1, 28, getattr(defaults, key))
        for key in ("opens_on", "assume_previous_until", "on_time_until", "late_until", "closes_on")
    }
    programme = Programme(
        **days,
        months_back=table.number("months_back", 1, 12, defaults.months_back),
        months_back_for_supervisors=table.number(
            "months_back_for_supervisors", 1, 24, defaults.months_back_for_supervisors
        ),
        change_until=table.number("change_until", 1, 28, defaults.change_until),
        keep_text_days=table.number("keep_text_days", 1, 3650, defaults.keep_text_days),
        replies_per_day=table.number("replies_per_day", 1, 1000, defaults.replies_per_day),
        notices_per_minute=table.number("notices_per_minute", 1, 6000, defaults.notices_per_minute),
        forward=table.text("forward", defaults.forward),
        auto_validate_on=table.number("auto_validate_on", 1, 28, days["closes_on"]),
        months=_months(table.table("months")),
        months_short=_months(table.table("months_short")),
        reminders=_reminders(table.section("reminders")),
        near=tuple(_near_words(row) for row in table.tables("near")),
        stock=_stock(table.table("stock")) if table.has("stock") else defaults.stock,
        referrals=_referrals(table.table("referrals"))
        if table.has("referrals")
        else ReferralTimes(),
    )
    if programme.forward not in FORWARD:
        table.fault("forward", f"expected one of {', '.join(FORWARD)}")
    if not programme.on_time_until <= programme.late_until <= programme.closes_on:
        table.fault("closes_on", "expected on_time_until <= late_until <= closes_on")
    table.close()
    return programme


def _reminders(table: Table) -> Reminders:
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


def _moments(table: Table, key: str) -> tuple[Moment, ...]:
    """Days and times such as `3 08:00`."""
    found = []
    for text in table.texts(key, ()):
        written = MOMENT.fullmatch(text)
        at = _time(written[2]) if written else None
        if written is None or at is None or not 1 <= int(written[1]) <= LAST_DAY:
            table.fault(key, f"expected a day and a time such as '3 08:00', got {text!r}")
        else:
            found.append(Moment(int(written[1]), at))
    return tuple(found)


def _window(table: Table, key: str, default: Window) -> Window:
    """From and until, such as `["20:00", "07:00"]`."""
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
    """Days such as `05-01` or `2027-03-10`."""
    for text in table.texts("holidays", ()):
        try:
            # A leap year, so that the 29th of February is a day like another.
            date.fromisoformat(text if len(text) > len("05-01") else f"2000-{text}")
        except ValueError:
            table.fault("holidays", f"expected a day such as '05-01' or '2027-03-10', got {text!r}")
        yield text


def _stock(table: Table) -> StockRules:
    """Limits in percent of a month, months, seconds, hours: whole numbers all."""
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


def _referrals(table: Table) -> ReferralTimes:
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


def _near_words(table: Table) -> NearWords:
    near = NearWords(codes_in(table, "words"), table.text("why"))
    if len(near.words) < 2:
        table.fault("words", "expected two words or more")
    table.close()
    return near


def _months(table: Table) -> Mapping[str, tuple[str, ...]]:
    months = {language: table.texts(language) for language in LANGUAGES}
    for language, names in months.items():
        if len(names) != 12:
            table.fault(language, f"expected the names of 12 months, got {len(names)}")
        for name in names:
            catalogue_words.sendable(f"{table.place}.{language}", name, table.faults)
            if any(letter.isdigit() for letter in name):
                table.fault(language, f"{name!r} holds a digit")
    table.close()
    return months
