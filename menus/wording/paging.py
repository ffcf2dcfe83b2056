"""Split a long answer between its pieces into pages.

A page is an SMS of at most two parts (3GPP TS 23.040, see `menus.gsm7`). Nothing is dropped: the
following pages are sent on SUITE.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from menus.gsm7 import parts, to_gsm7

MOST_PARTS: Final = 2
_LONGEST_MARK: Final = (98, 99)  # of a page that is not the last
_SMALL: Final = 60  # characters; a piece that no page could hold is split into pieces this long

# Returns the words at the end of a page, given its number and the number of pages.
Mark = Callable[[int, int], str]


def pages(pieces: Sequence[str], mark: Mark) -> list[str]:
    """Return the pieces as one SMS where two parts hold them, else as pages with a mark.

    The pages are in GSM-7. A piece is never split, unless it alone is longer than a page.
    """
    texts = [to_gsm7(piece) for piece in pieces if piece]
    whole = " ".join(texts)
    if _fits(whole):
        return [whole]
    reserve = to_gsm7(mark(*_LONGEST_MARK))
    filled = _filled([small for piece in texts for small in _small(piece, reserve)], reserve)
    return [
        f"{page} {to_gsm7(mark(number, len(filled)))}"
        for number, page in enumerate(filled, start=1)
    ]


def listed(items: Sequence[str]) -> list[str]:
    """Return the items of a list as pieces, ending with a semicolon, the last with a full stop."""
    return [f"{item};" for item in items[:-1]] + [f"{item}." for item in items[-1:]]


def _filled(pieces: Sequence[str], reserve: str) -> list[str]:
    """Return the pieces on as few pages as needed, each with room for the mark."""
    filled: list[str] = []
    page = ""
    for piece in pieces:
        longer = f"{page} {piece}".strip()
        if page and not _fits(f"{longer} {reserve}"):
            filled.append(page)
            longer = piece
        page = longer
    return [*filled, page]


def _small(piece: str, reserve: str) -> Iterator[str]:
    if _fits(f"{piece} {reserve}"):
        yield piece
    else:
        yield from textwrap.wrap(piece, _SMALL)


def _fits(text: str) -> bool:
    return len(parts(text)) <= MOST_PARTS
