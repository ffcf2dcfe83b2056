"""The optional sections of `programme.toml`: their defaults, values and faults."""

from collections.abc import Callable
from datetime import time

import pytest

from menus.loading.sections import (
    read_dhis2_requests,
    read_reminders,
    read_stock,
    read_times_of_referrals,
    read_ussd_limits,
)
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
from tests.menus.loading.toml import table_of

Reader = Callable[[Table], object]


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        (read_reminders, "", Reminders()),
        (read_stock, "", StockRules()),
        (read_times_of_referrals, "", ReferralTimes()),
        (read_ussd_limits, "", UssdLimits()),
        (read_dhis2_requests, "", Dhis2Requests()),
        (
            read_reminders,
            (
                'agent = ["3 08:00", "28 07:30"]\nagent_hours = 12\nquiet = ["21:00", "06:00"]\n'
                'holidays = ["05-01", "02-29", "2027-03-10"]'
            ),
            Reminders(
                agent=(ReminderTime(3, time(8)), ReminderTime(28, time(7, 30))),
                agent_hours=12,
                quiet=Window(time(21), time(6)),
                holidays=frozenset({"05-01", "02-29", "2027-03-10"}),
            ),
        ),
        (
            read_stock,
            "urgent_below = 40\nalert_after = 1",
            StockRules(urgent_below=40, alert_after=1),
        ),
        (read_times_of_referrals, "follow_up_days = 5", ReferralTimes(follow_up_days=5)),
        (
            read_ussd_limits,
            "septets = 182\nnudge = false\n[septets_of_network]\n61002 = 140",
            UssdLimits(septets=182, nudge=False, septets_of_network={"61002": 140}),
        ),
        (read_dhis2_requests, "requests_at_once = 4", Dhis2Requests(requests_at_once=4)),
    ],
)
def test_a_section_is_read(reader: Reader, text: str, expected: object) -> None:
    table = table_of(text)
    assert reader(table) == expected
    assert table.faults == []


@pytest.mark.parametrize(
    ("reader", "text", "fault"),
    [
        (
            read_reminders,
            'agent = ["29 08:00"]',
            "agent: expected a day and a time such as '3 08:00', got '29 08:00'",
        ),
        (
            read_reminders,
            'agent = ["3 24:00"]',
            "agent: expected a day and a time such as '3 08:00', got '3 24:00'",
        ),
        (
            read_reminders,
            'quiet = ["20:00"]',
            'quiet: expected two times such as ["20:00", "07:00"]',
        ),
        (
            read_reminders,
            'holidays = ["13-01"]',
            "holidays: expected a day such as '05-01' or '2027-03-10', got '13-01'",
        ),
        (
            read_stock,
            "order_below = 40",
            "order_below: expected urgent_below <= order_below <= too_much_above",
        ),
        (
            read_times_of_referrals,
            "remind_after_hours = 48",
            "escalate_after_hours: expected more than remind_after_hours",
        ),
        (
            read_times_of_referrals,
            "close_after_days = 2",
            "close_after_days: expected more than escalate_after_hours",
        ),
        (read_ussd_limits, "septets = 79", "septets: expected a number from 80 to 182, got 79"),
        (read_dhis2_requests, "workers = 2", "workers: unknown key"),
    ],
)
def test_a_fault_of_a_section(reader: Reader, text: str, fault: str) -> None:
    table = table_of(text)
    reader(table)
    assert table.faults == [f"file.toml: {fault}"]
