"""Numbers as they are typed on the keys of a telephone, joined by `*`."""

import re
from typing import Final

# A count above six digits is a telephone number, or a slip.
MOST_DIGITS: Final = 6
_BETWEEN: Final = re.compile(r" *\* *| +")
_NUMBER: Final = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")


def numbers_in(answer: str) -> list[int] | None:
    """The numbers of an answer, in order; None when anything in it is no plain count.

    They stand between `*` or spaces; one `*` at the end does no harm. Two zeros and more are no
    number: they mean back. Digits of other scripts are not taken, since nobody can read them
    back on a screen of seven bits.
    """
    pieces = _BETWEEN.split(answer.strip().removesuffix("*").strip())
    if not all(_NUMBER.fullmatch(one) and not one.startswith("00") for one in pieces):
        return None
    return [int(one) for one in pieces]
