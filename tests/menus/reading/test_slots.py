"""Slots: which words take a code's place, and which numbers stand after each."""

import pytest

from menus.reading.slots import Slot, written_reversed
from tests.menus.reading.scanning import brief, section_in


def told(slot: Slot) -> str:
    """Return a slot in few words: `BEB 3 J5`, with `?` for a code in a sentence."""
    numbers = [str(number.value) for number in slot.numbers]
    days = [f"J{number.value}" for number in slot.days]
    timed = [f"T{number.value}" for number in slot.timed]
    parts = [f"{slot.token.text}{'?' * slot.sentence}", *numbers, *days, *timed, slot.pack]
    return " ".join(filter(None, parts))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("VUS 4 FIE 5", ["VUS 4", "FIE 5"]),
        ("VUS 4 5", ["VUS 4 5"]),
        ("VUS:=-4", ["VUS 4"]),
        ("VUS merci 4", ["VUS 4"]),
        ("BEB 0J5", ["BEB 0 J5"]),
        ("BEB J5", ["BEB J5"]),
        ("ENF 0 12 jours", ["ENF 0 T12"]),
        ("ZIN 2 plaquettes", ["ZIN 2 PLAQUETTES"]),
        ("ZIN plaquettes", ["ZIN"]),
    ],
)
def test_numbers_stand_after_their_code(text: str, slots: list[str]) -> None:
    assert [told(slot) for slot in section_in(text).slots] == slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("PEC 03 FEI 4", ["FEI 4"]),
        ("PEC 03 XYZ 4", ["XYZ 4"]),
        ("PEC XYZ 45", ["XYZ 45"]),
        ("PEC XYZ 4", []),
        ("PEC 03 stp 4", ["STP 4"]),
        ("PEC stp 4", []),
        ("VUS 4 ses 2", ["VUS 4", "SES 2"]),
        ("VUS ses 2", ["VUS 2"]),
        ("VUS 4 non 5", ["VUS 4 5"]),
        ("VUS 4 a 3", ["VUS 4 3"]),
        ("VUS 4 X 3", ["VUS 4", "X 3"]),
        ("VUS 4 X3", ["VUS 4 3"]),
        ("VUS 4 FEI", ["VUS 4", "FEI"]),
        ("VUS 4 XYZ", ["VUS 4"]),
        ("FEI", []),
        ("PEC 03 VAL 60", ["VAL 60"]),
    ],
)
def test_a_word_with_a_number_may_be_a_mistyped_code(text: str, slots: list[str]) -> None:
    assert [told(slot) for slot in section_in(text).slots] == slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("plus de SEL", ["SEL?"]),
        ("plus de SEL 3", ["SEL? 3"]),
        ("VUS 4 envoye PAR Awa", ["VUS 4", "PAR?"]),
        ("VUS 4 et SEL 3", ["VUS 4", "SEL 3"]),
        ("VUS 4 merci SEL 3", ["VUS 4", "SEL 3"]),
        ("Awa SEL", ["SEL?"]),
        ("Awa SEL 3", ["SEL 3"]),
    ],
)
def test_a_code_may_be_a_word_of_a_sentence(text: str, slots: list[str]) -> None:
    assert [told(slot) for slot in section_in(text).slots] == slots


@pytest.mark.parametrize(
    ("text", "preface", "open_end", "ends_in_word", "has_days"),
    [
        ("PEC 03 VUS 4", "number 03", False, False, False),
        ("PEC 03 VUS", "number 03", True, True, False),
        ("VUS 4 XYZ", "", False, True, False),
        ("BEB 0J5", "", False, False, True),
        ("bonjour 3", "greeting BONJOUR, number 3", False, False, False),
    ],
)
def test_how_a_section_begins_and_ends(
    text: str, preface: str, open_end: bool, ends_in_word: bool, has_days: bool
) -> None:
    section = section_in(text)
    assert brief(section.preface) == preface
    assert (section.open_end, section.ends_in_word) == (open_end, ends_in_word)
    assert section.has_days is has_days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45 VUS, 38 FIE", True),
        ("PEC 12 VUS, 10 FIE", True),
        ("45 VUS\n38 FIE\n37 TDR", True),
        ("NUT 08: 4 MAM, 6 MAS", True),
        ("45 VUS 38 FIE", False),
        ("VUS 45, FIE 38", False),
        ("VUS 45, 38 FIE", False),
        ("45 VUS, 38 FIE, TDR 3", False),
        ("45 VUS, FIE", False),
    ],
)
def test_commas_show_that_numbers_stand_before_their_codes(text: str, expected: bool) -> None:
    assert written_reversed(section_in(text)) is expected
