"""Stock words: what stands beside RUPT; a receipt is read like a report and is none."""

import pytest

from menus.model.arguments import Place, Products
from menus.model.catalogue import Catalogue
from menus.reading.parser import read


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("RUPT ENF", {"ENF": None}),
        ("rupt enf, beb", {"ENF": None, "BEB": None}),
        ("RUPT ENF/BEB svp docteur", {"ENF": None, "BEB": None}),
        ("RUPT de ENF et de ATP", {"ENF": None, "ATP": None}),
        ("RUPT ENF 0J3", {"ENF": 3}),
        ("RUPT ENF 3 jours BEB", {"ENF": 3, "BEB": None}),
        ("RUPT", {}),
        ("RUPT VUS", {}),
    ],
)
def test_products_that_ran_out(catalogue: Catalogue, text: str, days: dict[str, int]) -> None:
    reading = read(text, catalogue)
    assert reading.command == "RUPT"
    assert isinstance(reading.arguments, Products)
    assert reading.arguments.days == days


def test_other_words_are_near_a_product_or_a_site(catalogue: Catalogue) -> None:
    said = read("RUPT ENG KOLA BEB 40", catalogue).arguments
    assert isinstance(said, Products)
    expected = ({"ENG": "ENF"}, Place(("KOLA",)), ("BEB",))
    assert (said.near, said.place, said.numbers) == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("RCU ENF 20 ATP 150", {"ENF": 20, "ATP": 150}),
        ("rcu: enf=20; atp=150", {"ENF": 20, "ATP": 150}),
        ("RCU ATP150ENF20", {"ATP": 150, "ENF": 20}),
        ("bonjour RCU ENF 2O", {"ENF": 20}),
        ("RCU", {}),
    ],
)
def test_a_receipt_is_read_as_a_report_is(
    catalogue: Catalogue, text: str, numbers: dict[str, int]
) -> None:
    reading = read(text, catalogue)
    assert reading.command == "RCU"
    found = {code: n for filled in reading.filled for code, n in filled.values.items()}
    assert found == numbers


@pytest.mark.parametrize(
    "text",
    [
        "RCV ENF 20",
        "recu ENF 20",
        "Recue ENF 20",
        "recu 20 ENF",
        "j'ai recu 20 ENF",
        "Bonjour, nous avons bien recu du ENF 20",
    ],
)
def test_a_mistyped_receipt_is_no_stock_count(catalogue: Catalogue, text: str) -> None:
    reading = read(text, catalogue)
    assert (reading.filled, reading.command) == ((), "")
    told = [(problem.key, problem.values["near"]) for problem in reading.problems]
    assert told == [("command_near", "RCU")]
