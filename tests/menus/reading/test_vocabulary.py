"""The vocabulary: what each word means by itself, what may be cut out of a run, what is counted."""

import pytest

from menus.reading.tokens import Kind
from menus.reading.vocabulary import Meaning, vocabulary_of
from tests.menus.reading.scanning import CATALOGUE, VOCABULARY


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("PEC", Meaning(Kind.KEYWORD, "PEC")),
        ("VUS", Meaning(Kind.CODE, "VUS")),
        ("CON", Meaning(Kind.CODE, "VUS")),
        ("ETAT", Meaning(Kind.COMMAND, "ETAT")),
        ("NEANT", Meaning(Kind.COMMAND, "RAS")),
        ("WI", Meaning(Kind.COMMAND, "OUI")),
        ("NON", Meaning(Kind.COMMAND, "NON")),
        ("MARS", Meaning(Kind.MONTH, value=3)),
        ("AOUT", Meaning(Kind.MONTH, value=8)),
        ("MARISI", Meaning(Kind.MONTH, value=3, doubtful=True)),
        ("SEPT", Meaning(Kind.MONTH, value=9, doubtful=True)),
        ("ME", Meaning(Kind.FILLER)),
        ("BJR", Meaning(Kind.GREETING)),
        ("CAS", Meaning(Kind.UNIT)),
        ("BOITES", Meaning(Kind.PACK)),
        ("FOIS", Meaning(Kind.TIME)),
        ("TRAORE", Meaning(Kind.NAME)),
    ],
)
def test_the_meaning_of_a_word(word: str, meaning: Meaning) -> None:
    assert VOCABULARY.words[word] == meaning


@pytest.mark.parametrize(
    ("word", "is_atom"),
    [
        ("VUS", True),
        ("PEC", True),
        ("MARS", True),
        ("CAS", True),
        ("MARISI", False),
        ("MERCI", False),
        ("TRAORE", False),
    ],
)
def test_what_may_be_cut_out_of_a_run_of_letters(word: str, is_atom: bool) -> None:
    assert (word in VOCABULARY.atoms) is is_atom


@pytest.mark.parametrize(
    ("word", "month"),
    [("FEVIRER", 2), ("SETEMBRE", 9), ("OCTOBRE", None), ("MERS", None), ("XYZ", None)],
)
def test_a_month_of_five_letters_or_more_may_be_mistyped(word: str, month: int | None) -> None:
    assert VOCABULARY.month_near(word) == month


def test_codes_are_in_the_order_of_the_form_and_stock_counts_have_a_unit() -> None:
    assert VOCABULARY.codes["NUT"] == CATALOGUE.forms["NUT"].codes
    assert (VOCABULARY.units["BEB"], VOCABULARY.units["VUS"]) == ("plaquette", None)


def test_a_vocabulary_is_made_once_for_each_catalogue() -> None:
    assert vocabulary_of(CATALOGUE) is vocabulary_of(CATALOGUE)
