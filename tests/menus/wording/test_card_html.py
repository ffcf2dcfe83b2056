"""The memory card as HTML: escaped, in order, and on one page."""

import re
from dataclasses import replace

import pytest

from menus.wording.card import Card, CardLine, CardNote
from menus.wording.card_html import page

CARD = Card(
    language="fr",
    keyword="PEC",
    title="Prise en charge <5 ans",
    kind="Carte",
    number="No",
    write="Ecrivez",
    pattern=("PEC", "mois", "VUS .."),
    dots="Points & nombres",
    lines=(CardLine("VUS", "Vus"), CardLine("FIE", "Fari", "Fièvres", uncertain=True)),
    optional="facultatif",
    optional_lines=(CardLine("VUF", "Filles"),),
    notes=(CardNote("Erreur?", "COR VUS ..", "Corrigez."), CardNote("Quand?", "", "Le 25.")),
    privacy="Pas de nom",
    foot="* à vérifier",
    colour="#8c2f1b",
)


def test_every_row_has_its_code_label_and_remark() -> None:
    rows = re.findall("<tr.*</tr>", page(CARD))
    assert rows == [
        "<tr><td>VUS</td><td>Vus</td><td></td></tr>",
        "<tr><td>FIE</td><td>Fari*</td><td>Fièvres</td></tr>",
        '<tr class="extra"><td>VUF</td><td>Filles</td><td>facultatif</td></tr>',
    ]


def test_a_note_shows_what_to_type_where_there_is_something() -> None:
    notes = re.findall("<div>(?:<code>|<h3>).*</div>", page(CARD))
    assert notes == [
        "<div><code>COR VUS ..</code><h3>Erreur?</h3><p>Corrigez.</p></div>",
        "<div><h3>Quand?</h3><p>Le 25.</p></div>",
    ]


def test_texts_are_escaped_and_the_pattern_is_in_pieces() -> None:
    text = page(CARD)
    assert "<h2>Prise en charge &lt;5 ans</h2>" in text
    assert "<p>Points &amp; nombres</p>" in text
    assert '<p class="sms"><span>PEC</span> <span>mois</span> <span>VUS ..</span></p>' in text


@pytest.mark.parametrize(
    ("count", "row", "letters"), [(3, "8.00", "11.50"), (12, "7.67", "11.50"), (23, "4.00", "7.00")]
)
def test_more_rows_are_lower_and_their_letters_smaller(count: int, row: str, letters: str) -> None:
    lines = (CardLine("VUS", "Vus"),) * count
    text = page(replace(CARD, lines=lines, optional_lines=()))
    assert re.findall(r"height: ([0-9.]+)mm; padding: 0 1mm", text) == [row]
    assert re.findall(r"font-size: ([0-9.]+)pt }\ntd", text) == [letters]
