"""Word splitter: cut letters that were typed without a space, or in place of digits.

`FIE38TDR37` needs no cut, since the lexer separates letters from digits. `4OFIE38` does: the O
beside the 4 is a zero. A cut is made only where exactly one way to cut exists.
"""

from collections.abc import Collection
from typing import Final

DIGIT_OF: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
"""The letters typed or read in place of a digit, for `str.translate`. S, Z, B and G are none."""

_LOOKALIKES: Final = frozenset("OolI")
_LONGEST_RUN: Final = 48
_LONGEST_WORD: Final = 13


def is_lookalike(run: str) -> bool:
    """Return whether every letter of a run may be a digit."""
    return _LOOKALIKES.issuperset(run)


def cut(run: str, words: Collection[str], *, left: bool, right: bool) -> list[str]:
    """Return the pieces of a run of letters, in order; none without exactly one way to cut.

    Pieces are words (as in `words`, upper case) and groups of look-alike letters. `left` and
    `right` tell that a digit stands before and after the run: look-alikes at that end may
    belong to the number there. Inside, a single O right after one word and before another is
    a zero. Work is bounded: runs longer than 48 letters are left whole, and words have three
    to 13 letters, but for J.
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
    """Return the number of look-alikes at the beginning of a run."""
    return len(run) - len(run.lstrip("OolI"))


def _splits(text: str, words: Collection[str]) -> list[list[str]]:
    """Return up to two ways to write a text as words of three letters or more, or as a J."""
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
