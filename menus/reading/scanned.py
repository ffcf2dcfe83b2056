"""Scanned: an SMS with its normalised text, lexemes and tokens, and the words that they make."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from menus.reading.lexer import Lexeme
from menus.reading.tokens import Kind, Token

_RUN: Final = re.compile(r"\S+")
_AT_THE_ENDS: Final = ".,;:!?\"'()"


class Scanned(NamedTuple):
    """An SMS as the lexer and the tokenizer see it; positions are those of `text`.

    `text` is normalised and keeps its case. `lexemes` are all of the SMS; `tokens` may be only
    those that are left of it when a command was taken out.
    """

    text: str
    lexemes: list[Lexeme]
    tokens: list[Token]


class Word(NamedTuple):
    """A run of characters between spaces, without the punctuation at its ends, upper case."""

    text: str
    tokens: tuple[Token, ...]
    lexemes: tuple[Lexeme, ...]


def words_after(scanned: Scanned, start: int, kept: Collection[int]) -> list[Word]:
    """Return the words from a position on that hold any of the tokens that start at `kept`."""
    token_starts = [token.start for token in scanned.tokens]
    lexeme_starts = [lexeme.start for lexeme in scanned.lexemes]
    found = []
    for first, last in _runs(scanned.text, start):
        tokens = scanned.tokens[_between(token_starts, first, last)]
        if any(token.kind is not Kind.MARK and token.start in kept for token in tokens):
            lexemes = scanned.lexemes[_between(lexeme_starts, first, last)]
            found.append(Word(scanned.text[first:last].upper(), tuple(tokens), tuple(lexemes)))
    return found


def _between(starts: list[int], first: int, last: int) -> slice:
    """Return the places of the starts from `first` to before `last`; they are in order."""
    return slice(bisect_left(starts, first), bisect_left(starts, last))


def tokens_of_words(words: Iterable[Word]) -> list[Token]:
    """Return the tokens of words, in order."""
    return [token for word in words for token in word.tokens]


def lexemes_of_words(words: Iterable[Word]) -> list[Lexeme]:
    """Return the lexemes of words in upper case, in order."""
    return [lexeme._replace(text=lexeme.text.upper()) for word in words for lexeme in word.lexemes]


def _runs(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each word from a position on, without punctuation around it."""
    for run in _RUN.finditer(text, start):
        bare = run[0].lstrip(_AT_THE_ENDS)
        first = run.end() - len(bare)
        last = first + len(bare.rstrip(_AT_THE_ENDS))
        if first < last:
            yield first, last
