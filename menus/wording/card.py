"""The content of a form's memory card, which an agent keeps in the register.

`menus.wording.card_html` lays it out as a page for the browser, `gateway.cli.card_pdf` as a page
for the printer. Unlike an SMS it is paper, so labels keep all their accents; dots stand for the
numbers that the agent counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from menus.model.catalogue import Catalogue, Field, Form

DOTS: Final = ".."
# Dark enough for white letters, and apart from each other in grey as well as in colour.
_COLOURS: Final = ("#8c2f1b", "#1f5c3a", "#3a2f6b", "#6b4a00")


@dataclass(frozen=True, slots=True)
class CardLine:
    """The line of a code: its label, the French label where that differs, and its certainty."""

    code: str
    label: str
    french: str = ""
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class CardNote:
    """A question, what to type (may be empty), and the answer in a sentence."""

    heading: str
    sample: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """The content of a card, from top to bottom.

    `pattern` is the SMS in pieces (`PEC`, `mois`, `VUS ..`), none of which is broken over two
    lines. `foot` explains the asterisk, and is empty where there is none.
    """

    language: str
    keyword: str
    title: str
    kind: str
    number: str
    write: str
    pattern: tuple[str, ...]
    dots: str
    lines: tuple[CardLine, ...]
    optional: str
    optional_lines: tuple[CardLine, ...]
    notes: tuple[CardNote, ...]
    privacy: str
    foot: str
    colour: str


def card(catalogue: Catalogue, keyword: str, language: str) -> Card:
    """Return the card of a form in a language.

    Raises KeyError for a keyword that is no form's.
    """
    form = catalogue.forms[keyword]

    def words(key: str) -> str:
        return _words(catalogue, language, key)

    lines = tuple(_line(field, language) for field in form.fields if field.required)
    optional = tuple(_line(field, language) for field in form.fields if not field.required)
    starred = any(line.uncertain for line in (*lines, *optional))
    return Card(
        language=language,
        keyword=keyword,
        title=form.labels[language],
        kind=words("card_title"),
        number=words("card_number"),
        write=words("card_write"),
        pattern=_pattern(form, words("card_slot")),
        dots=words("card_dots"),
        lines=lines,
        optional=words("card_optional"),
        optional_lines=optional,
        notes=tuple(_notes(catalogue, language, form)),
        privacy=words("card_privacy"),
        foot=f"* {words('card_uncertain')}" if starred else "",
        colour=_COLOURS[list(catalogue.forms).index(keyword) % len(_COLOURS)],
    )


def _words(catalogue: Catalogue, language: str, key: str) -> str:
    """Return a sentence as it is written, with every letter: paper is not limited to GSM-7."""
    return catalogue.words[language].get(key) or catalogue.words["fr"][key]


def _line(field: Field, language: str) -> CardLine:
    label, french = field.labels[language], field.labels["fr"]
    return CardLine(
        code=field.code,
        label=label,
        french="" if label == french else french,
        uncertain=f"labels.{language}" in field.uncertain,
    )


def _pattern(form: Form, month: str) -> tuple[str, ...]:
    return (form.keyword, month, *(f"{code} {DOTS}" for code in form.required))


def _notes(catalogue: Catalogue, language: str, form: Form) -> Iterator[CardNote]:
    """Yield the notes below the codes, without those of commands that the catalogue lacks."""
    programme = catalogue.programme
    month = _words(catalogue, language, "card_slot")
    first = form.codes[0]
    samples = {
        "card_month": ("", ""),
        "card_when": ("", ""),
        "card_correct": ("COR", f"COR {first} {DOTS}"),
        "card_undo": ("ANNULE", "ANNULE"),
        "card_answer": ("OUI", "OUI / NON"),
        "card_help": ("AIDE", f"AIDE {form.keyword}"),
        "card_nothing": ("RAS", f"{form.keyword} {month} RAS"),
    }
    stocks = [field.code for field in form.fields if field.takes_days_out]
    if stocks:
        # RAS means zeros: of a stock form that would report every product out of stock.
        del samples["card_nothing"]
        samples["card_days_out"] = ("", f"{stocks[0]} {DOTS} J {DOTS}")
    for key, (command, sample) in samples.items():
        if not command or command in catalogue.commands:
            text = _words(catalogue, language, f"{key}_text").format(
                assume=programme.assume_previous_until,
                opens=programme.opens_on,
                on_time=programme.on_time_until,
                late=programme.late_until,
            )
            yield CardNote(_words(catalogue, language, key), sample, text)
