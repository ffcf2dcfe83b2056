"""Named site: find the site that `POUR` names, in one word or several, before the report."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from menus.model.command import COR
from menus.reading.everyday_words import DETERMINERS
from menus.reading.tokens import LEADING, WORDS, Kind, Token

_BEFORE_NAME: Final = frozenset({"LE", "LA", "SITE", "DE", "DU", "L'", "ASC", "VILLAGE"})
_AFTER_NAME: Final = frozenset(
    {"LE", "LES", "DU", "MOIS", "RAPPORT", "RAPORT", "VOICI", "VOILA", "SVP", "STP", "MERCI"}
)
_ENDS: Final = frozenset({":", ",", ";", "\n", "(", "="})
_MOST_WORDS: Final = 5


class Site(NamedTuple):
    """The words of a site's name, upper case, and the place of the token after them.

    There are no words when `POUR` stands alone, so that the site must be asked.
    """

    words: tuple[str, ...]
    end: int


def site_after(text: str, tokens: Sequence[Token], at: int) -> Site | None:
    """Return the site named after the `POUR` at a place; None when `pour` is a mere word.

    `text` is the normalised text that the tokens are of.
    """
    start = at + 1
    while start < len(tokens) and tokens[start].text in _BEFORE_NAME:
        start += 1
    if all(token.kind in LEADING for token in tokens[start:]):
        return Site((), len(tokens)) if not at or start == at + 1 else None
    if not _begins_name(tokens, start):
        return None
    end = start + 1
    while end < len(tokens) and end - start < _MOST_WORDS and _goes_on(tokens, end):
        end += 1
    name = text[tokens[start].start : tokens[end - 1].end].upper().replace(",", " ")
    return Site(tuple(name.split()), end)


def _begins_name(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a name begins at a place. An everyday word is one only before a report."""
    token = tokens[at]
    if token.kind in {Kind.UNKNOWN, Kind.NAME} or token.text.endswith("'"):
        return True
    if token.kind not in WORDS or token.text in DETERMINERS or at + 1 == len(tokens):
        return False
    return tokens[at + 1].kind is Kind.KEYWORD or tokens[at + 1].means == COR


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a name goes on at a place.

    A number of one digit belongs to it only right before a keyword.
    """
    token, before = tokens[at], tokens[at - 1]
    if token.kind is Kind.MARK:
        follows = at + 1 < len(tokens) and tokens[at + 1].kind in WORDS
        return token.text not in _ENDS and before.glued_to(token) and follows
    if token.kind is Kind.NUMBER:
        before_keyword = at + 1 < len(tokens) and tokens[at + 1].kind is Kind.KEYWORD
        return before_keyword and len(token.text) == 1
    return (token.kind in WORDS or token.kind is Kind.LONE) and token.text not in _AFTER_NAME
