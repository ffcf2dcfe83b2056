"""Holds up the judging of mistyped words: one slip, the same keys, one choice or several."""

import pytest

from menus.model import Catalogue
from menus.spelling import Speller, one_slip, same_keys


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ("TDR", "TDR", False),
        ("TDX", "TDR", True),
        ("TR", "TDR", True),
        ("TDDR", "TDR", True),
        ("TRD", "TDR", True),
        ("DTR", "TDR", True),
        ("RDT", "TDR", False),
        ("TRDE", "TDR", False),
        ("TDRSS", "TDR", False),
        ("AMX", "MAX", True),
        ("", "A", True),
        ("ABCD", "BADC", False),
    ],
)
def test_one_slip(typed: str, word: str, expected: bool) -> None:
    assert one_slip(typed, word) is expected
    assert one_slip(word, typed) is expected


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ("SES", "RFS", True),
        ("TDP", "TDR", True),
        ("TON", "VNN", True),
        ("VAL", "VAD", False),
        ("SE", "SES", False),
    ],
)
def test_same_keys(typed: str, word: str, expected: bool) -> None:
    assert same_keys(typed, word) is expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("FEI", "FIE"),
        ("SLE", "SEL"),
        ("VNNN", "VNN"),
        ("CIA", ""),
        ("STP", ""),
        ("SES", ""),
        ("PEK", ""),
        ("ROUGE", ""),
    ],
)
def test_the_one_code_that_a_word_must_be(typed: str, code: str, catalogue: Catalogue) -> None:
    assert Speller(catalogue).only_code(typed) == code


def test_an_alias_and_its_code_are_one_choice(catalogue: Catalogue) -> None:
    assert Speller(catalogue).near("SRX") == ["SRZ"]
    assert Speller(catalogue).forms_near("PCE") == ["PEC"]
