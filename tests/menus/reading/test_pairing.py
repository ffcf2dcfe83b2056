"""Pairing: each code with its number, or the question that is asked instead."""

import pytest

from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.reading.pairing import Paired, ask, pair_up
from tests.menus.reading.scanning import VOCABULARY, sections_in

NO_NUMBER = "code_without_number"


def paired(text: str, *known_months: int) -> Paired:
    """Return the pairs of the last section of a text."""
    return pair_up(sections_in(text)[-1], VOCABULARY, known_months)


def values_of(found: Paired) -> dict[str, int]:
    return {pair.token.means: pair.number.value for pair in found.pairs}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("PEC 03 VUS 45 FIE 38", {"VUS": 45, "FIE": 38}),
        ("45 VUS 38 FIE", {"VUS": 45, "FIE": 38}),
        ("PEC 12 VUS, 10 FIE, 9 TDR", {"VUS": 12, "FIE": 10, "TDR": 9}),
        ("BEB 3 plaquettes", {"BEB": 3}),
    ],
)
def test_codes_and_numbers_in_pairs(text: str, values: dict[str, int]) -> None:
    found = paired(text)
    assert values_of(found) == values
    assert (found.problems, found.unknown, found.bare, found.unclear_month) == ([], [], [], False)


def test_a_pair_ends_with_its_last_number() -> None:
    found = paired("VUS 45 BEB 0J5")
    assert [(pair.token.means, pair.days, pair.end) for pair in found.pairs] == [
        ("VUS", None, 6),
        ("BEB", 5, 14),
    ]


@pytest.mark.parametrize(
    ("text", "values", "problems"),
    [
        ("VUS", {}, [ask(NO_NUMBER, "VUS")]),
        ("VUS 4 5", {}, [ask("two_numbers", "VUS")]),
        ("VUS 45%", {}, [ask(NO_NUMBER, "VUS")]),
        ("VUS 2 fois", {}, [ask(NO_NUMBER, "VUS")]),
        ("VUS 45J3", {}, [ask("days_out_unexpected", "VUS")]),
        ("BEB J5", {}, [ask("days_out_without_stock", "BEB")]),
        ("BEB 3 J5 J6", {}, [ask("two_numbers", "BEB")]),
        ("BEB 3 J½", {}, [ask(NO_NUMBER, "BEB")]),
        ("BEB 0 12 jours", {"BEB": 0}, [ask("number_without_code", number=12)]),
        ("ZIN 2 plaquettes", {}, [ask(NO_NUMBER, "ZIN")]),
        ("plus de SEL 3", {}, [ask(NO_NUMBER, "SEL")]),
        ("45 VUS, 38 FIE, 37", {"VUS": 45}, [ask("two_numbers", "FIE")]),
        ("PEC 03 45 VUS 4", {"VUS": 4}, [ask("number_without_code", number=45)]),
        ("PEC 03 ½ VUS 4", {"VUS": 4}, [ask("number_odd")]),
    ],
)
def test_what_is_in_doubt_is_asked(
    text: str, values: dict[str, int], problems: list[Problem]
) -> None:
    found = paired(text)
    assert (values_of(found), found.problems) == (values, problems)


def test_a_question_is_of_level_ask() -> None:
    assert ask("two_numbers", "VUS") == Problem("two_numbers", Level.ASK, ("VUS",))


@pytest.mark.parametrize(
    ("text", "known", "values", "unclear"),
    [
        ("PEC mars 4 VUS 45 FIE", (3,), {"VUS": 4, "FIE": 45}, False),
        ("PEC mars 3 VUS 45 FIE", (3,), {}, True),
        ("PEC 12 VUS 10 FIE", (), {}, True),
        ("PEC 03 26 VUS 20 FIE", (), {}, True),
        ("5 BEB 0J3 KIT", (), {}, True),
        ("PEC 03 04 VUS 3", (), {"VUS": 3}, True),
    ],
)
def test_a_number_that_may_be_the_month_makes_it_unclear(
    text: str, known: tuple[int, ...], values: dict[str, int], unclear: bool
) -> None:
    found = paired(text, *known)
    assert (values_of(found), found.unclear_month, found.problems) == (values, unclear, [])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("45 VUS 38 FIE 37", ["VUS", "FIE"]),
        ("45 VUS FIE 38 TDR", ["VUS", "FIE", "TDR"]),
        ("45 VUS 38 ROUGE", ["VUS"]),
    ],
)
def test_what_could_be_read_both_ways_is_asked_as_a_whole(text: str, codes: list[str]) -> None:
    found = paired(text)
    asked = [ask("number_without_code", number=45), *(ask(NO_NUMBER, code) for code in codes)]
    assert (values_of(found), found.problems) == ({}, asked)


@pytest.mark.parametrize(
    ("text", "values", "unknown"),
    [
        ("PEC 03 FEI 4", {}, [("FEI", [4])]),
        ("45 VUS 38 FEI", {"VUS": 45}, [("FEI", [38])]),
        ("45 VUS FEI 38 XYZ", {}, [("FEI", [])]),
        ("VUS 4 FEI", {"VUS": 4}, [("FEI", [])]),
    ],
)
def test_words_in_a_codes_place_keep_their_numbers(
    text: str, values: dict[str, int], unknown: list[tuple[str, list[int]]]
) -> None:
    found = paired(text)
    told = [(word.text, [number.value for number in numbers]) for word, numbers in found.unknown]
    assert (values_of(found), told) == (values, unknown)


def test_a_code_in_a_sentence_without_a_number_is_bare() -> None:
    found = paired("plus de SEL")
    assert (found.bare, found.pairs, found.problems) == (["SEL"], [], [])
