"""Months in digits: what is a month, what is only unsure, and what is a count."""

import pytest

from menus.model.reading import MonthSaid
from menus.reading.month_numbers import Said, starting_at, take
from tests.menus.reading.scanning import brief, tokens_in


@pytest.mark.parametrize(
    ("text", "month", "rest"),
    [
        ("3", MonthSaid(3), ""),
        ("03", MonthSaid(3), ""),
        ("0326", MonthSaid(3, 2026), ""),
        ("0304", MonthSaid(3, 2004), ""),
        ("03/26", MonthSaid(3, 2026), ""),
        ("03/2026", MonthSaid(3, 2026), ""),
        ("03 2026", MonthSaid(3, 2026), ""),
        ("032026", MonthSaid(3, 2026, sure=False), ""),
        ("202603", MonthSaid(3, 2026, sure=False), ""),
        ("03.26", MonthSaid(3, 2026, sure=False), ""),
        ("03-26", MonthSaid(3, 2026, sure=False), ""),
        ("03.2026", MonthSaid(3, 2026, sure=False), ""),
        ("2026-03", MonthSaid(3, 2026, sure=False), ""),
        ("31/03", MonthSaid(3, sure=False), ""),
        ("31/03/26", MonthSaid(3, 2026, sure=False), ""),
        ("31/03/2026", MonthSaid(3, 2026, sure=False), ""),
        ("2026/03/31", MonthSaid(3, 2026, sure=False), ""),
        ("03 45", MonthSaid(3), "number 45"),
        ("3 04", MonthSaid(3), "number 04"),
        ("03 / 26", MonthSaid(3), "number 26"),
        ("03/26 45", MonthSaid(3, 2026), "number 45"),
        ("03 2026 45", MonthSaid(3, 2026), "number 45"),
    ],
)
def test_the_first_numbers_may_say_the_month(text: str, month: MonthSaid, rest: str) -> None:
    said = take(tokens_in(text))
    assert (said.months, said.unclear, brief(said.rest)) == ((month,), False, rest)


@pytest.mark.parametrize(
    "text",
    [
        "326",
        "2026",
        "13",
        "31",
        "00",
        "123456",
        "03/04",
        "13/14",
        "½/26",
        "31/03/999",
        "1/2/3/4",
    ],
)
def test_numbers_that_look_like_a_month_and_are_none_are_unclear(text: str) -> None:
    said = take(tokens_in(text))
    numbers = [token.text for token in tokens_in(text) if token.kind == "number"]
    assert (said.months, said.unclear) == ((), True)
    assert [token.text for token in said.rest] == numbers


def test_two_months_side_by_side_are_unclear() -> None:
    said = take(tokens_in("03 04"))
    assert (said.months, said.unclear, brief(said.rest)) == ((MonthSaid(3),), True, "number 04")


@pytest.mark.parametrize(("text", "rest"), [("45", "number 45"), ("32 5", "number 32, number 5")])
def test_a_count_is_left_to_its_code(text: str, rest: str) -> None:
    said = take(tokens_in(text))
    assert (said.months, said.unclear, brief(said.rest)) == ((), False, rest)


def test_no_number_says_no_month() -> None:
    assert take(tokens_in("bonjour")) == Said()


@pytest.mark.parametrize(
    ("text", "at", "month", "end"),
    [
        ("3 VUS", 0, MonthSaid(3), 1),
        ("de 03/26 VUS", 1, MonthSaid(3, 2026), 4),
        ("45", 0, None, 1),
    ],
)
def test_the_month_at_a_place(text: str, at: int, month: MonthSaid | None, end: int) -> None:
    assert starting_at(tokens_in(text), at) == (month, end)
