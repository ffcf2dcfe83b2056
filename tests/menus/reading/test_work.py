"""The work of reading: whatever the text, it grows no faster than the text."""

import sys
from types import FrameType
from typing import Any

import pytest

from menus.reading.parser import read
from tests.menus.reading.scanning import CATALOGUE

UNITS = [
    "A1", "O", "PAR", "CON 1 ", "XYZ 1 ", "VUS 1 ", "-", "1 ", "11-", "MOIS:", "lOlPARlOl ",
    "SKT VUS ", "Awa 3 ", "76 ", "½", "PARO", "OUI ", "COR ", "POUR KOLA ", "RAS PEC 3 ",
    "ETAT KOLA 03 ", "RUPT ENF 3 jours ", "RUPT a ", "REF 14 M PG ART ", "CRF J3 ", "AIDE LE ",
    "NUMERO K 70 ", "anule x ",
]  # fmt: skip
BEHIND = ["ETAT ", "RUPT ", "REF ", "CRF ", "AIDE ", "NUMERO "]
AFTER_COMMANDS = ["1 ", "a ", "LE ", "J3 ", "14 M "]


def steps(text: str) -> int:
    """Return how many instructions of Python the reading of a text takes."""
    count = 0

    def counted(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        read(text, CATALOGUE)
    finally:
        sys.settrace(before)
    return count


def assert_linear(prefix: str, unit: str) -> None:
    times = 500 // len(unit)
    assert_in_proportion(prefix + unit * times, prefix + unit * 2 * times)


def assert_in_proportion(few: str, many: str) -> None:
    """Assert that a text twice as long takes about twice the work.

    It is read once before: what a catalogue prepares at its first use is not counted.
    """
    read(many, CATALOGUE)
    assert steps(many) < 2.5 * steps(few)


@pytest.mark.parametrize("unit", UNITS)
def test_any_text_over_and_over(unit: str) -> None:
    assert_linear("", unit)


@pytest.mark.parametrize("unit", AFTER_COMMANDS)
@pytest.mark.parametrize("prefix", BEHIND)
def test_any_words_behind_a_command(prefix: str, unit: str) -> None:
    assert_linear(prefix, unit)


def test_many_words_before_many_numbers_of_a_referral() -> None:
    few, many = (f"REF {'PG ' * times}{'1M ' * times}" for times in (75, 150))
    assert_in_proportion(few, many)
