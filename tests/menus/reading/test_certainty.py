"""Certainty: hyphens, aliases and unknown words that make a pair doubtful."""

from collections.abc import Collection

import pytest

from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.reading.certainty import filled_form, foreign_aliases, minus_separates, unknown_code
from menus.reading.pairing import Pair, ask, pair_up
from menus.reading.slots import Section
from tests.menus.reading.scanning import CATALOGUE, VOCABULARY, brief, sections_in, tokens_in


def pairs_in(text: str) -> list[tuple[Section, Pair]]:
    """Return the pairs of a text, each with its section."""
    return [
        (section, pair)
        for section in sections_in(text)
        for pair in pair_up(section, VOCABULARY, ()).pairs
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VUS 4", True),
        ("VUS-45 FIE-38", True),
        ("VUS-45 NND-1", True),
        ("DEP 118 GUE -1 ABD 0", False),
        ("NND -1", False),
        ("VUS -45 FIE 38 TDR 1", False),
    ],
)
def test_a_hyphen_separates_or_stands_for_a_missing_number(text: str, expected: bool) -> None:
    assert minus_separates([pair for _, pair in pairs_in(text)]) is expected


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("SRZ 4", ""),
        ("SRO 4", ""),
        ("PEC 03 VUS 3 SRO 40", ""),
        ("STK BEB 3 PEC SRO 4", ""),
        ("BEB 3 VUS 4 SRO 40", ""),
        ("STK 03 SRO 40", "code SRO"),
        ("BEB 20 SRO 40", "code SRO"),
        ("SRO 40 BEB 3", "code SRO"),
    ],
)
def test_an_alias_beside_codes_of_another_form_is_foreign(text: str, foreign: str) -> None:
    assert brief(foreign_aliases(pairs_in(text), CATALOGUE)) == foreign


@pytest.mark.parametrize(
    ("word", "numbers", "present", "problems"),
    [
        ("FEI", "4", (), [ask("unknown_code_near", typed="FEI", near="FIE", number=4)]),
        ("FEI", "4", ("FIE",), [ask("unknown_code", typed="FEI")]),
        ("FEI", "4 5", (), [ask("unknown_code", typed="FEI")]),
        ("FEI", "", (), [ask("unknown_code", typed="FEI")]),
        ("FEI", "½", (), [ask("unknown_code", typed="FEI")]),
        ("SES", "4", (), [ask("unknown_code", typed="SES")]),
        ("XYZ", "4", (), [ask("unknown_code", typed="XYZ")]),
        (
            "CONSULTANTS",
            "4 5",
            (),
            [ask("number_without_code", number=4), ask("number_without_code", number=5)],
        ),
        ("CONSULTANTS", "", (), []),
    ],
)
def test_a_word_in_a_codes_place_is_asked(
    word: str, numbers: str, present: Collection[str], problems: list[Problem]
) -> None:
    (token,) = tokens_in(word)
    asked = unknown_code(token, tokens_in(numbers), VOCABULARY.speller, present)
    assert list(asked) == problems


def test_a_form_is_filled_in_its_order() -> None:
    pairs = [pair for _, pair in pairs_in("ENF 0J3 VUS 4 BEB 2O")]
    filled = filled_form("STK", CATALOGUE.forms["STK"].codes, pairs)
    assert filled == Filled("STK", {"BEB": 20, "ENF": 0}, {"ENF": 3}, ("BEB",))
    assert list(filled.values) == ["BEB", "ENF"]
