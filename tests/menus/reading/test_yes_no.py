"""OUI and NON: an answer only where nothing else that matters stands beside it."""

import pytest

from menus.reading.yes_no import answer_in
from tests.menus.reading.scanning import tokens_in


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("OUI", "OUI"),
        ("wi", "OUI"),
        ("bonjour oui merci", "OUI"),
        ("PEC oui", "OUI"),
        ("c'est bon oui", "OUI"),
        ("oui Awa", "OUI"),
        ("OUI PAR", "OUI"),
        ("oui pas de probleme", "OUI"),
        ("NON", "NON"),
        ("non ce n'est pas bon", "NON"),
        ("non non", "NON"),
    ],
)
def test_an_answer(text: str, answer: str) -> None:
    assert answer_in(tokens_in(text)) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "merci",
        "RAS",
        "Awa oui",
        "xyz oui",
        "OUI VUS",
        "OUI 28",
        "oui mars",
        "oui BEB J3",
        "oui?",
        "oui mais",
        "oui ce n'est pas bon",
        "non c'est bon",
        "OUI ANNULE",
        "oui COR",
    ],
)
def test_no_answer(text: str) -> None:
    assert answer_in(tokens_in(text)) == ""
