"""The read-back of a report's numbers in each style."""

import pytest

from menus.model.catalogue import Catalogue
from menus.wording.read_back import read_back


@pytest.mark.parametrize(
    ("glued", "coded", "text"),
    [
        (False, False, "CTA-beb 0 (12j), CTA-enf 5, Tests (3j)."),
        (True, False, "CTA-beb0j12 CTA-enf5 Testsj3."),
        (True, True, "BEB0j12 ENF5 KITj3."),
        (False, True, "BEB 0 (12j), ENF 5, KIT (3j)."),
    ],
)
def test_each_number_stands_once_in_the_order_of_the_form(
    catalogue: Catalogue, glued: bool, coded: bool, text: str
) -> None:
    values, days_out = {"ENF": 5, "BEB": 0}, {"KIT": 3, "BEB": 12}
    found = read_back(catalogue, "fr", "STK", values, days_out, glued=glued, coded=coded)
    assert found == text


def test_a_doubtful_number_has_a_question_mark(catalogue: Catalogue) -> None:
    values = {"VUS": 45, "FIE": 38}
    found = read_back(catalogue, "fr", "PEC", values, {}, glued=True, doubtful=("FIE",))
    assert found == "Vus45 Fievre38?."


def test_without_numbers_there_is_nothing(catalogue: Catalogue) -> None:
    assert read_back(catalogue, "fr", "PEC", {}, {}, glued=False) == ""
