"""Slots: the places of a section where a code stands, with the numbers after each.

A section starts at a form's keyword and ends before the next. A slot is taken by a code, or
by a word that a number follows and that may therefore be a mistyped code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from menus.reading.everyday_words import FILLERS, HOMONYMS, SENTENCE, TAKING_BACK
from menus.reading.tokens import Kind, Token

_LIGHT: Final = frozenset(":=-.,/*>_")
_STRONG: Final = frozenset(",;.\n|")
_FORWARD: Final = frozenset(":=")
_END: Final = Token(Kind.MARK, "\n", 0, 0)
_MAYBE_CODES: Final = frozenset({Kind.UNKNOWN, Kind.COMMAND, Kind.FILLER, Kind.GREETING})


@dataclass(slots=True)
class Slot:
    """A code, or what may be a mistyped code, with the numbers after it.

    `sentence` tells that the code may be a mere word of a sentence. `days` are the days out
    after a J, `timed` the numbers that count hours, days or times. `pack` is a unit that is
    not the counted one, right behind a number, upper case; empty without one.
    """

    token: Token
    sentence: bool = False
    numbers: list[Token] = field(default_factory=list)
    days: list[Token] = field(default_factory=list)
    timed: list[Token] = field(default_factory=list)
    pack: str = ""


@dataclass(slots=True)
class Section:
    """The tokens from a form's keyword to the next; `keyword` is None before the first.

    `preface` holds the tokens before the first slot. `behind_command` tells that the keyword of
    a command stood before them.
    """

    keyword: Token | None
    tokens: list[Token]
    slots: list[Slot] = field(default_factory=list)
    preface: list[Token] = field(default_factory=list)
    behind_command: bool = False

    @property
    def behind_keyword(self) -> bool:
        """Return whether a form's or a command's keyword stands before the tokens."""
        return self.keyword is not None or self.behind_command

    @property
    def open_end(self) -> bool:
        """Return whether the last code has no number after it, and so may have one before."""
        last_is_bare = bool(self.slots) and not self.slots[-1].numbers
        return last_is_bare and not _written_forward(self.tokens)

    @property
    def ends_in_word(self) -> bool:
        """Return whether a code, or a word that may be a mistyped code, stands last."""
        return self.open_end or bool(self.slots and self.tokens[-1].kind is Kind.UNKNOWN)

    @property
    def has_days(self) -> bool:
        """Return whether days out were said of any code."""
        return any(slot.days for slot in self.slots)


def fill(section: Section, is_typo: Callable[[str], bool]) -> None:
    """Add to a section its slots: each code, and each word that stands in a code's place.

    `is_typo` tells of a word whether it may be a mistyped code.
    """
    tokens, slots = section.tokens, section.slots
    for at, token in enumerate(tokens):
        kind = token.kind
        if kind is Kind.CODE:
            slots.append(Slot(token, _in_sentence(tokens, at)))
        elif kind in _MAYBE_CODES and _stands_for_code(tokens, at, section, is_typo):
            slots.append(Slot(token))
        elif not slots:
            section.preface.append(token)
        elif kind is not Kind.MARK:
            _add(slots[-1], tokens, at)


def _add(slot: Slot, tokens: Sequence[Token], at: int) -> None:
    """Add to a slot a number, days, a time or a pack behind its code; all else is dropped."""
    token = tokens[at]
    if token.kind is Kind.NUMBER:
        counts_days = tokens[at - 1].kind is Kind.DAYS
        (slot.days if counts_days else slot.numbers).append(token)
    elif token.kind is Kind.TIMED:
        slot.timed.append(token)
    elif token.kind is Kind.PACK and tokens[at - 1].kind is Kind.NUMBER:
        slot.pack = token.text


def _stands_for_code(
    tokens: Sequence[Token], at: int, section: Section, is_typo: Callable[[str], bool]
) -> bool:
    """Return whether a word with a number after it, or last of all, is in a code's place."""
    token = tokens[at]
    number = _number_after(tokens, at)
    if token.text in FILLERS or token.kind is Kind.GREETING:
        # Predictive text writes everyday words (`ses`, `stp`) for codes, and agents `MA` for `MAM`.
        in_place = number is not None and _follows_number(tokens, at, section)
        return in_place and _may_be_slip(token.text, is_typo)
    if number is None:
        return token.kind is Kind.UNKNOWN and bool(section.slots) and is_typo(token.text)
    if len(token.text) < 3 and token.glued_to(number):
        return False
    if section.slots or is_typo(token.text):
        return True
    # `RAPORT 03 VUS 45`: before the first code a number may well be the month.
    had_number = any(before.kind is Kind.NUMBER for before in section.preface)
    return had_number or not 1 <= number.value <= 12


def _follows_number(tokens: Sequence[Token], at: int, section: Section) -> bool:
    """Return whether the pair before is whole, or the month is right before (`NUT 03 DES 18`)."""
    if section.slots:
        return bool(section.slots[-1].numbers)
    return section.keyword is not None and at > 0 and tokens[at - 1].kind is Kind.NUMBER


def _may_be_slip(word: str, is_typo: Callable[[str], bool]) -> bool:
    """Return whether an everyday word may stand for a code; `45 non 46` takes a number back."""
    return len(word) > 1 and word not in TAKING_BACK and is_typo(word)


def _number_after(tokens: Sequence[Token], at: int) -> Token | None:
    """Return the number after a word, with at most two light marks between; None without it."""
    for token in tokens[at + 1 : at + 4]:
        if token.kind is Kind.NUMBER:
            return token
        if token.kind is not Kind.MARK or token.text not in _LIGHT:
            return None
    return None


def _in_sentence(tokens: Sequence[Token], at: int) -> bool:
    """Return whether the word before makes this code a mere word: `plus de SEL`, `envoye par`."""
    before = tokens[at - 1] if at else None
    if before is None or before.kind is Kind.NUMBER:
        return False
    if before.kind is Kind.NAME:
        return _number_after(tokens, at) is None
    if before.text in SENTENCE:
        return True
    plain = before.kind in {Kind.FILLER, Kind.UNKNOWN} and before.text != "ET"
    return plain and tokens[at].text in HOMONYMS


def _written_forward(tokens: Sequence[Token]) -> bool:
    """Return whether a sign shows that numbers follow their codes: `VUS=45`, `VUS: 45`."""
    return any(
        code.kind is Kind.CODE and sign.text in _FORWARD and number.kind is Kind.NUMBER
        for code, sign, number in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def written_reversed(section: Section) -> bool:
    """Return whether commas or line ends show that numbers stand before their codes only.

    `45 VUS, 38 FIE`: at least one stretch between such marks holds a number and then a code,
    and none ends in a code and then a number. The first stretch is no proof of the former,
    since its number may be the month.
    """
    before = after = 0
    kinds: list[str] = []
    first = True
    for token in [*section.tokens, _END]:
        if token.kind in {Kind.CODE, Kind.NUMBER}:
            kinds.append(token.kind)
        elif token.text in _STRONG:
            before += kinds == [Kind.NUMBER, Kind.CODE] and not first
            after += kinds[-2:] == [Kind.CODE, Kind.NUMBER]
            first = first and Kind.CODE not in kinds
            kinds = []
    return before > 0 and after == 0
