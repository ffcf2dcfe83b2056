"""The pieces of the words behind REF and CRF: meanings, everyday words, and what is neither."""

import pytest

from menus.reading.referral_words import Piece, Pieces, Words
from tests.menus.reading.scanning import lexemes_in

MEANINGS = {"F": "F", "M": "M", "PG": "PG", "ART": "ART", "FG": "fog", "MOIS": "30 days"}
WORDS = Words(MEANINGS, {"F", "M", "PG"})


def pieces(text: str) -> Pieces:
    return WORDS.pieces(lexemes_in(text))


def told(text: str) -> str:
    """Return the pieces of a text in few words, doubtful numbers with a question mark."""
    return ", ".join(
        f"{piece.kind} {piece.text}{'?' * piece.doubtful}" for piece in pieces(text).all
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14 F PG", "number 14, word F, word PG"),
        ("14FPG", "number 14, word F, word PG"),
        ("pgm", "word PG, word M"),
        ("FG", "word FG"),
        ("ARTF", "strange ARTF"),
        ("F" * 12, ", ".join(["word F"] * 12)),
        ("F" * 13, f"strange {'F' * 13}"),
        ("enfant de 14 mois", "plain ENFANT, plain DE, number 14, word MOIS"),
        ("j'ai", "plain J, plain AI"),
        ("REF 4", "plain REF, number 4"),
        ("FM, X", "word F, word M, mark ,, strange X"),
        ("Awa Nana", "strange AWA, strange NANA"),
        ("14 12345", "number 14"),
        ("76123456", ""),
    ],
)
def test_a_text_in_pieces(text: str, expected: str) -> None:
    assert told(text) == expected


def test_a_word_that_can_be_divided_in_two_ways_is_strange() -> None:
    words = Words({"A": "a", "AB": "ab", "BC": "bc", "C": "c"}, {"A", "AB", "BC", "C"})
    assert words.pieces(lexemes_in("ABC")).all == (Piece("strange", "ABC"),)


def test_an_everyday_word_is_not_divided() -> None:
    words = Words({"D": "d", "E": "e"}, {"D", "E"})
    assert words.pieces(lexemes_in("DE ED")).all == (
        Piece("plain", "DE"),
        Piece("word", "E", "e"),
        Piece("word", "D", "d"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14.", "number 14, mark ."),
        ("14 , 5", "number 14, mark ,, number 5"),
        ("1. 5", "number 1, mark ., number 5"),
        ("14-15", "number 14, mark -, number 15"),
        ("4 ½", "number 4, mark ¤"),
        ("1.5", "number 1?, mark ., number 5?"),
        ("1,5", "number 1?, mark ,, number 5?"),
        ("1½", "number 1?, mark ¤"),
        ("1O", "number 1?, strange O"),
        ("l4", "plain L, number 4?"),
    ],
)
def test_a_number_with_a_part_beside_it_is_doubtful(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "phones", "strange", "names"),
    [
        ("14 F", False, [], False),
        ("14 F X", False, ["X"], False),
        ("14 F xyz", False, ["XYZ"], True),
        ("14 F 12345", True, [], False),
        ("14 F tel 76 12 34 56", True, [], False),
    ],
)
def test_what_may_be_personal(text: str, phones: bool, strange: list[str], names: bool) -> None:
    found = pieces(text)
    assert (found.phones, found.names) == (phones, names)
    assert [piece.text for piece in found.strange] == strange


def test_a_number_has_its_value_and_a_word_its_meaning() -> None:
    number, word = pieces("014 mois").all
    assert (number.value, word.means) == (14, "30 days")


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("PGG", "PG"),
        ("GP", "PG"),
        ("ARTT", "ART"),
        ("AR", "ART"),
        ("FF", ""),
        ("XX", ""),
        ("ARTTT", ""),
        ("AMI", ""),
    ],
)
def test_a_short_word_one_slip_away(word: str, meaning: str) -> None:
    assert WORDS.near(word) == meaning
