"""Closing: a date, or an operator's footer, behind the last number of a report.

Telephones and operators add lines of their own (`Envoye via SMS gratuit Moov 36`), and agents
date a report as they date a letter (`Kola, le 2 avril`). Neither says a number or the month.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from menus.reading.everyday_words import FOOTERS, HOMONYMS
from menus.reading.month_numbers import CENTURY
from menus.reading.tokens import WORDS, Kind, Token

_BEFORE_PART: Final = frozenset({"MESSAGE", "PAGE", "PARTIE", "PART"})
_YEAR: Final = frozenset({"AN", "ANNEE"})
_UNTIL: Final = frozenset({"AU", "A"})
_JOINTS: Final = frozenset({"/", "-", "."})
_LIGHT: Final = frozenset(":=-.,/*>_")
_DAYS: Final = range(1, 32)
_OF_PAIR: Final = frozenset({Kind.UNIT, Kind.PACK, Kind.TIME, Kind.NUMBER, Kind.TIMED, Kind.DAYS})


def without_closing(tokens: Sequence[Token], may_be_code: Callable[[str], bool]) -> list[Token]:
    """Return the tokens with the numbers and months of a date or footer at the end made words.

    Behind the last code there must be no word with a number that may be a mistyped code.
    """
    start = _after_last_code(tokens)
    rest = tokens[start:]
    if not any(token.kind in WORDS for token in rest) or _has_pair(rest, may_be_code):
        return list(tokens)
    if _is_footer(rest):
        return [*tokens[:start], *map(_as_word, rest)]
    said_before = any(_may_be_month(token) for token in _before_codes(tokens))
    dropped = {place for found in _dates(rest) for place in found}
    dropped |= set(_first_names(rest)) if said_before else set()
    return [
        *tokens[:start],
        *(_as_word(token) if at in dropped else token for at, token in enumerate(rest)),
    ]


def _as_word(token: Token) -> Token:
    if token.kind is Kind.MARK or token.kind is Kind.NAME:
        return token
    return token._replace(kind=Kind.FILLER, text="")


def _after_last_code(tokens: Sequence[Token]) -> int:
    """Return the place behind the last code, its number, days and units; the end without one."""
    last = next((at for at in range(len(tokens) - 1, -1, -1) if _is_code(tokens, at)), None)
    if last is None:
        return len(tokens)
    number = _number_after(tokens, last)
    if number is None:
        return last + 1
    end = number + 1
    while end < len(tokens) and tokens[end].kind in _OF_PAIR:
        end += 1
    return end


def _is_code(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a code stands at a place, and no French word: `par le CSCom`."""
    in_sentence = at + 1 < len(tokens) and tokens[at + 1].kind is Kind.FILLER
    return tokens[at].kind is Kind.CODE and not (in_sentence and tokens[at].text in HOMONYMS)


def _number_after(tokens: Sequence[Token], at: int) -> int | None:
    """Return the place of the number after a code or word, with at most two marks between."""
    for place in range(at + 1, min(at + 4, len(tokens))):
        if tokens[place].kind is Kind.NUMBER:
            return place
        if tokens[place].kind is not Kind.MARK or tokens[place].text not in _LIGHT:
            return None
    return None


def _has_pair(rest: Sequence[Token], may_be_code: Callable[[str], bool]) -> bool:
    """Return whether a word that may be a mistyped code, or a keyword, has a number after it."""
    return any(
        token.kind is Kind.KEYWORD
        or (
            token.kind in {Kind.UNKNOWN, Kind.COMMAND}
            and _number_after(rest, at) is not None
            and may_be_code(token.text)
        )
        for at, token in enumerate(rest)
    )


def _is_footer(rest: Sequence[Token]) -> bool:
    words = {token.text for token in rest}
    in_parts = not words.isdisjoint(_BEFORE_PART) and "/" in words
    return in_parts or not words.isdisjoint(FOOTERS)


def _before_codes(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.kind is Kind.CODE:
            return
        yield token


def _may_be_month(token: Token) -> bool:
    return token.kind in {Kind.NUMBER, Kind.MONTH}


def _dates(rest: Sequence[Token]) -> Iterator[range]:
    """Yield the places of each date with its day (`2 avril 2026`, `2/4/26`) and lone year.

    A span such as `du 1 au 31 mars` says a month, and is none.
    """
    at = 0
    while at < len(rest):
        end = _date_at(rest, at)
        if end > at:
            yield range(at, end)
        at = max(end, at + 1)


def _date_at(rest: Sequence[Token], at: int) -> int:
    """Return the end of the date, or year, that starts at a place; the place without one."""
    token = rest[at]
    before = rest[at - 1] if at else None
    if token.kind is not Kind.NUMBER or before is None or before.text in _UNTIL:
        return at
    if token.value in CENTURY and before.text in _YEAR:
        return at + 1
    after = rest[at + 1] if at + 1 < len(rest) else None
    if token.value not in _DAYS or after is None:
        return at
    if after.kind is Kind.MONTH:
        has_year = at + 2 < len(rest) and rest[at + 2].value in CENTURY
        return at + 2 + has_year
    return _joined(rest, at)


def _joined(rest: Sequence[Token], at: int) -> int:
    """Return the end of two or three numbers joined by a sign (`03/04/2026`); else the place."""
    end = at + 1
    while end - at <= 5 and end + 1 < len(rest) and _joins(rest, end):
        end += 2
    return end if end - at in (3, 5) else at


def _joins(rest: Sequence[Token], at: int) -> bool:
    """Return whether a sign joins the number before it and the one after it."""
    touches = rest[at - 1].glued_to(rest[at]) and rest[at].glued_to(rest[at + 1])
    return rest[at].text in _JOINTS and touches and rest[at + 1].kind is Kind.NUMBER


def _first_names(rest: Sequence[Token]) -> Iterator[int]:
    """Yield the places of months that are first names (`Mai Diarra`)."""
    for at, token in enumerate(rest[:-1]):
        if token.kind is Kind.MONTH and token.titled and rest[at + 1].kind is Kind.NAME:
            yield at
