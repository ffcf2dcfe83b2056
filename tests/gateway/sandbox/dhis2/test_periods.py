"""Tests of DHIS2's periods: how a code is read, and when a period is locked or too early."""

from datetime import UTC, date, datetime

import pytest

from gateway.sandbox.dhis2.periods import locked, parse, too_early

OCTOBER = parse("202610")


@pytest.mark.parametrize(
    ("code", "kind", "start", "end"),
    [
        ("2026", "Yearly", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026Q2", "Quarterly", date(2026, 4, 1), date(2026, 6, 30)),
        ("202602", "Monthly", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026W1", "Weekly", date(2025, 12, 29), date(2026, 1, 4)),
        ("20261103", "Daily", date(2026, 11, 3), date(2026, 11, 3)),
    ],
)
def test_a_code_is_read(code: str, kind: str, start: date, end: date) -> None:
    found = parse(code)
    assert found is not None
    assert (found.kind, found.start, found.end) == (kind, start, end)


@pytest.mark.parametrize("code", ["", "202613", "2026Q5", "2026W60", "octobre", "20261"])
def test_no_period(code: str) -> None:
    assert parse(code) is None


@pytest.mark.parametrize(
    ("days", "moment", "is_locked"),
    [
        (0, datetime(2030, 1, 1, tzinfo=UTC), False),
        (15, datetime(2026, 11, 16, tzinfo=UTC), False),
        (15, datetime(2026, 11, 16, 0, 0, 1, tzinfo=UTC), True),
    ],
)
def test_expiry_days(days: int, moment: datetime, is_locked: bool) -> None:
    assert OCTOBER is not None
    assert locked(OCTOBER, days, moment) is is_locked


@pytest.mark.parametrize(("ahead", "day", "early"), [(0, 31, True), (1, 31, False), (0, 1, True)])
def test_open_future_periods(ahead: int, day: int, early: bool) -> None:
    assert OCTOBER is not None
    assert too_early(OCTOBER, ahead, datetime(2026, 10, day, tzinfo=UTC)) is early
