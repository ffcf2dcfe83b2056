"""Read `programme.toml`: the calendar, the limits of the service, forwarding of reports."""

from collections.abc import Mapping
from typing import Final

from menus.loading import words
from menus.loading.forms import codes_in
from menus.loading.sections import (
    read_dhis2_requests,
    read_reminders,
    read_stock,
    read_times_of_referrals,
    read_ussd_limits,
)
from menus.loading.tables import Table
from menus.model.catalogue import LANGUAGES
from menus.model.programme import ON_RECEIPT, ON_VALIDATION, NearWords, Programme

FORWARD: Final = (ON_RECEIPT, ON_VALIDATION)


def read_programme(table: Table) -> Programme:
    """Return the programme of the table. Faults go to the table's list."""
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
        date_believed_days=table.number(
            "date_believed_days", 1, 10_000, defaults.date_believed_days
        ),
        replies_per_day=table.number("replies_per_day", 1, 1000, defaults.replies_per_day),
        notices_per_minute=table.number("notices_per_minute", 1, 6000, defaults.notices_per_minute),
        forward=table.text("forward", defaults.forward),
        auto_validate_on=table.number("auto_validate_on", 1, 28, days["closes_on"]),
        months=_months(table.table("months")),
        months_short=_months(table.table("months_short")),
        reminders=read_reminders(table.section("reminders")),
        near=tuple(_near_words(row) for row in table.tables("near")),
        stock=read_stock(table.section("stock")),
        referrals=read_times_of_referrals(table.section("referrals")),
        ussd=read_ussd_limits(table.section("ussd")),
        dhis2=read_dhis2_requests(table.section("dhis2")),
    )
    if programme.forward not in FORWARD:
        table.fault("forward", f"expected one of {', '.join(FORWARD)}")
    if not programme.on_time_until <= programme.late_until <= programme.closes_on:
        table.fault("closes_on", "expected on_time_until <= late_until <= closes_on")
    table.close()
    return programme


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
            words.sendable(f"{table.place}.{language}", name, table.faults)
            if any(letter.isdigit() for letter in name):
                table.fault(language, f"{name!r} holds a digit")
    table.close()
    return months
