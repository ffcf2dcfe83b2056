"""Parts of a long SMS that come one by one: no half number, no month from a stray number."""

import pytest

from menus.gsm7 import PART_OF_MANY, septets
from menus.reading.parser import read
from tests.menus.reading.scanning import CATALOGUE

STOCK = (
    f"Bonjour chef voici le rapport de stock{'.' * 43} STK 10 BEB 24 ENF 20 KIT 30 SEL 40"
    " ZIN 200 MOX 300 SUP 6 ATP 150 PAR 20"
)
CASES = "ɛ...... PEC 10 VUS 45 FIE 38 TDR 37 POS 28 CTA 27 GRV 2 ART 2 IRA 1"


@pytest.mark.parametrize(
    ("text", "code", "kept"),
    [(STOCK, "PAR", 8), (STOCK[:23] + STOCK[24:], "PAR", 8), (CASES, "IRA", 7)],
)
def test_the_last_number_of_a_first_part_is_asked(text: str, code: str, kept: int) -> None:
    reading = read(text, CATALOGUE)
    assert [(problem.key, problem.codes) for problem in reading.problems] == [("cut", (code,))]
    (filled,) = reading.filled
    assert code not in filled.values
    assert len(filled.values) == kept


def test_the_texts_have_the_length_of_a_part() -> None:
    assert septets(STOCK) == PART_OF_MANY
    assert len(CASES) == 67


@pytest.mark.parametrize(
    ("text", "stray", "values"),
    [
        ("9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0", 9, 5),
        (" 10 RFS 3 DCD 0", 10, 2),
        (" 2 IRA 9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0", 2, 6),
        ("11 SRZ 10 RFS 3", 11, 2),
        ("=1 SOD=0 RST=15", 1, 2),
        ("-10 IRA-16 AMX-15 DCD-0", 10, 3),
        ("5, Edu 10", 5, 1),
        ("0 PAR 220 PLQ 21 SAY 15", 0, 3),
        ("00 edu 12", 0, 1),
        ("8 ABD 0 SOD 0 RST 6 Merci", 8, 3),
    ],
)
def test_the_first_number_of_a_second_part_is_no_month(text: str, stray: int, values: int) -> None:
    reading = read(text, CATALOGUE)
    assert (reading.month, reading.stray_number, reading.problems) == (None, stray, ())
    assert sum(len(filled.values) for filled in reading.filled) == values


@pytest.mark.parametrize(
    ("text", "month", "keys"),
    [
        ("PEC 9 AMX 9", 9, []),
        ("PCE 9 AMX 9", 9, []),
        ("COR 9 AMX 9", 9, []),
        ("mois 9 AMX 9", 9, []),
        ("09 AMX 9", 9, []),
        ("9 AMX 9 PEC 09 VUS 4", 9, []),
        ("9 AMX 9 PEC 10 VUS 4", 10, ["number_without_code"]),
        ("septembre 9 AMX 9", 9, []),
        ("PEC 31 VUS 40", None, ["month_unclear"]),
        ("STK 0 BEB 24", None, ["month_unclear"]),
        ("9 AMX 9 PEC 09 VUS 4 NUT 10 DEP 3", None, ["month_unclear", "number_without_code"]),
    ],
)
def test_a_number_with_a_month_is_settled(text: str, month: int | None, keys: list[str]) -> None:
    reading = read(text, CATALOGUE)
    assert (reading.month.month if reading.month else None) == month
    assert [problem.key for problem in reading.problems][: len(keys)] == keys
    assert (reading.stray_number, bool(reading.problems)) == (None, bool(keys))
