"""Personal data: find the telephone numbers and names in an SMS, so that they can be dropped.

Malian numbers have eight digits (ITU-T E.164, country code 223), the first of them 2 or 5-9,
and are often written in four pairs.
"""

from collections.abc import Callable, Sequence
from typing import Final

from menus.reading.tokens import Kind, Token

_FIRST: Final = frozenset("256789")
_COUNTRY: Final = ("00223", "223")


def without_phones(tokens: Sequence[Token]) -> tuple[list[Token], bool]:
    """Return the tokens without telephone numbers, and whether there were any."""
    if not _may_hold_phone(tokens):
        return list(tokens), False
    rest: list[Token] = []
    at, found = 0, False
    while at < len(tokens):
        may_start = tokens[at].kind is Kind.NUMBER or tokens[at].text == "+"
        after = _phone_at(tokens, at) if may_start else at
        if after == at:
            rest.append(tokens[at])
            at += 1
        else:
            found = True
            at = after
    return rest, found


def _may_hold_phone(tokens: Sequence[Token]) -> bool:
    """Return whether there is a long number, or two with at most one sign between."""
    last = -3
    for at, token in enumerate(tokens):
        if token.kind is Kind.NUMBER:
            if len(token.text) >= 8 or at - last <= 2 - (tokens[at - 1].kind is not Kind.MARK):
                return True
            last = at
    return False


def _phone_at(tokens: Sequence[Token], at: int) -> int:
    """Return the end of the telephone number that starts at a token; `at` without one."""
    if tokens[at].text == "+" and at + 1 < len(tokens) and tokens[at + 1].text in _COUNTRY:
        at += 1
    if tokens[at].kind is not Kind.NUMBER:
        return at
    digits = tokens[at].text
    for country in _COUNTRY:
        digits = digits.removeprefix(country) if len(digits) > 8 else digits
    if len(digits) == 8 and digits[0] in _FIRST:
        return at + 1
    if digits in _COUNTRY and at + 1 < len(tokens):
        return max(at, _groups_from(tokens, at + 1))
    in_groups = len(digits) in (2, 4) and not _after_number(tokens, at)
    return _groups_from(tokens, at) if in_groups else at


def _after_number(tokens: Sequence[Token], at: int) -> bool:
    """Return whether another pair of digits stands before, so that this is no first group."""
    if at and tokens[at - 1].kind is Kind.NUMBER:
        return len(tokens[at - 1].text) == 2
    return at > 1 and tokens[at - 1].kind is Kind.MARK and tokens[at - 2].kind is Kind.NUMBER


def _groups_from(tokens: Sequence[Token], at: int) -> int:
    """Return the end of exactly four pairs, or two fours, of digits; `at` without them.

    A longer row may be a row of counts, and is left to be asked.
    """
    groups: list[str] = []
    end = place = at
    while place < len(tokens) and len(groups) < 6:
        token = tokens[place]
        if token.kind is Kind.NUMBER:
            groups.append(token.text)
            end = place + 1
        elif token.text not in {".", "-", "/"}:
            break
        place += 1
    sizes = [len(group) for group in groups]
    whole = sizes in ([2, 2, 2, 2], [4, 4]) and groups[0][0] in _FIRST
    return end if whole else at


def name_names(tokens: Sequence[Token], may_be_code: Callable[[str], bool]) -> list[Token]:
    """Return the tokens with names marked, and without the numbers that belong to a name.

    A name is a known name, or an unknown word with a capital in front where the codes are not
    written so. A number right after it is the person's age, home or file, not a count.
    """
    if not any(_may_be_name(token) for token in tokens):
        return list(tokens)
    titled_codes = any(token.titled for token in tokens if token.kind is Kind.CODE)
    marked: list[Token] = []
    in_pairs = False
    for at, token in enumerate(tokens):
        in_pairs |= token.kind is Kind.CODE
        after_name = bool(marked) and marked[-1].kind is Kind.NAME
        if _is_name(tokens, at, titled_codes, may_be_code):
            marked.append(token._replace(kind=Kind.NAME))
        elif token.kind is Kind.NUMBER and after_name and in_pairs and _is_last(tokens, at):
            marked.append(token._replace(kind=Kind.FILLER, text=""))
        else:
            marked.append(token)
    return marked


def _may_be_name(token: Token) -> bool:
    return token.kind is Kind.NAME or (token.titled and token.kind is Kind.UNKNOWN)


def _is_name(
    tokens: Sequence[Token], at: int, titled_codes: bool, may_be_code: Callable[[str], bool]
) -> bool:
    token = tokens[at]
    if token.kind is not Kind.UNKNOWN or not token.titled or titled_codes:
        return token.kind is Kind.NAME
    before_number = at + 1 < len(tokens) and tokens[at + 1].kind is Kind.NUMBER
    return not (before_number and may_be_code(token.text))


def _is_last(tokens: Sequence[Token], at: int) -> bool:
    """Return whether no code follows at once that the number could belong to."""
    return at + 1 == len(tokens) or tokens[at + 1].kind is not Kind.CODE
