"""Spelling: one slip, the same keys, one choice or several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.model.catalogue import Catalogue
from menus.reading.spelling import Slips, Speller, one_slip, same_keys


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


@pytest.mark.parametrize(
    ("typed", "commands"),
    [
        ("ANULE", ["ANNULE"]),
        ("ETA", ["ETAT"]),
        ("AID", ["AIDE"]),
        ("PCE", []),
        ("ROUGE", []),
    ],
)
def test_the_commands_that_a_word_may_be(
    typed: str, commands: list[str], catalogue: Catalogue
) -> None:
    assert Speller(catalogue).commands_near(typed) == commands


SHORT = st.text(alphabet="ABC", max_size=5)


@given(st.sets(SHORT, max_size=8), SHORT)
def test_looking_up_slips_is_trying_each_word(words: set[str], typed: str) -> None:
    expected = {word for word in words if one_slip(typed, word)}

    found = Slips(words).near(typed)

    assert (set(found), len(found)) == (expected, len(expected))
