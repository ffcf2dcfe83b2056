"""Truncation: find out whether a message was cut at the length of one SMS, or of one part.

Some telephones and gateways drop what exceeds one SMS: 160 septets (3GPP TS 23.038), or 70
UCS-2 units when a single letter is outside the GSM alphabet. Others hand over the parts of a
long SMS one by one: a part holds 153 septets or 67 units, or 152 and 66 where the reference of
its header has 16 bits (3GPP TS 23.040, 9.2.3.24). A text of exactly such a length that ends in
a number may have lost digits.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from menus.gsm7 import EXTENSION, PART_OF_MANY, SINGLE_PART, is_gsm7
from menus.reading.tokens import Kind, Token

_SEPTETS: Final = frozenset({SINGLE_PART, PART_OF_MANY, PART_OF_MANY - 1})
_UCS2_UNITS: Final = frozenset({70, 67, 66})


class Ending(NamedTuple):
    """The end of a message: whether it was cut, and the tokens that are left of it.

    `doubted` is the number that may have lost digits, None when there is none.
    """

    cut: bool
    tokens: list[Token]
    doubted: Token | None = None


def ending_of(text: str, tokens: Sequence[Token], codes: Iterable[str]) -> Ending:
    """Return how the message ends, without the beginning of a code that stands last."""
    kept = list(tokens)
    if not kept:
        return Ending(False, kept)
    last = kept[-1]
    full = _fills_one_sms(text)
    if last.kind is Kind.NUMBER and full:
        return Ending(True, kept, last)
    if last.kind in {Kind.CODE, Kind.DAYS} or last.text == "J":
        return Ending(full, kept)
    begun = last.kind in {Kind.UNKNOWN, Kind.FILLER, Kind.LONE} and _begins_code(last.text, codes)
    in_pairs = any(token.kind is Kind.CODE for token in kept)
    if begun and (full or (in_pairs and last.kind is Kind.UNKNOWN and len(last.text) > 1)):
        return Ending(True, kept[:-1])
    return Ending(False, kept)


def _fills_one_sms(text: str) -> bool:
    """Return whether a text fills exactly one SMS, or one part of a longer one.

    Characters of the GSM extension table count twice.
    """
    if len(text) + sum(map(text.count, EXTENSION)) in _SEPTETS and is_gsm7(text):
        return True
    if len(text) > max(_UCS2_UNITS) or 2 * len(text) < min(_UCS2_UNITS) or is_gsm7(text):
        return False
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 in _UCS2_UNITS


def _begins_code(text: str, codes: Iterable[str]) -> bool:
    return any(len(text) < len(code) and code.startswith(text) for code in codes)
