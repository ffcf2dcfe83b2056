"""`programme.toml` as a whole: its defaults, its months, and the order of its days."""

from dataclasses import replace

import pytest

from menus.loading.programme import read_programme
from menus.model.programme import NearWords, Programme
from tests.menus.loading.toml import table_of

NAMES = ("jan", "fev", "mar", "avr", "mai", "juin", "juil", "aout", "sep", "oct", "nov", "dec")
MONTHS = f"""\
[months]
fr = {list(NAMES)}
bm = {list(NAMES)}

[months_short]
fr = {list(NAMES)}
bm = {list(NAMES)}
"""
LANGUAGES = {"fr": NAMES, "bm": NAMES}


def test_all_but_the_months_may_be_left_out() -> None:
    table = table_of(MONTHS)
    found = read_programme(table)
    assert found == replace(Programme(), months=LANGUAGES, months_short=LANGUAGES)
    assert table.faults == []


def test_the_calendar_validates_on_the_day_that_closes() -> None:
    found = read_programme(table_of(f"closes_on = 12\n{MONTHS}"))
    assert (found.closes_on, found.auto_validate_on) == (12, 12)


def test_near_words_are_accepted_with_a_reason() -> None:
    table = table_of(f'{MONTHS}\n[[near]]\nwords = ["MAM", "MAS"]\nwhy = "paper form"')
    assert read_programme(table).near == (NearWords(("MAM", "MAS"), "paper form"),)
    assert table.faults == []


@pytest.mark.parametrize("days", [1, 45, 10_000])
def test_old_dates_are_believed_for_as_long_as_the_programme_says(days: int) -> None:
    table = table_of(f"date_believed_days = {days}\n{MONTHS}")
    assert read_programme(table).date_believed_days == days
    assert table.faults == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "date_believed_days = 10001",
            "file.toml: date_believed_days: expected a number from 1 to 10000, got 10001",
        ),
        ('forward = "later"', "file.toml: forward: expected one of on_receipt, on_validation"),
        (
            "on_time_until = 9",
            "file.toml: closes_on: expected on_time_until <= late_until <= closes_on",
        ),
        ("colour = 3", "file.toml: colour: unknown key"),
    ],
)
def test_a_fault_of_the_programme(text: str, fault: str) -> None:
    table = table_of(f"{text}\n{MONTHS}")
    read_programme(table)
    assert table.faults == [fault]


def test_near_words_are_two_or_more() -> None:
    table = table_of(f'{MONTHS}\n[[near]]\nwords = ["MAM"]\nwhy = "x"')
    read_programme(table)
    assert table.faults == ["file.toml: near 1.words: expected two words or more"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("'jan', ", "", "file.toml: months.fr: expected the names of 12 months, got 11"),
        ("'jan'", "'m1'", "file.toml: months.fr: 'm1' holds a digit"),
        ("'jan'", "'ع'", "file.toml: months.fr: GSM-7 has nothing like U+0639"),
    ],
)
def test_a_fault_of_the_months(old: str, new: str, fault: str) -> None:
    table = table_of(MONTHS.replace(old, new, 1))
    read_programme(table)
    assert table.faults == [fault]
