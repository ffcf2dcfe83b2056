"""Signature: the last word is a name where it can be no code that waits for its number."""

import pytest

from menus.reading.parser import read
from menus.reading.signature import drop_signature
from tests.menus.reading.scanning import CATALOGUE, VOCABULARY, section_in


@pytest.mark.parametrize(
    ("text", "slots", "asked"),
    [
        ("PEC 10 VUS 45 DIA 3 Fatou Dia", "VUS DIA", ""),
        ("PEC 10 VUS 45 DIA 3 Dia", "VUS DIA", ""),
        ("PEC 10 VUS 45 Sy", "VUS", ""),
        ("PEC 10 VUS 45 Moussa Con", "VUS", ""),
        ("PEC 10 VUS 45 Mory Say", "VUS", ""),
        ("PEC 10 VUS 45 Awa Dia", "VUS", ""),
        ("PEC VUS 45 Sy", "VUS", ""),
        ("3 VUS 45 Sy", "VUS", ""),
        ("PEC 10 VUS 45 SEL", "VUS", "SEL"),
        ("3 VUS 45 SEL", "VUS SEL", ""),
        ("PEC 10 VUS 45 Dia", "VUS DIA", ""),
        ("PEC 10 VUS 45 FEI", "VUS FEI", ""),
        ("PEC 10 VUS 45 BUS", "VUS", ""),
        ("STK 10 BEB 24 Sy", "BEB SY", ""),
        ("PEC 45 VUS 38 FIE 37 VUS", "VUS FIE VUS", ""),
        ("45 VUS, 38 FIE, 37 VUS", "VUS FIE VUS", ""),
        ("PEC 10 VUS", "VUS", ""),
    ],
)
def test_what_is_dropped(text: str, slots: str, asked: str) -> None:
    section = section_in(text)
    assert drop_signature(section, VOCABULARY) == asked
    assert " ".join(slot.token.text for slot in section.slots) == slots


@pytest.mark.parametrize(
    "text",
    ["PEC 12 VUS 45 FIE 38 TDR", "PEC 10 VUS 45 FIE 38 Dia", "PEC 12 VUS 45 FIE 38 TDT"],
)
def test_what_may_be_numbers_first_is_asked(text: str) -> None:
    reading = read(text, CATALOGUE)
    assert (reading.filled, reading.problems[0].key) == ((), "month_unclear")


def test_a_code_of_another_form_is_asked_alone() -> None:
    reading = read("PEC 10 VUS 45 FIE 38 SEL", CATALOGUE)
    assert [dict(filled.values) for filled in reading.filled] == [{"VUS": 45, "FIE": 38}]
    assert [(problem.key, problem.codes) for problem in reading.problems] == [
        ("code_without_number", ("SEL",))
    ]


@pytest.mark.parametrize("text", ["NUT 10 DEP=147 MAM=12 ABD", "NUT 10 DEP: 147 MAM: 12 ABD"])
def test_a_sign_shows_that_numbers_follow_their_codes(text: str) -> None:
    reading = read(text, CATALOGUE)
    assert [dict(filled.values) for filled in reading.filled] == [{"DEP": 147, "MAM": 12}]
    assert [(problem.key, problem.codes) for problem in reading.problems] == [
        ("code_without_number", ("ABD",))
    ]
