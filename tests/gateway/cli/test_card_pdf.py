"""Tests of the printed memory card: one A5 page for every form and language, all of it."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from gateway.cli.card_pdf import TooLong, render
from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES
from menus.wording.card import Card, CardLine, card

CATALOGUE = load()
NOW = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
EVERY_CARD = [(form, language) for form in CATALOGUE.forms for language in LANGUAGES]
PEC = card(CATALOGUE, "PEC", "fr")


def read(made: Card) -> PdfReader:
    return PdfReader(io.BytesIO(render(made, NOW)))


def words(reader: PdfReader) -> str:
    """Return all text of the first page, on one line."""
    return " ".join(reader.pages[0].extract_text().split())


def with_lines(count: int) -> Card:
    lines = tuple(
        CardLine(f"A{chr(65 + n // 26)}{chr(65 + n % 26)}", "Label") for n in range(count)
    )
    return replace(PEC, lines=lines, optional_lines=())


@pytest.mark.parametrize(("form", "language"), EVERY_CARD)
def test_one_a5_page(form: str, language: str) -> None:
    reader = read(card(CATALOGUE, form, language))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    millimetres = [round(float(side) * 25.4 / 72) for side in (box.width, box.height)]
    assert millimetres == [148, 210]


@pytest.mark.parametrize(("form", "language"), EVERY_CARD)
def test_everything_stands_on_it(form: str, language: str) -> None:
    made = card(CATALOGUE, form, language)
    found = words(read(made))
    expected = [made.keyword, made.title, made.write, *made.pattern, made.dots, made.privacy]
    for line in (*made.lines, *made.optional_lines):
        expected += [line.code, line.label + "*" * line.uncertain, line.french]
    for note in made.notes:
        expected += [note.heading, note.sample, *note.text.split()]
    assert [text for text in (*expected, made.foot) if text not in found] == []


@pytest.mark.parametrize(("form", "language"), EVERY_CARD)
def test_nothing_lies_outside_the_page_or_upon_the_foot(form: str, language: str) -> None:
    made = card(CATALOGUE, form, language)
    tops: dict[str, float] = {}

    def note_place(text: str, _: object, matrix: list[float], *__: object) -> None:
        if text.strip():
            tops[text.strip()] = matrix[5]
            assert 0 < matrix[4] < 148 * 72 / 25.4

    read(made).pages[0].extract_text(visitor_text=note_place)
    foot = tops.pop(made.privacy)
    others = [top for text, top in tops.items() if text != made.foot]
    assert len(others) > 30
    assert min(others) > foot > 0


@pytest.mark.parametrize("count", [1, 26])
def test_few_fields_and_many(count: int) -> None:
    reader = read(with_lines(count))
    assert len(reader.pages) == 1
    assert words(reader).count("Label") == count


def test_too_many_fields_for_one_page() -> None:
    with pytest.raises(TooLong, match="PEC has 60 fields, too many for one page"):
        render(with_lines(60), NOW)


def test_a_long_label_is_written_smaller_and_not_cut() -> None:
    label = ("Un libellé qui ne finit pas et que personne ne lira " * 3).strip()
    sizes: dict[str, float] = {}

    def note_size(text: str, _: object, __: object, ___: object, size: float) -> None:
        sizes[text.strip()] = size

    read(replace(PEC, lines=(CardLine("VUS", label), *PEC.lines))).pages[0].extract_text(
        visitor_text=note_size
    )
    assert sizes[label] < sizes["Cas de fièvre"] / 2


def test_letters_that_the_fonts_lack_are_written_as_in_an_sms() -> None:
    made = replace(PEC, lines=(CardLine("VUS", "Balodɛsɛ ŋɲɔ ’ع’"),))
    assert "Balodèsè ngnyò '?'" in words(read(made))


def test_the_same_card_at_the_same_time_is_the_same_file() -> None:
    assert render(PEC, NOW) == render(PEC, NOW)
    metadata = read(PEC).metadata
    assert metadata is not None
    assert (metadata.creation_date, metadata.title) == (NOW, f"PEC: {PEC.title}")
