"""Preface: tell whether the numbers before the first code of a section are a month or counts."""

from collections.abc import Collection, Sequence
from typing import Final

from menus.model.reading import MonthSaid
from menus.reading.month_numbers import LAST_MONTH, Said, take
from menus.reading.slots import Section, written_reversed
from menus.reading.tokens import Kind, Token

_BEFORE_MONTH: Final = frozenset({"RAPPORT", "RAPORT"})
_NO_SENTENCE: Final = frozenset({Kind.MARK, Kind.GREETING, Kind.NUMBER})
_MOST_DIGITS: Final = 3


def numbers_before_codes(section: Section, known_months: Collection[int]) -> Said:
    """Return the month that the numbers before the first code say; counts are in `rest`.

    Without a keyword before it, a plain `9` is stray: the month, or what was torn from the end
    of the SMS before. `known_months` are those said in words, 1-12, and 0 for a month counted back.
    """
    numbers = [token for token in section.preface if token.kind is Kind.NUMBER]
    if not numbers:
        return Said()
    if section.keyword is None and not section.slots:
        # These belong to a greeting; right before the keyword `03` may still be the month.
        if section.tokens[-1] is numbers[-1] and _padded(numbers[-1]):
            month = MonthSaid(numbers.pop().value)
            return Said((month,), rest=tuple(numbers))
        return Said(rest=tuple(numbers))
    said = take(section.preface)
    if not known_months and _is_stray(section, said, numbers):
        return Said(rest=tuple(numbers[:-1]), stray=numbers[-1])
    if _are_counts(section, said, numbers, known_months):
        return Said(rest=tuple(numbers))
    return said


def _is_stray(section: Section, said: Said, numbers: Sequence[Token]) -> bool:
    """Return whether the last number stands right before the first code, and says no month.

    What is written as a month only (`03`, `0326`, `31/3`) says one. Where the last code lacks its
    number, or commas show it, the numbers may stand before their codes.
    """
    last = numbers[-1]
    if section.behind_keyword or last.doubtful or len(last.text) > _MOST_DIGITS:
        return False
    if _padded(numbers[0]) or (said.months and said.months[0].year):
        return False
    if written_reversed(section) or (last.value > LAST_MONTH and section.ends_in_word):
        return False
    alone = len(numbers) == 1
    if (alone and section.open_end) or (not alone and _in_group(said, numbers)):
        return False
    after = section.preface[section.preface.index(last) + 1 :]
    return all(token.kind is Kind.MARK for token in after)


def _in_group(said: Said, numbers: Sequence[Token]) -> bool:
    """Return whether several numbers are joined to what is, or may be, a month."""
    return said.unclear or len(said.rest) < len(numbers) - 1


def _are_counts(
    section: Section,
    said: Said,
    numbers: Sequence[Token],
    known_months: Collection[int],
) -> bool:
    """Return whether the numbers before the first code are counts, not a month.

    With a month said in words they are counts, unless they say the same month again. Without,
    a lone number is a count where the last code lacks its number, as in `45 VUS 38 FIE`; and
    `3` is a month only outside of sentences, which hold numbers as well.
    """
    if (said.months and said.months[0].year) or _padded(numbers[0]):
        alone = len(numbers) == 1 and not (said.months and said.months[0].year)
        return alone and not known_months and section.open_end and written_reversed(section)
    if known_months:
        again = said.months and said.months[0].month in known_months
        return section.open_end or not again
    if section.open_end and len(numbers) == 1:
        return True
    return bool(said.months) and not _stands_alone(section)


def _stands_alone(section: Section) -> bool:
    """Return whether no word of a sentence is before the first code; `rapport 2` is none."""
    return all(
        token.kind in _NO_SENTENCE or token.text in _BEFORE_MONTH for token in section.preface
    )


def _padded(number: Token) -> bool:
    """Return whether a number is typed as `03`, which a count never is."""
    return len(number.text) == 2 and number.text[0] == "0" and number.value > 0
