"""The site that POUR names, and where a report begins behind it."""

import pytest

from menus.model.command import POUR
from menus.reading.named_site import Site, site_after
from tests.menus.reading.scanning import scanned


def named(text: str) -> Site | None:
    """Return the site behind the POUR of a text."""
    sms = scanned(text)
    at = next(at for at, token in enumerate(sms.tokens) if token.means == POUR)
    return site_after(sms.text, sms.tokens, at)


@pytest.mark.parametrize(
    ("text", "words", "end"),
    [
        ("POUR KOLA VUS 4", ("KOLA",), 2),
        ("pour kola vus 4", ("KOLA",), 2),
        ("Bonjour POUR KOLA: VUS 4", ("KOLA",), 3),
        ("POUR le site de Kola, VUS 4", ("KOLA",), 5),
        ("POUR L'ASC KOLA PEC", ("KOLA",), 4),
        ("POUR SIRAKORO BA PEC", ("SIRAKORO", "BA"), 3),
        ("POUR KOLA-BA PEC", ("KOLA-BA",), 4),
        ("POUR KOLA/BA VUS", ("KOLA/BA",), 4),
        ("POUR KOLA - BA", ("KOLA",), 2),
        ("POUR N'DEBOUGOU PEC", ("N'DEBOUGOU",), 3),
        ("POUR KOLA 2 PEC", ("KOLA", "2"), 3),
        ("POUR KOLA 22 PEC", ("KOLA",), 2),
        ("POUR KOLA 2 VUS", ("KOLA",), 2),
        ("POUR KOLA l VUS", ("KOLA", "L"), 3),
        ("POUR KOLA le mois de mars", ("KOLA",), 2),
        ("POUR KOLA BA NI DE SO LE PEC", ("KOLA", "BA", "NI", "DE", "SO"), 6),
        ("POUR Awa PEC", ("AWA",), 2),
        ("POUR BA PEC", ("BA",), 2),
        ("POUR BA COR", ("BA",), 2),
    ],
)
def test_a_site_is_named(text: str, words: tuple[str, ...], end: int) -> None:
    assert named(text) == Site(words, end)


@pytest.mark.parametrize(
    ("text", "end"), [("POUR", 1), ("POUR svp", 2), ("Bonjour POUR", 2), ("POUR le", 2)]
)
def test_a_pour_alone_names_no_site_and_must_be_asked(text: str, end: int) -> None:
    assert named(text) == Site((), end)


@pytest.mark.parametrize(
    "text",
    [
        "POUR le mois de mars",
        "POUR PEC VUS 4",
        "POUR 45",
        "POUR BA",
        "POUR BA VUS 4",
        "POUR ce PEC",
        "merci POUR le",
    ],
)
def test_pour_may_be_a_mere_word(text: str) -> None:
    assert named(text) is None
