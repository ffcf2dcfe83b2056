"""Truncation: a message of exactly one SMS or part may have lost digits, or a code's end."""

import pytest

from menus.reading.truncation import Ending, ending_of
from tests.menus.reading.scanning import CATALOGUE, brief, tokens_in

WORDS = "Bonjour docteur merci " * 8


def padded(length: int, end: str) -> str:
    """Return a text of a length that ends so; the length is that of Python, not of the SMS."""
    return f"{WORDS[: length - len(end) - 1]}.{end}"


@pytest.mark.parametrize(
    ("length", "end", "cut", "doubted", "last"),
    [
        (160, "VUS 50 FIE 4", True, "number 4", "code FIE, number 4"),
        (159, "VUS 50 FIE 4", False, "", "code FIE, number 4"),
        (154, "VUS 50 FIE 4", False, "", "code FIE, number 4"),
        (153, "VUS 50 FIE 4", True, "number 4", "code FIE, number 4"),
        (152, "VUS 50 FIE 4", True, "number 4", "code FIE, number 4"),
        (151, "VUS 50 FIE 4", False, "", "code FIE, number 4"),
        (151, "[] VUS 4", True, "number 4", "code VUS, number 4"),
        (153, "VUS 50 FIE", True, "", "number 50, code FIE"),
        (153, "VUS 50 F", True, "", "code VUS, number 50"),
        (158, "[] VUS 4", True, "number 4", "code VUS, number 4"),
        (160, "VUS 50 FIE", True, "", "number 50, code FIE"),
        (160, "BEB 0J", True, "", "number 0, filler J"),
        (160, "VUS 50 merci", False, "", "number 50, greeting MERCI"),
        (160, "VUS 50 F", True, "", "code VUS, number 50"),
        (90, "VUS 50 FI", True, "", "code VUS, number 50"),
        (90, "VUS 50 F", False, "", "number 50, unknown F"),
        (90, "VUS 50 XY", False, "", "number 50, unknown XY"),
        (70, "î VUS 4", True, "number 4", "code VUS, number 4"),
        (69, "🙏 VUS 4", True, "number 4", "code VUS, number 4"),
        (71, "î VUS 4", False, "", "code VUS, number 4"),
        (68, "î VUS 4", False, "", "code VUS, number 4"),
        (67, "î VUS 4", True, "number 4", "code VUS, number 4"),
        (66, "î VUS 4", True, "number 4", "code VUS, number 4"),
        (66, "🙏 VUS 4", True, "number 4", "code VUS, number 4"),
        (65, "î VUS 4", False, "", "code VUS, number 4"),
        (30, "î VUS 4", False, "", "code VUS, number 4"),
    ],
)
def test_how_a_message_ends(length: int, end: str, cut: bool, doubted: str, last: str) -> None:
    text = padded(length, end)
    ending = ending_of(text, tokens_in(text), CATALOGUE.code_of)
    assert (ending.cut, brief(ending.tokens[-2:])) == (cut, last)
    assert brief([ending.doubted] if ending.doubted else []) == doubted


def test_a_message_without_words_is_not_cut() -> None:
    assert ending_of("", [], CATALOGUE.code_of) == Ending(cut=False, tokens=[])
