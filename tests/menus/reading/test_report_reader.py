"""The report reader: the steps of a report together, without a command before it."""

from typing import Any

import pytest

from menus.model.problem import Problem
from menus.model.reading import Filled, MonthSaid, Reading
from menus.reading.pairing import ask
from menus.reading.report_reader import is_plain, read_report
from tests.menus.reading.scanning import VOCABULARY, tokens_in

MARCH = MonthSaid(3)
WORDS = "Bonjour docteur merci " * 8


def report(text: str) -> Reading:
    return read_report(text, tokens_in(text), VOCABULARY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PEC 03: VUS=45 cas", True),
        ("BEB 0J5", True),
        ("PEC mars VUS 45", False),
        ("VUS 45 merci", False),
        ("VUS 45 FEI 3", False),
        ("COR VUS 45", False),
    ],
)
def test_codes_and_numbers_only_are_plain(text: str, expected: bool) -> None:
    assert is_plain(tokens_in(text)) is expected


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (
            "PEC 03 VUS 45 FIE 3O",
            {
                "filled": (Filled("PEC", {"VUS": 45, "FIE": 30}, repaired=("FIE",)),),
                "month": MARCH,
                "forms_named": ("PEC",),
            },
        ),
        (
            "Bonjour, mars: ENF 0J3, VUS 45. Awa Traore 76123456",
            {
                "filled": (Filled("PEC", {"VUS": 45}), Filled("STK", {"ENF": 0}, {"ENF": 3})),
                "month": MARCH,
                "personal": True,
            },
        ),
        ("mars", {"month": MARCH, "problems": (ask("nothing_understood"),)}),
        (
            "PEC 03 CONSULTANTS 45%",
            {
                "month": MARCH,
                "forms_named": ("PEC",),
                "problems": (ask("nothing_understood"),),
            },
        ),
        (
            "mars avril VUS 45",
            {"problems": (ask("month_unclear"),)},
        ),
        (
            "VUS 45 VUS 45 FIE 3 CON 46 BEB 0J3 BEB 0J4",
            {
                "filled": (Filled("PEC", {"FIE": 3}),),
                "problems": (ask("two_values", "VUS"), ask("two_values", "BEB")),
            },
        ),
        (
            "PEC NUT DEP 3",
            {
                "filled": (Filled("NUT", {"DEP": 3}),),
                "forms_named": ("PEC", "NUT"),
                "problems": (ask("form_without_numbers", form="PEC"),),
            },
        ),
        (
            "BEB 20 SRO 40 SRO 40",
            {
                "filled": (Filled("STK", {"BEB": 20}),),
                "problems": (ask("unknown_code", typed="SRO"),),
            },
        ),
        (
            "DEP 118 GUE -1",
            {
                "filled": (Filled("NUT", {"DEP": 118}),),
                "problems": (ask("code_without_number", "GUE"),),
            },
        ),
        ("plus de SEL", {"problems": (ask("code_without_number", "SEL"),)}),
        (
            "BEB 3 plus de SEL",
            {"filled": (Filled("STK", {"BEB": 3}),)},
        ),
    ],
)
def test_a_report(text: str, reading: dict[str, Any]) -> None:
    assert report(text) == Reading(**reading)


@pytest.mark.parametrize(
    ("end", "values", "problems"),
    [
        ("VUS 45 FIE 3", {"VUS": 45}, (ask("cut", "FIE"),)),
        ("VUS 45 F", {"VUS": 45}, (ask("cut"),)),
        ("VUS 45 merci", {"VUS": 45}, ()),
    ],
)
def test_a_report_of_exactly_one_sms_may_be_cut(
    end: str, values: dict[str, int], problems: tuple[Problem, ...]
) -> None:
    text = f"{WORDS[: 159 - len(end)]}.{end}"
    reading = report(text)
    assert [dict(filled.values) for filled in reading.filled] == [values]
    assert (reading.problems, reading.cut) == (problems, bool(problems))
