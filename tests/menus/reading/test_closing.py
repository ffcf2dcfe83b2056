"""Closing: a date or a footer behind the last number is no number and no month."""

import pytest

from menus.reading.closing import without_closing
from menus.reading.parser import read
from tests.menus.reading.scanning import CATALOGUE, VOCABULARY, brief, tokens_in

CASES = "VUS 45 FIE 38 TDR 37 POS 28 CTA 27 GRV 2 ART 2 IRA 9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0"


def closed(text: str) -> str:
    """Return what is left of the numbers, months and unknown words behind `DCD 0`."""
    tokens = without_closing(tokens_in(f"10 DCD 0 {text}"), VOCABULARY.speller.may_be_code)
    kept = [token for token in tokens[3:] if token.kind in ("number", "month", "unknown")]
    return brief(kept)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ""),
        ("le 2 avril", ""),
        ("Kola, le 2 avril 2026", "unknown KOLA"),
        ("le 03/04/2026", ""),
        ("le 2/4", ""),
        ("transmis le 01/03/26 par le CSCom", ""),
        ("le 04.04.26 a 8h", "number 8"),
        ("bonne annee 2027", ""),
        ("Mai Diarra", ""),
        ("SMS", ""),
        ("Envoye via SMS gratuit Moov 36", ""),
        ("il reste 25 SMS", ""),
        ("Telecel, rechargez au *123#", ""),
        ("Sent from itel 2160", ""),
        ("Message 1/1", ""),
        ("le 32 avril", "number 32, month AVRIL"),
        ("du 1 au 31 mars", "number 1, number 31, month MARS"),
        ("mois de mars", "month MARS"),
        ("mars 2026", "month MARS, number 2026"),
        ("le 2/4/26/7", "number 2"),
        ("le 2 / 4", "number 2, number 4"),
        ("et 12 enfants", "number 12"),
        ("le 2", "number 2"),
        ("SMS, FEI 38", "unknown SMS, unknown FEI, number 38"),
        ("SMS NUT", "unknown SMS"),
        ("12", "number 12"),
    ],
)
def test_dates_and_footers_are_words(text: str, left: str) -> None:
    assert closed(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("VUS 45 Mai Diarra", "code VUS, number 45, month MAI, name DIARRA"),
        ("45 VUS 38 FIE sms", "number 45, code VUS, number 38, code FIE, filler "),
        ("bonjour le 2 avril", "greeting BONJOUR, filler LE, number 2, month AVRIL"),
    ],
)
def test_what_else_stands_in_the_message(text: str, left: str) -> None:
    assert brief(without_closing(tokens_in(text), VOCABULARY.speller.may_be_code)) == left


@pytest.mark.parametrize(
    "end",
    [
        "Fatou Dia",
        "Mme Sy",
        "Mory Say",
        "SMS",
        "Envoye via SMS gratuit Moov 36",
        "il reste 25 SMS",
        "Kola le 2 novembre",
        "DIA",
        "Moussa Con",
        "merci docteur, Mme Ba",
    ],
)
@pytest.mark.parametrize("start", ["PEC 10", "PEC octobre", "PEC 10/2026", "pec 10:"])
def test_no_ending_costs_a_number_or_the_month(start: str, end: str) -> None:
    reading = read(f"{start} {CASES} {end}", CATALOGUE)
    assert reading.month is not None
    assert reading.month.month == 10
    assert [len(filled.values) for filled in reading.filled] == [13]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("end", "personal"), [("Fatou Dia", True), ("SMS", False), ("Kola le 2 novembre", True)]
)
def test_only_a_name_is_reminded_of(end: str, personal: bool) -> None:
    assert read(f"PEC 10 {CASES} {end}", CATALOGUE).personal is personal
