"""Months typed in digits: `3`, `03`, `0326`, `03/26`, and less sure forms."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from menus.model.reading import MonthSaid
from menus.reading.tokens import Kind, Token

CENTURY: Final = range(2000, 2100)
LAST_MONTH: Final = 12
_JOINTS: Final = frozenset({"/", "-", "."})


class Said(NamedTuple):
    """The month that digits before the first code say; `rest` are the other numbers, in order.

    `unclear` tells that they may say a month, but not which one. `stray` is a number that may
    be the month, or else belongs to no code; None without one.
    """

    months: tuple[MonthSaid, ...] = ()
    unclear: bool = False
    rest: tuple[Token, ...] = ()
    stray: Token | None = None


def starting_at(tokens: Sequence[Token], at: int) -> tuple[MonthSaid | None, int]:
    """Return the month that the number at a place says, and where it ends; None without one."""
    size = _group(tokens, at)
    month = _of_group(tokens[at : at + 2 * size : 2], _joint(tokens, at, size))
    return month, at + 2 * size - 1


def take(tokens: Sequence[Token]) -> Said:
    """Return the month that the numbers before the first code say, in a section with a keyword.

    Only the first number, or group of numbers joined by `/`, `-` or `.`, can be a month; a
    year may follow it.
    """
    places = [at for at, token in enumerate(tokens) if token.kind is Kind.NUMBER]
    if not places:
        return Said()
    first = places[0]
    size = _group(tokens, first)
    group = tokens[first : first + 2 * size : 2]
    rest = tuple(tokens[at] for at in places[size:])
    month = _of_group(group, _joint(tokens, first, size))
    if month is None:
        return _no_month(tuple(group), rest)
    if size == 1 and month.year is None and rest:
        return _two_numbers(group[0], month, rest)
    return Said((month,), rest=rest)


def _no_month(group: tuple[Token, ...], rest: tuple[Token, ...]) -> Said:
    """Return a count as left over, and a date or a number that looks like a month as unclear."""
    first = group[0]
    count = len(group) == 1 and len(first.text) < 3 and first.value > 31
    return Said(unclear=not count, rest=(*group, *rest))


def _two_numbers(first: Token, month: MonthSaid, rest: tuple[Token, ...]) -> Said:
    """Return the month of two numbers that stand apart.

    `03 2026` is a month with its year; `03 04` could be two months; in `03 45` the 45 has lost
    its code.
    """
    second = rest[0]
    if second.value in CENTURY:
        return Said((MonthSaid(month.month, second.value),), rest=rest[1:])
    same_style = len(second.text) == len(first.text) and 1 <= second.value <= LAST_MONTH
    return Said((month,), unclear=same_style, rest=rest)


def _group(tokens: Sequence[Token], at: int) -> int:
    """Return how many numbers from a place on are joined by a sign each, without a space."""
    size = 1
    while (
        at + 2 < len(tokens)
        and tokens[at + 1].text in _JOINTS
        and tokens[at + 2].kind is Kind.NUMBER
        and tokens[at].glued_to(tokens[at + 1])
        and tokens[at + 1].glued_to(tokens[at + 2])
    ):
        size += 1
        at += 2
    return size


def _joint(tokens: Sequence[Token], at: int, size: int) -> str:
    return tokens[at + 1].text if size > 1 else ""


def _of_group(group: Sequence[Token], joint: str) -> MonthSaid | None:
    if any(token.doubtful for token in group):
        return None
    if len(group) == 1:
        return _of_digits(group[0].text)
    if len(group) == 2:
        return _of_two(group[0], group[1], joint)
    if len(group) == 3:
        return _of_date(*group)
    return None


def _of_digits(digits: str) -> MonthSaid | None:
    """Return the month of one number: `3`, `03`, `0326`; unsure: `032026`, `202603`."""
    if len(digits) <= 2:
        return _month(int(digits))
    if len(digits) == 4 and int(digits) not in CENTURY:
        return _month(int(digits[:2]), 2000 + int(digits[2:]))
    if len(digits) == 6 and int(digits[2:]) in CENTURY:
        return _month(int(digits[:2]), int(digits[2:]), sure=False)
    if len(digits) == 6 and int(digits[:4]) in CENTURY:
        return _month(int(digits[4:]), int(digits[:4]), sure=False)
    return None


def _of_two(first: Token, second: Token, joint: str) -> MonthSaid | None:
    """Return the month of two joined numbers: `03/26`, `03/2026`.

    Unsure are `03.26`, `2026-03` and a day with its month, `31/03`.
    """
    if first.value in CENTURY:
        return _month(second.value, first.value, sure=False)
    if second.value in CENTURY:
        return _month(first.value, second.value, sure=joint != ".")
    if len(second.text) == 2 and 12 < second.value < 100:
        return _month(first.value, 2000 + second.value, sure=joint == "/")
    if 12 < first.value <= 31:
        return _month(second.value, sure=False)
    return None


def _of_date(first: Token, second: Token, third: Token) -> MonthSaid | None:
    """Return the month of a date, day first or year first; always unsure."""
    if first.value in CENTURY:
        return _month(second.value, first.value, sure=False)
    year = third.value if third.value in CENTURY else 2000 + third.value
    return _month(second.value, year, sure=False) if year in CENTURY else None


def _month(month: int, year: int | None = None, *, sure: bool = True) -> MonthSaid | None:
    return MonthSaid(month, year, sure) if 1 <= month <= LAST_MONTH else None
