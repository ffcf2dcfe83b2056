"""A message's tokens, put in order: times set aside, sections parted."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from menus.model.catalogue import Catalogue
from menus.reading.slots import Section
from menus.reading.tokens import Kind, Token

_MAY_OPEN: Final = frozenset({Kind.KEYWORD, Kind.UNKNOWN})


class Split(NamedTuple):
    """The sections, the words taken for mistyped keywords, and commands amid a report."""

    sections: list[Section]
    stray_commands: list[Token]


def without_times(tokens: Sequence[Token]) -> list[Token]:
    """Numbers that count hours, days or times (`3 jours`, `10h30`) are no counts of a form."""
    rest: list[Token] = []
    for token in tokens:
        last = rest[-1] if rest else None
        if token.kind is Kind.TIME and last is not None and last.kind is Kind.NUMBER:
            rest[-1] = last._replace(kind=Kind.TIMED, text="H" if token.text == "H" else "")
        elif last is not None and last.text == "H" and last.kind is Kind.TIMED:
            minutes = token.kind is Kind.NUMBER
            rest.append(token._replace(kind=Kind.FILLER, text="") if minutes else token)
            rest[-2] = last._replace(text="")
        else:
            rest.append(token)
    return rest


def split(
    tokens: Sequence[Token], catalogue: Catalogue, forms_near: Callable[[str], list[str]]
) -> Split:
    """The sections, each from a form's keyword, exact or mistyped, to the next.

    What a command such as `RCU` in the middle of a report says is left out up to the next
    keyword: its numbers belong to no form.
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
    """The token as a form's keyword; a mistyped one must be borne out by the code after it."""
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
    """The next code, with nothing but a month between."""
    for token in tokens[at + 1 : at + 6]:
        if token.kind is Kind.CODE:
            return token.means
        if token.kind is Kind.NUMBER and not (1 <= token.value <= 12 or token.value > 99):
            return ""
        if token.kind not in {Kind.MARK, Kind.NUMBER, Kind.GREETING}:
            return ""
    return ""
