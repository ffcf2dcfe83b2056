"""Typed numbers: read numbers joined by `*`, as they are typed on a USSD screen."""

import re
from typing import Final

# A count above six digits is a telephone number, or a slip.
MOST_DIGITS: Final = 6
_BETWEEN: Final = re.compile(r" *\* *| +")
_NUMBER: Final = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")


def numbers_in(answer: str) -> list[int] | None:
    """Return the numbers of an answer, in order; None when anything in it is no plain count.

    They stand between `*` or spaces; one `*` at the end does no harm. Two zeros and more are no
    number: they mean back. Digits of other scripts are not taken, since a screen of seven bits
    cannot show them (GSM 7-bit, 3GPP TS 23.038).
    """
    typed = _BETWEEN.split(answer.strip().removesuffix("*").strip())
    if not all(_NUMBER.fullmatch(digits) and not digits.startswith("00") for digits in typed):
        return None
    return [int(digits) for digits in typed]
