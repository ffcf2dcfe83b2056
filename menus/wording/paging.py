"""An answer that is a list may be long: it is cut between its pieces, a page at a time.

A page is one SMS of at most two parts (3GPP TS 23.040, see `menus.gsm7`). Nothing is dropped:
what has no room waits for a SUITE.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from menus.gsm7 import parts, to_gsm7

MOST_PARTS: Final = 2
_LONGEST_MARK: Final = (98, 99)  # of a page that is not the last
_SMALL: Final = 60  # characters; a piece that no page could hold is cut into such

# Given which page this is and how many there are, the words at its end.
Mark = Callable[[int, int], str]


def pages(pieces: Sequence[str], mark: Mark) -> list[str]:
    """The pieces as one SMS where two parts hold them, else as several pages with a mark.

    The texts are in GSM-7. A piece is never parted, unless it alone is longer than a page.
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
    """The items of a list as pieces: each but the last with a semicolon, the last with a stop."""
    return [f"{item};" for item in items[:-1]] + [f"{item}." for item in items[-1:]]


def _filled(pieces: Sequence[str], reserve: str) -> list[str]:
    """The pieces laid into as few pages as it takes, each with room for the mark."""
    found: list[str] = []
    page = ""
    for piece in pieces:
        longer = f"{page} {piece}".strip()
        if page and not _fits(f"{longer} {reserve}"):
            found.append(page)
            longer = piece
        page = longer
    return [*found, page]


def _small(piece: str, reserve: str) -> Iterator[str]:
    if _fits(f"{piece} {reserve}"):
        yield piece
    else:
        yield from textwrap.wrap(piece, _SMALL)


def _fits(text: str) -> bool:
    return len(parts(text)) <= MOST_PARTS
