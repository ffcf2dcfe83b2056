"""Pairing: put the codes and numbers of a section of an SMS together, or ask about them.

Usually a number follows its code; where the whole section is written the other way round
(`45 VUS, 38 FIE`), it stands before. What could be either is never paired.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.programme import EMPTY
from menus.model.reading import MonthSaid
from menus.reading.lexer import ODD
from menus.reading.month_numbers import LAST_MONTH
from menus.reading.preface import numbers_before_codes
from menus.reading.signature import drop_signature
from menus.reading.slots import Section, Slot, fill, written_reversed
from menus.reading.tokens import Kind, Token
from menus.reading.vocabulary import Vocabulary

_YEARS: Final = range(20, 40)


class Pair(NamedTuple):
    """A code with its number, beyond doubt.

    `days` are the days out of a stock count, None when none were said. `end` is the end of the
    last number of the pair in the normalised text.
    """

    token: Token
    number: Token
    days: int | None
    end: int


@dataclass(slots=True)
class Paired:
    """The pairs of a section, and what else it says.

    `unknown` are the words in a code's place with the numbers after them, `bare` the codes in a
    sentence without a number, `months` the months said in digits. With `unclear_month` the
    section may say a month, but not which one; `stray` is a number that may be the month, None
    without one.
    """

    pairs: list[Pair] = field(default_factory=list)
    unknown: list[tuple[Token, list[Token]]] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    months: list[MonthSaid] = field(default_factory=list)
    unclear_month: bool = False
    problems: list[Problem] = field(default_factory=list)
    stray: Token | None = None


def ask(key: str, *codes: str, **values: object) -> Problem:
    """Return a question to the agent; `codes` and `values` are those of its sentence."""
    return Problem(key, Level.ASK, codes, values)


def pair_up(
    section: Section,
    vocabulary: Vocabulary,
    known_months: Collection[int],
) -> Paired:
    """Fill the slots of a section and return its pairs.

    `known_months` are those said in words, 1-12, and 0 for a month counted back.
    """
    fill(section, vocabulary.speller.may_be_code)
    asked = drop_signature(section, vocabulary) if section.open_end else ""
    before_codes = numbers_before_codes(section, known_months)
    leftover = list(before_codes.rest)
    paired = Paired(months=list(before_codes.months), unclear_month=before_codes.unclear)
    if asked:
        paired.problems.append(ask("code_without_number", asked))
    stray = before_codes.stray
    if stray is not None and stray.value > LAST_MONTH and _either_way(section, paired, [stray]):
        _ask_all(section, paired, [*leftover, stray])
        return paired
    paired.stray = stray
    if leftover and stray is None and section.ends_in_word:
        _pair_reversed(section, paired, leftover, known_months)
        return paired
    if leftover and stray is None and not known_months and _either_way(section, paired, leftover):
        _ask_all(section, paired, leftover)
        return paired
    if leftover and stray is None and written_reversed(section) and not section.has_days:
        _shift(section, leftover.pop())
    if not paired.unclear_month:
        paired.problems.extend(_without_code(leftover))
    _pair_slots(section, paired, vocabulary.units)
    return paired


def _without_code(numbers: Sequence[Token]) -> Iterator[Problem]:
    """Yield the questions about numbers that belong to no code."""
    for number in numbers:
        if number.text == ODD:
            # A sign such as a raised one has no value that could be said back.
            yield ask("number_odd")
        else:
            yield ask("number_without_code", number=number.value)


def _pair_reversed(
    section: Section, paired: Paired, leftover: list[Token], known_months: Collection[int]
) -> None:
    """Pair a section whose last code has no number after it, but a number before the first.

    Each gap between two codes must hold exactly one number, and nothing may speak for a month
    that was typed there; then the numbers stand before their codes. Otherwise all is asked.
    """
    full = all(len(slot.numbers) == 1 for slot in section.slots[:-1])
    full = full and not section.slots[-1].numbers
    maybe_month = _maybe_month(leftover, paired, known_months)
    if not section.has_days and (written_reversed(section) or (full and not maybe_month)):
        *others, first = leftover
        paired.problems.extend(_without_code(others))
        _shift(section, first)
        _pair_slots(section, paired, EMPTY)
    elif maybe_month:
        paired.unclear_month = True
    else:
        _ask_all(section, paired, leftover)


def _either_way(section: Section, paired: Paired, leftover: Sequence[Token]) -> bool:
    """Return whether the first or the last number may lack its code: `45 VUS 38 FIE 37`.

    A keyword, or a month before the numbers, would tell which.
    """
    if section.keyword or paired.months or section.preface[-1] is not leftover[-1]:
        return False
    alternating = all(len(slot.numbers) == 1 for slot in section.slots)
    return alternating and not section.has_days and not written_reversed(section)


def _ask_all(section: Section, paired: Paired, leftover: Sequence[Token]) -> None:
    """Ask about every code of a section and every number before the first."""
    paired.problems.extend(_without_code(leftover))
    for slot in section.slots:
        _ask_slot(slot, paired)


def _maybe_month(leftover: Sequence[Token], paired: Paired, known_months: Collection[int]) -> bool:
    """Return whether the number before the first code could belong to the month as well."""
    first = leftover[-1]
    if known_months:
        return first.value in known_months
    if paired.months:
        may_be_year = len(first.text) == 2 and first.value in _YEARS
        return len(leftover) == 1 and may_be_year and not paired.months[0].year
    return 1 <= first.value <= 12


def _ask_slot(slot: Slot, paired: Paired) -> None:
    if slot.token.kind is Kind.CODE:
        paired.problems.append(ask("code_without_number", slot.token.means))
    else:
        paired.unknown.append((slot.token, []))


def _shift(section: Section, first: Token) -> None:
    """Give each code the number before it; the first code gets `first`."""
    carried = [first]
    for slot in section.slots:
        carried, slot.numbers = slot.numbers, carried
    section.slots[-1].numbers += carried


def _pair_slots(section: Section, paired: Paired, units: Mapping[str, str | None]) -> None:
    for slot in section.slots:
        if slot.token.kind is Kind.CODE:
            _pair_slot(slot, paired, units.get(slot.token.means))
        else:
            paired.unknown.append((slot.token, slot.numbers))


def _pair_slot(slot: Slot, paired: Paired, unit: str | None) -> None:
    """Add to `paired` a known code as a pair, or the question that it raises.

    `unit` is the unit that it is counted in, None for what is no stock count.
    """
    code = slot.token.means
    if not slot.numbers and not slot.days:
        if slot.sentence:
            paired.bare.append(code)
        else:
            paired.problems.append(ask("code_without_number", code))
        return
    key = _question(slot, unit)
    if key:
        paired.problems.append(ask(key, code))
        return
    number = slot.numbers[0]
    if not slot.days:
        paired.pairs.append(Pair(slot.token, number, None, number.end))
    else:
        end = max(number.end, slot.days[-1].end)
        paired.pairs.append(Pair(slot.token, number, slot.days[0].value, end))
    if unit is not None:
        paired.problems.extend(_without_code(slot.timed))


def _question(slot: Slot, unit: str | None) -> str:
    """Return the key of the question that the numbers of a known code raise; empty for none."""
    if slot.days:
        key = _question_of_days(slot, unit)
        if key:
            return key
    if len(slot.numbers) > 1:
        return "two_numbers"
    other_unit = slot.pack and not (unit and slot.pack.startswith(unit.upper()))
    doubtful = slot.sentence or other_unit or slot.numbers[0].doubtful
    return "code_without_number" if doubtful else ""


def _question_of_days(slot: Slot, unit: str | None) -> str:
    if len(slot.numbers) > 1 or len(slot.days) > 1:
        return "two_numbers"
    if unit is None:
        return "days_out_unexpected"
    if not slot.numbers:
        return "days_out_without_stock"
    return "code_without_number" if slot.days[0].doubtful else ""
