"""Sections: divide the tokens of a message by the keywords of forms, and set times aside."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from menus.model.catalogue import Catalogue
from menus.reading.slots import Section
from menus.reading.stock_words import DAYS
from menus.reading.tokens import Kind, Token

_MAY_OPEN: Final = frozenset({Kind.KEYWORD, Kind.UNKNOWN})
_AFTER_CODE: Final = frozenset(":=-.*>_")
_AFTER_DAYS: Final = frozenset(":=")


class Split(NamedTuple):
    """The sections of a message, and the commands in the middle of its report."""

    sections: list[Section]
    stray_commands: list[Token]


def without_times(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with the numbers that count hours, days or times made TIMED.

    `3 jours` and `10h30` are no counts of a form. But the word of `SEL 0 jours 8` is a J.
    """
    rest: list[Token] = []
    for at, token in enumerate(tokens):
        last = rest[-1] if rest else None
        if token.text in DAYS and _counts_days(tokens, at):
            rest.append(token._replace(kind=Kind.DAYS))
        elif token.kind is Kind.TIME and last is not None and last.kind is Kind.NUMBER:
            rest[-1] = last._replace(kind=Kind.TIMED, text="H" if token.text == "H" else "")
        elif last is not None and last.text == "H" and last.kind is Kind.TIMED:
            minutes = token.kind is Kind.NUMBER
            rest.append(token._replace(kind=Kind.FILLER, text="") if minutes else token)
            rest[-2] = last._replace(text="")
        elif last is None or last.kind is not Kind.DAYS or token.text not in _AFTER_DAYS:
            rest.append(token)
    return rest


def _counts_days(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a word for days stands between a code, or its count, and a number.

    The number is no day of a month: `DCD 0, jour 3 avril` is a date.
    """
    before = at - 1
    if before > 0 and tokens[before].kind is Kind.NUMBER:
        before -= 1
        if before > 0 and tokens[before].text in _AFTER_CODE:
            before -= 1
    after = at + 1
    if after < len(tokens) and tokens[after].text in _AFTER_DAYS:
        after += 1
    if before < 0 or tokens[before].kind is not Kind.CODE or after >= len(tokens):
        return False
    dated = after + 1 < len(tokens) and tokens[after + 1].kind is Kind.MONTH
    return tokens[after].kind is Kind.NUMBER and not dated


def split(
    tokens: Sequence[Token], catalogue: Catalogue, forms_near: Callable[[str], list[str]]
) -> Split:
    """Return the sections, each from a form's keyword, exact or mistyped, to the next.

    The first one has no keyword. What follows a command such as `RCU` in the middle of a report
    is left out up to the next keyword: its numbers belong to no form. `forms_near` gives the
    forms whose keyword is one slip away from a word.
    """
    result = Split([Section(None, [])], [])
    skipping = False
    for at, token in enumerate(tokens):
        keyword = None
        if token.kind in _MAY_OPEN:
            keyword = _keyword(tokens, at, result.sections[-1], catalogue, forms_near)
        if keyword is not None:
            skipping = False
            result.sections.append(Section(keyword, []))
        elif token.kind is Kind.COMMAND and _is_stray(tokens, at, catalogue):
            skipping = True
            result.stray_commands.append(token)
        elif not skipping:
            result.sections[-1].tokens.append(token)
    return result


def _is_stray(tokens: Sequence[Token], at: int, catalogue: Catalogue) -> bool:
    """Return whether a command takes the code or number right after it for itself."""
    token = tokens[at]
    if not catalogue.commands[token.means].has_own_pairs or at + 1 == len(tokens):
        return False
    return tokens[at + 1].kind in {Kind.CODE, Kind.NUMBER}


def _keyword(
    tokens: Sequence[Token],
    at: int,
    current: Section,
    catalogue: Catalogue,
    forms_near: Callable[[str], list[str]],
) -> Token | None:
    """Return the token as a form's keyword; None when it is none.

    A mistyped keyword counts only where a code of its form follows and begins another form.
    """
    token = tokens[at]
    if token.kind is Kind.KEYWORD:
        return token
    next_code = _code_after(tokens, at)
    form = catalogue.form_of[next_code] if next_code else ""
    here = current.keyword.means if current.keyword else ""
    if not form or form == here or form not in forms_near(token.text):
        return None
    return token._replace(kind=Kind.KEYWORD, means=form)


def _code_after(tokens: Sequence[Token], at: int) -> str:
    """Return the next code, with nothing but a month between; empty without one."""
    for token in tokens[at + 1 : at + 6]:
        if token.kind is Kind.CODE:
            return token.means
        if token.kind is Kind.NUMBER and not (1 <= token.value <= 12 or token.value > 99):
            return ""
        if token.kind not in {Kind.MARK, Kind.NUMBER, Kind.GREETING}:
            return ""
    return ""
