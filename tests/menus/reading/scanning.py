"""Texts taken through the first steps of reading, for the tests of the later ones."""

from collections.abc import Iterable

from menus.loading.loader import load
from menus.reading.lexer import Lexeme, normalise_input, scan
from menus.reading.scanned import Scanned
from menus.reading.sections import split, without_times
from menus.reading.slots import Section, fill
from menus.reading.tokenizer import tokens_of
from menus.reading.tokens import Token
from menus.reading.vocabulary import vocabulary_of

CATALOGUE = load()
VOCABULARY = vocabulary_of(CATALOGUE)


def scanned(text: str) -> Scanned:
    """Return a text with its lexemes and tokens."""
    normalised = normalise_input(text)
    lexemes = scan(normalised)
    return Scanned(normalised, lexemes, tokens_of(lexemes, VOCABULARY))


def tokens_in(text: str) -> list[Token]:
    """Return the tokens of a text."""
    return scanned(text).tokens


def lexemes_in(text: str) -> list[Lexeme]:
    """Return the lexemes of a text in upper case, as the readers of referrals get them."""
    return scan(normalise_input(text).upper())


def sections_in(text: str) -> list[Section]:
    """Return the sections of a text, without slots."""
    tokens = without_times(tokens_in(text))
    return split(tokens, CATALOGUE, VOCABULARY.speller.forms_near).sections


def section_in(text: str) -> Section:
    """Return the last section of a text, with its slots."""
    section = sections_in(text)[-1]
    fill(section, VOCABULARY.speller.may_be_code)
    return section


def brief(tokens: Iterable[Token]) -> str:
    """Return the kinds and texts of tokens: `code VUS, number 45`."""
    return ", ".join(f"{token.kind} {token.text}" for token in tokens)
