"""The programme's calendar: the month of a report, its timeliness, the closing of months."""

from datetime import date

import pytest

from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.programme import Programme
from menus.model.reading import MonthSaid
from menus.rules.calendar import (
    Timeliness,
    change_closes,
    closing_date,
    days_in,
    ends,
    is_late,
    month_name,
    open_months,
    timeliness,
    validates_itself,
    which_month,
)

PROGRAMME = Programme()


def said(month: int, year: int | None = None) -> MonthSaid:
    return MonthSaid(month, year)


@pytest.mark.parametrize(
    ("what", "sent_on", "expected"),
    [
        (None, date(2026, 4, 1), "202603"),
        (None, date(2026, 4, 20), "202603"),
        (None, date(2026, 1, 20), "202512"),
        (said(3), date(2026, 4, 2), "202603"),
        (said(3), date(2026, 4, 30), "202603"),
        (said(2), date(2026, 4, 30), "202602"),
        (said(12), date(2026, 1, 1), "202512"),
        (said(11), date(2026, 1, 31), "202511"),
        (said(4), date(2026, 4, 25), "202604"),
        (said(12), date(2026, 12, 31), "202612"),
        (said(2), date(2028, 2, 29), "202802"),
        (said(3, 2026), date(2026, 5, 31), "202603"),
        (said(4, 2026), date(2026, 4, 25), "202604"),
        (MonthSaid(0, back=1), date(2026, 4, 23), "202603"),
        (MonthSaid(0, back=2), date(2026, 1, 2), "202511"),
    ],
)
def test_the_month_meant(what: MonthSaid | None, sent_on: date, expected: str) -> None:
    period = which_month(what, sent_on, PROGRAMME)

    assert isinstance(period, Period)
    assert period.code == expected


@pytest.mark.parametrize(
    ("what", "sent_on", "key"),
    [
        (None, date(2026, 4, 21), "month_absent"),
        (None, date(2026, 4, 30), "month_absent"),
        (said(4), date(2026, 4, 24), "month_not_open"),
        (said(4, 2026), date(2026, 4, 1), "month_not_open"),
        (said(5, 2026), date(2026, 4, 30), "month_future"),
        (said(1, 2027), date(2026, 12, 31), "month_future"),
        (said(5), date(2026, 4, 30), "month_closed"),
        (said(1), date(2026, 4, 1), "month_closed"),
        (said(3, 2025), date(2026, 4, 2), "month_closed"),
        (said(3, 2004), date(2026, 4, 2), "month_closed"),
        (said(10), date(2026, 1, 1), "month_closed"),
    ],
)
def test_a_month_that_may_not_be_assumed(what: MonthSaid | None, sent_on: date, key: str) -> None:
    problem = which_month(what, sent_on, PROGRAMME)

    assert isinstance(problem, Problem)
    assert (problem.key, problem.level) == (key, "ask")


def test_the_programme_decides_the_days() -> None:
    mine = Programme(opens_on=28, assume_previous_until=5, months_back=1)

    assert isinstance(which_month(None, date(2026, 4, 6), mine), Problem)
    assert isinstance(which_month(said(4), date(2026, 4, 27), mine), Problem)
    assert isinstance(which_month(said(2), date(2026, 4, 2), mine), Problem)
    assert which_month(said(4), date(2026, 4, 28), mine) == Period(2026, 4)


@pytest.mark.parametrize(
    ("period", "sent_on", "expected"),
    [
        (Period(2026, 3), date(2026, 3, 25), Timeliness.ON_TIME),
        (Period(2026, 3), date(2026, 4, 3), Timeliness.ON_TIME),
        (Period(2026, 3), date(2026, 4, 4), Timeliness.LATE),
        (Period(2026, 3), date(2026, 4, 8), Timeliness.LATE),
        (Period(2026, 3), date(2026, 4, 9), Timeliness.AFTER_LATE),
        (Period(2025, 12), date(2026, 1, 3), Timeliness.ON_TIME),
        (Period(2025, 12), date(2026, 1, 4), Timeliness.LATE),
        (Period(2026, 3), date(2026, 5, 1), Timeliness.AFTER_LATE),
    ],
)
def test_timeliness(period: Period, sent_on: date, expected: Timeliness) -> None:
    assert timeliness(period, sent_on, PROGRAMME) is expected
    assert is_late(period, sent_on, PROGRAMME) == (expected is not Timeliness.ON_TIME)


@pytest.mark.parametrize(
    ("period", "days", "after", "closes"),
    [
        (Period(2026, 2), 28, date(2026, 3, 1), date(2026, 3, 10)),
        (Period(2028, 2), 29, date(2028, 3, 1), date(2028, 3, 10)),
        (Period(2026, 12), 31, date(2027, 1, 1), date(2027, 1, 10)),
        (Period(2026, 9), 30, date(2026, 10, 1), date(2026, 10, 10)),
    ],
)
def test_ends_and_closing(period: Period, days: int, after: date, closes: date) -> None:
    assert days_in(period) == days
    assert ends(period) == after
    assert closing_date(period, PROGRAMME) == closes


def test_validation_and_changes_have_days_of_their_own() -> None:
    mine = Programme(auto_validate_on=12, change_until=20)

    assert validates_itself(Period(2026, 12), mine) == date(2027, 1, 12)
    assert change_closes(Period(2026, 12), mine) == date(2027, 1, 20)


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        (date(2026, 4, 24), ("202603", "202602")),
        (date(2026, 4, 25), ("202604", "202603", "202602")),
        (date(2026, 1, 1), ("202512", "202511")),
    ],
)
def test_the_months_that_may_be_reported(today: date, codes: tuple[str, ...]) -> None:
    assert tuple(period.code for period in open_months(today, PROGRAMME)) == codes


def test_a_closing_day_that_the_next_month_lacks_is_its_last_day() -> None:
    assert closing_date(Period(2026, 1), Programme(closes_on=31)) == date(2026, 2, 28)


def test_month_names_fall_back_to_french(catalogue: Catalogue) -> None:
    march = Period(2026, 3)

    assert month_name(march, "fr", catalogue.programme) == "mars"
    assert month_name(march, "bm", catalogue.programme) == "marisi"
    assert (
        month_name(march, "bm", Programme(months={"fr": ("janvier", "fevrier", "mars")})) == "mars"
    )
