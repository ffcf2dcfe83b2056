"""The numbers before the first code: the month, or counts that lack their code."""

import pytest

from menus.model.reading import MonthSaid
from menus.reading.preface import numbers_before_codes
from tests.menus.reading.scanning import brief, section_in

MARCH = MonthSaid(3)


@pytest.mark.parametrize(
    ("text", "months", "rest"),
    [
        ("VUS 4", (), ""),
        ("PEC 03 VUS 4", (MARCH,), ""),
        ("PEC 3 VUS 4", (MARCH,), ""),
        ("PEC 0326 VUS 4", (MonthSaid(3, 2026),), ""),
        ("PEC 03/26 VUS", (MonthSaid(3, 2026),), ""),
        ("PEC rapport 2 VUS 4", (MonthSaid(2),), ""),
        ("PEC de 2 VUS 4", (), "number 2"),
        ("PEC 03 45 VUS 4", (MARCH,), "number 45"),
        ("03 VUS 4", (MARCH,), ""),
        ("03 45 VUS 4", (MARCH,), "number 45"),
        ("0326 VUS 4", (MonthSaid(3, 2026),), ""),
        ("3 2026 VUS 4", (MonthSaid(3, 2026),), ""),
        ("31/3/26 VUS 4", (MonthSaid(3, 2026, sure=False),), ""),
        ("j'ai 3 enfants VUS 4", (), "number 3"),
        ("45 VUS 38 FIE", (), "number 45"),
        ("PEC 03 VUS, 4 FIE, 5 TDR", (), "number 03"),
        ("j'ai 3 enfants", (), "number 3"),
        ("bonjour 3", (), "number 3"),
        ("bonjour 4 03", (MARCH,), "number 4"),
        ("bonjour 03 svp", (), "number 03"),
    ],
)
def test_without_a_month_in_words(text: str, months: tuple[MonthSaid, ...], rest: str) -> None:
    said = numbers_before_codes(section_in(text), ())
    assert (said.months, said.unclear, brief(said.rest)) == (months, False, rest)


@pytest.mark.parametrize(
    ("text", "stray", "rest"),
    [
        ("3 VUS 4", "number 3", ""),
        ("3. VUS 4", "number 3", ""),
        ("=9 VUS 4", "number 9", ""),
        ("00 VUS 4", "number 00", ""),
        ("240 VUS 4", "number 240", ""),
        ("45 VUS 4", "number 45", ""),
        ("9 12 VUS 4", "number 12", "number 9"),
        ("rapport 3 VUS 4", "number 3", ""),
        ("n° 7 VUS 4", "number 7", ""),
        ("bonjour docteur 5 VUS 4", "number 5", ""),
    ],
)
def test_a_plain_number_without_a_keyword_is_stray(text: str, stray: str, rest: str) -> None:
    said = numbers_before_codes(section_in(text), ())
    assert (said.months, said.unclear, brief(said.rest)) == ((), False, rest)
    assert brief([said.stray] if said.stray else []) == stray


@pytest.mark.parametrize("text", ["PEC 3 VUS 4", "3 VUS, 4 FIE, 5", "45 VUS 38 FEI", "½ VUS 4"])
def test_no_number_is_stray(text: str) -> None:
    assert numbers_before_codes(section_in(text), ()).stray is None


def test_a_number_behind_a_command_is_not_stray() -> None:
    section = section_in("10 MAM 5")
    section.behind_command = True
    assert numbers_before_codes(section, ()).months == (MonthSaid(10),)


@pytest.mark.parametrize(
    ("text", "months", "rest"),
    [
        ("PEC 3 VUS 4", (MARCH,), ""),
        ("PEC 03 VUS 4", (MARCH,), ""),
        ("PEC 4 VUS 4", (), "number 4"),
        ("PEC 04 VUS 4", (MonthSaid(4),), ""),
        ("PEC 3 VUS 4 FIE", (), "number 3"),
    ],
)
def test_with_march_said_in_words(text: str, months: tuple[MonthSaid, ...], rest: str) -> None:
    said = numbers_before_codes(section_in(text), (3,))
    assert (said.months, said.unclear, brief(said.rest)) == (months, False, rest)


@pytest.mark.parametrize(
    ("text", "months", "rest"),
    [("PEC 03 04 VUS 4", (MARCH,), "number 04"), ("PEC 00 VUS 4", (), "number 00")],
)
def test_numbers_that_may_be_a_month_are_unclear(
    text: str, months: tuple[MonthSaid, ...], rest: str
) -> None:
    said = numbers_before_codes(section_in(text), ())
    assert (said.months, said.unclear, brief(said.rest)) == (months, True, rest)
