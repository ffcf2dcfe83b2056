"""Months in words: which one was said, how sure it is, and whether several agree."""

import pytest

from menus.model.reading import MonthSaid
from menus.reading.months import agreed, may_be_month, take_words
from tests.menus.reading.scanning import brief, tokens_in

MARCH = MonthSaid(3)
UNSURE = MonthSaid(3, sure=False)
LAST = MonthSaid(0, back=1)


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ("VUS 4", [], "code VUS, number 4"),
        ("mars VUS 4", [MARCH], "greeting MOIS, code VUS, number 4"),
        ("mars 2026 VUS", [MonthSaid(3, 2026)], "greeting MOIS, code VUS"),
        ("mars/ 2026", [MonthSaid(3, 2026)], "greeting MOIS"),
        ("mars /", [MARCH], "greeting MOIS, mark /"),
        ("mars26", [MonthSaid(3, 2026, sure=False)], "greeting MOIS"),
        ("mars 26", [MARCH], "greeting MOIS, number 26"),
        ("mar", [UNSURE], "greeting MOIS"),
        ("marisi 2026", [MonthSaid(3, 2026, sure=False)], "greeting MOIS"),
        ("mois de 03", [MARCH], "greeting MOIS"),
        ("mois: 03/26", [MonthSaid(3, 2026)], "greeting MOIS"),
        ("mois mars", [MARCH], "time MOIS, greeting MOIS"),
        ("mois passe", [MonthSaid(0, sure=False, back=1)], "greeting MOIS"),
        ("3 mois", [], "number 3, time MOIS"),
        ("mois XYZ", [], "time MOIS, unknown XYZ"),
        ("mois", [], "time MOIS"),
        ("M-1", [LAST], "greeting MOIS"),
        ("M - 2", [MonthSaid(0, back=2)], "greeting MOIS"),
        ("M-3", [], "unknown M, mark -, number 3"),
        ("M", [], "unknown M"),
        ("fevrier et mars", [MonthSaid(2), MARCH], "greeting MOIS, filler ET, greeting MOIS"),
    ],
)
def test_months_are_taken_out_of_the_tokens(text: str, said: list[MonthSaid], rest: str) -> None:
    months, others = take_words(tokens_in(text))
    assert (months, brief(others)) == (said, rest)


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ("DEC 2", [MonthSaid(12, sure=False)], "greeting MOIS, number 2"),
        ("VUS 4 DEC 2", [], "code VUS, number 4, unknown DEC, number 2"),
        ("VUS 4 DEC2", [MonthSaid(12, sure=False)], "code VUS, number 4, greeting MOIS, number 2"),
        ("VUS 4 DEC", [MonthSaid(12, sure=False)], "code VUS, number 4, greeting MOIS"),
        ("VUS 4 DEC 2026", [MonthSaid(12, 2026, sure=False)], "code VUS, number 4, greeting MOIS"),
        ("VUS 4 mars 2", [MARCH], "code VUS, number 4, greeting MOIS, number 2"),
    ],
)
def test_a_short_month_with_a_count_after_a_code_is_a_mistyped_code(
    text: str, said: list[MonthSaid], rest: str
) -> None:
    months, others = take_words(tokens_in(text))
    assert (months, brief(others)) == (said, rest)


@pytest.mark.parametrize(
    ("said", "month", "differ"),
    [
        ([], None, False),
        ([MARCH], MARCH, False),
        ([MARCH, MonthSaid(3, 2026)], MonthSaid(3, 2026), False),
        ([UNSURE, MARCH], MARCH, False),
        ([MonthSaid(3, 2026, sure=False), MARCH], MonthSaid(3, 2026, sure=False), False),
        ([LAST, MonthSaid(0, back=1, sure=False)], LAST, False),
        ([MARCH, MonthSaid(4)], None, True),
        ([MonthSaid(3, 2025), MonthSaid(3, 2026)], None, True),
        ([LAST, MARCH], None, True),
    ],
)
def test_months_agree_on_the_fullest_or_differ(
    said: list[MonthSaid], month: MonthSaid | None, differ: bool
) -> None:
    assert agreed(said) == (month, differ)


@pytest.mark.parametrize(
    ("word", "expected"), [("FEVIRER", True), ("JUI", True), ("MA", False), ("VUS", False)]
)
def test_a_word_that_begins_as_a_month_may_be_a_month(word: str, expected: bool) -> None:
    assert may_be_month(word) is expected
