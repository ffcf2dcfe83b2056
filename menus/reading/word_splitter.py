"""Letters that were typed without a space, or in place of digits, cut where they belong.

`FIE38TDR37` needs no cutting: letters and digits part by themselves. `4OFIE38` does: the O
beside the 4 is a zero. A cut is made only when there is exactly one.
"""

from collections.abc import Collection
from typing import Final

DIGIT_OF: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
"""The letters that a thumb or an eye takes for a digit. S, Z, B and G are never digits."""

_LOOKALIKES: Final = frozenset("OolI")
_LONGEST_RUN: Final = 48
_LONGEST_WORD: Final = 13


def is_lookalike(run: str) -> bool:
    """Whether these letters may all be digits."""
    return _LOOKALIKES.issuperset(run)


def cut(run: str, words: Collection[str], *, left: bool, right: bool) -> list[str]:
    """The pieces of a run of letters, in order; empty when there is no cut, or more than one.

    Pieces are words (as in `words`, upper case) and groups of look-alike letters. `left` and
    `right` tell that a digit stands before and after the run: look-alikes at that end may
    belong to the number there. Inside, a single O right after one word and before another is
    a zero. Work is bounded: runs longer than 48 letters are left whole.
    """
    if len(run) > _LONGEST_RUN:
        return []
    found: list[list[str]] = []
    for before in range(_leading(run) + 1 if left else 1):
        for after in range(_leading(run[::-1]) + 1 if right else 1):
            middle = run[before : len(run) - after]
            found.extend(
                [run[:before], *pieces, run[len(run) - after :]]
                for pieces in _splits(middle, words)
            )
    return [piece for piece in found[0] if piece] if len(found) == 1 else []


def _leading(run: str) -> int:
    return len(run) - len(run.lstrip("OolI"))


def _splits(text: str, words: Collection[str]) -> list[list[str]]:
    """At most two ways to write the text as words of three letters or more, or as one J."""
    upper = text.upper()
    if upper == "J":
        return [["J"]]
    found: list[list[str]] = []
    for length in range(3, min(_LONGEST_WORD, len(upper)) + 1):
        word, rest = upper[:length], text[length:]
        if word not in words:
            continue
        if not rest:
            found.append([word])
            continue
        found.extend([word, *more] for more in _splits(rest, words))
        if rest[0] in "Oo":
            found.extend([word, rest[0], *more] for more in _splits(rest[1:], words))
    return found[:2]
