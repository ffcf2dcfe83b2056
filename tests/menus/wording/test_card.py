"""The memory card: every code with its label, dots for numbers, nothing unescaped."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES, Catalogue
from menus.wording.card import card
from menus.wording.card_html import page

CATALOGUE = load()
EVERY_CARD = [(form, language) for form in CATALOGUE.forms for language in LANGUAGES]


class Reader(HTMLParser):
    """What a browser would show, and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.attributes: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style" and data.strip():
            self.texts.append(data.strip())


def with_field(code: str, **changed: object) -> Catalogue:
    """Return the shipped catalogue with one field of NUT changed."""
    form = CATALOGUE.forms["NUT"]
    fields = tuple(
        replace(field, **changed) if field.code == code else field for field in form.fields
    )
    return replace(CATALOGUE, forms={**CATALOGUE.forms, "NUT": replace(form, fields=fields)})


@pytest.mark.parametrize(("form", "language"), EVERY_CARD)
def test_every_code_stands_beside_its_label(form: str, language: str) -> None:
    made = card(CATALOGUE, form, language)
    lines = {line.code: line.label for line in (*made.lines, *made.optional_lines)}
    fields = CATALOGUE.forms[form].fields
    assert lines == {field.code: field.labels[language] for field in fields}
    texts = Reader(page(made)).texts
    for code, label in lines.items():
        assert texts[texts.index(code, texts.index(made.dots)) + 1].removesuffix("*") == label


@pytest.mark.parametrize(("form", "language"), EVERY_CARD)
def test_a_page_is_whole_and_fetches_nothing(form: str, language: str) -> None:
    html = page(card(CATALOGUE, form, language))
    read = Reader(html)
    assert read.open == []
    assert not {"script", "link", "img", "iframe", "object"} & set(read.names)
    assert not {"src", "href", "onload", "onclick"} & set(read.attributes)
    assert "@page { size: A5 portrait" in html
    assert "http" not in html
    assert "url(" not in html


def test_what_to_write_has_dots_for_every_number() -> None:
    made = card(CATALOGUE, "SMI", "fr")
    assert " ".join(made.pattern) == (
        "SMI mois VAD .. CPN .. VNN .. NND .. PIL .. INJ .. CDM .. EDU .."
    )
    samples = [note.sample for note in made.notes if note.sample]
    assert samples == ["COR VAD ..", "ANNULE", "OUI / NON", "AIDE SMI", "SMI mois RAS"]


def test_a_stock_card_tells_of_days_out_and_not_of_nothing_to_tell() -> None:
    samples = [note.sample for note in card(CATALOGUE, "STK", "fr").notes]
    assert "BEB .. J .." in samples
    assert not any("RAS" in sample for sample in samples)


def test_the_days_are_those_of_the_programme() -> None:
    programme = replace(CATALOGUE.programme, opens_on=26, on_time_until=4, late_until=9)
    texts = [note.text for note in card(replace(CATALOGUE, programme=programme), "PEC", "fr").notes]
    assert "À partir du 26. À l'heure jusqu'au 4 du mois suivant, en retard jusqu'au 9." in texts


def test_a_command_that_the_catalogue_lacks_is_not_taught() -> None:
    commands = {
        key: command for key, command in CATALOGUE.commands.items() if key not in {"RAS", "COR"}
    }
    made = card(replace(CATALOGUE, commands=commands), "PEC", "fr")
    assert [note.sample for note in made.notes if note.sample] == [
        "ANNULE",
        "OUI / NON",
        "AIDE PEC",
    ]


@pytest.mark.parametrize(
    ("form", "starred"), [("PEC", {"IRA", "SRZ"}), ("SMI", {"VAD"}), ("STK", set())]
)
def test_labels_that_nobody_has_confirmed_are_starred(form: str, starred: set[str]) -> None:
    made = card(CATALOGUE, form, "bm")
    assert {line.code for line in made.lines if line.uncertain} == starred
    assert made.foot == ("* Traduction à confirmer." if starred else "")
    texts = Reader(page(made)).texts
    assert sum(text.endswith("*") for text in texts) == len(starred)
    assert card(CATALOGUE, form, "fr").foot == ""


def test_a_translated_label_has_the_french_beside_it() -> None:
    lines = {line.code: line for line in card(CATALOGUE, "PEC", "bm").lines}
    assert (lines["FIE"].label, lines["FIE"].french) == ("Farigan", "Cas de fièvre")
    assert all(line.french == "" for line in card(CATALOGUE, "PEC", "fr").lines)
    assert all(line.french == "" for line in card(CATALOGUE, "STK", "bm").lines)


def test_letters_outside_the_sms_alphabet_stand_on_paper() -> None:
    label = "Balodɛsɛ ŋɲɔ"
    html = page(card(with_field("MAM", labels={"fr": label, "bm": label}), "NUT", "fr"))
    assert f"<td>{label}</td>" in html


def test_everything_from_the_catalogue_is_escaped() -> None:
    spoilt = '<script>"&</script>'
    html = page(card(with_field("MAM", labels={"fr": spoilt, "bm": spoilt}), "NUT", "fr"))
    assert "<script>" not in html
    assert "&lt;script&gt;&quot;&amp;&lt;/script&gt;" in html
    assert "Enfants &lt;5 ans vus" in page(card(CATALOGUE, "PEC", "fr"))


def test_a_keyword_of_no_form() -> None:
    with pytest.raises(KeyError):
        card(CATALOGUE, "COR", "fr")
