"""Months typed in words, with or without a year; those in digits are read by `month_numbers`.

Beyond doubt are `3`, `03`, `mars`, `0326`, `03/26`, `03/2026`, `03 2026`, `mars 2026` and
`mois 03`. Abbreviations, Bambara names, dates (`31/03/26`) and unusual orders (`2026-03`,
`032026`) are taken as unsure, to be read back. `03 04` and the like are unclear.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from menus.model.reading import MonthSaid
from menus.reading.month_numbers import CENTURY, starting_at
from menus.reading.tokens import Kind, Token

_BEGINNINGS: Final = frozenset(
    {"JAN", "FEV", "MAR", "AVR", "MAI", "JUI", "AOU", "SEP", "OCT", "NOV", "DEC"}
)
_HINTS: Final = frozenset({"MOIS", "M"})
_BEFORE: Final = frozenset({"PASSE", "DERNIER", "ECOULE", "PRECEDENT"})


def may_be_month(word: str) -> bool:
    """Return whether a word begins as a month does (`fevirer`), so that it must be asked."""
    return word[:3] in _BEGINNINGS


def take_words(tokens: Sequence[Token]) -> tuple[list[MonthSaid], list[Token]]:
    """Return the months said in words (`mars 2026`, `mois de 03`, `M-1`), and the other tokens.

    Each month leaves a GREETING in its place, so that its two sides stay apart.
    """
    if not any(token.kind is Kind.MONTH or token.text in _HINTS for token in tokens):
        return [], list(tokens)
    said: list[MonthSaid] = []
    rest: list[Token] = []
    at, in_pairs = 0, False
    while at < len(tokens):
        token = tokens[at]
        in_pairs |= token.kind is Kind.CODE
        if in_pairs and _is_slip(tokens, at):
            rest.append(token._replace(kind=Kind.UNKNOWN))
            at += 1
            continue
        month, after = _in_words(tokens, at)
        if month is None:
            rest.append(token)
        else:
            said.append(month)
            last = tokens[after - 1]
            rest.append(Token(Kind.GREETING, "MOIS", token.start, last.end))
        at = after if month else at + 1
    return said, rest


def _is_slip(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a doubtful month is rather a mistyped code (`DEC 2` after a code)."""
    token = tokens[at]
    if token.kind is not Kind.MONTH or not token.doubtful or at + 1 == len(tokens):
        return False
    number = tokens[at + 1]
    return number.kind is Kind.NUMBER and number.value not in CENTURY and not token.glued_to(number)


def _in_words(tokens: Sequence[Token], at: int) -> tuple[MonthSaid | None, int]:
    """Return the month that starts at a token, and where it ends; None without one."""
    token = tokens[at]
    if token.kind is Kind.MONTH:
        return _named(tokens, at)
    if token.text == "MOIS" and not (at and tokens[at - 1].kind is Kind.NUMBER):
        return _after_mois(tokens, at + 1)
    if token.text == "M" and at + 2 < len(tokens) and tokens[at + 1].text == "-":
        number = tokens[at + 2]
        if number.kind is Kind.NUMBER and number.value in (1, 2):
            return MonthSaid(0, back=number.value), at + 3
    return None, at


def _named(tokens: Sequence[Token], at: int) -> tuple[MonthSaid, int]:
    """Return a month in letters, with the year after it when there is one, and its end."""
    token = tokens[at]
    after = at + 1
    if after < len(tokens) and tokens[after].text in {"/", "-", "."}:
        after += 1
    if after < len(tokens) and tokens[after].kind is Kind.NUMBER:
        year = tokens[after]
        if year.value in CENTURY:
            return MonthSaid(token.value, year.value, not token.doubtful), after + 1
        if len(year.text) == 2 and token.glued_to(year):
            return MonthSaid(token.value, 2000 + year.value, sure=False), after + 1
    return MonthSaid(token.value, sure=not token.doubtful), at + 1


def _after_mois(tokens: Sequence[Token], at: int) -> tuple[MonthSaid | None, int]:
    """Return the month behind `mois` (`mois de 03`, `mois: 3`, `mois passe`), and its end.

    None for a named month, which is found by itself.
    """
    while at < len(tokens) and tokens[at].text in {"DE", ":", "=", "-", "."}:
        at += 1
    if at < len(tokens) and tokens[at].text in _BEFORE:
        return MonthSaid(0, back=1, sure=False), at + 1
    if at < len(tokens) and tokens[at].kind is Kind.NUMBER:
        return starting_at(tokens, at)
    return None, at


def agreed(said: Iterable[MonthSaid]) -> tuple[MonthSaid | None, bool]:
    """Return the month that all of these mean, as it was said most fully, and whether they differ.

    None when none was said, or when they differ.
    """
    ordered = sorted(said, key=lambda month: (month.year is not None, month.sure), reverse=True)
    if not ordered:
        return None, False
    best = ordered[0]
    same = all(
        (month.month, month.back) == (best.month, best.back) and month.year in (None, best.year)
        for month in ordered
    )
    return (best, False) if same else (None, True)
