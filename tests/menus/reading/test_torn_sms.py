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
