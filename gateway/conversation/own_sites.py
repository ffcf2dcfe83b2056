"""One phone at several sites: which of them a message names, before or after what it says. Pure.

`KOLA PEC mars VUS ..`, `PEC mars VUS .. KOLA`, `ETAT KOLA`; `KOLA` alone answers the question
which site was meant.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from gateway.model.unit_levels import UnitLevel
from gateway.roster.site_names import named
from gateway.storage.roster import Post, Unit
from menus.model.catalogue import Catalogue
from menus.reading.lexer import normalise_input
from menus.reading.vocabulary import vocabulary_of

_BEFORE: Final = frozenset({"A", "POUR", "SITE", "DE", "LE", "LA"})  # as in `pour le site de ..`
_WORD: Final = re.compile(r"[^\s,:;]+")
_MOST_WORDS: Final = 4  # of a site's name
_SHORTEST: Final = 3  # letters of a name that may be mistyped


class Named(NamedTuple):
    """The post that a message names, and what it says besides."""

    post: Post
    rest: str


def site_named(text: str, posts: Sequence[Post], catalogue: Catalogue) -> Named | None:
    """Which of these posts a message names at its beginning or its end, if it is one alone.

    A name may be mistyped, unless it is a word of the language: that word counts as itself. One
    that is spelt right comes first, so that a longer one does not swallow the word beside it.
    """
    words = list(_WORD.finditer(text))
    typed = [word[0] for word in words]
    places = [*_places(typed)]
    exact = [one for one in places if len(_exact(posts, typed[one[0] : one[1]])) == 1]
    for start, end in [*exact, *places]:
        found = _posts(posts, typed[start:end], catalogue)
        if len(found) == 1:
            first = start
            while first and normalise_input(words[first - 1][0]).upper() in _BEFORE:
                first -= 1
            rest = text[: words[first].start()] + " " + text[words[end - 1].end() :]
            return Named(found[0], rest.strip(" \t\r\n,:;."))
    return None


def _places(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a name may stand, the longest first: after the words before it, and at the end."""
    start = 0
    while start < len(words) and normalise_input(words[start]).upper() in _BEFORE:
        start += 1
    for length in range(min(_MOST_WORDS, len(words) - start), 0, -1):
        yield start, start + length
        yield len(words) - length, len(words)


def _posts(posts: Sequence[Post], words: Sequence[str], catalogue: Catalogue) -> list[Post]:
    exact = _exact(posts, words)
    if exact or _is_language(normalise_input(" ".join(words)).upper(), catalogue):
        return exact
    units = [
        Unit(one.id, one.unit_code, one.unit_name, UnitLevel.SITE, None, None) for one in posts
    ]
    found = {unit.id for unit in named(units, words)}
    return [post for post in posts if post.id in found]


def _exact(posts: Sequence[Post], words: Sequence[str]) -> list[Post]:
    typed = normalise_input(" ".join(words)).upper()
    return [
        one
        for one in posts
        if typed in (normalise_input(one.unit_code).upper(), normalise_input(one.unit_name).upper())
    ]


def _is_language(typed: str, catalogue: Catalogue) -> bool:
    """Whether this may be something else than a mistyped name."""
    said = catalogue.referrals
    known = {*vocabulary_of(catalogue).words, *said.reasons, *said.treatments}
    return len(typed) < _SHORTEST or any(
        word in known or any(letter.isdigit() for letter in word) for word in typed.split()
    )
