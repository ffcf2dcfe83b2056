"""Find the site that a message names, where one phone is the agent of several. Pure.

The name stands before or after the rest: `KOLA PEC mars VUS ..`, `PEC mars VUS .. KOLA`, `ETAT
KOLA`; `KOLA` alone answers the question which site was meant.
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
    """The post that a message names, and the rest of its text."""

    post: Post
    rest: str


def site_named(text: str, posts: Sequence[Post], catalogue: Catalogue) -> Named | None:
    """Return which of these posts a message names at its beginning or end; None unless just one.

    A name may be mistyped, unless it is a word of the language: that word counts as itself. A
    name that is spelt right comes first, so that a longer one does not take the word beside it.
    """
    words = list(_WORD.finditer(text))
    typed = [word[0] for word in words]
    places = [*_places(typed)]
    exact = [(start, end) for start, end in places if len(_exact(posts, typed[start:end])) == 1]
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
    """Yield where a name may stand, as (start, end): at either end of the text, longest first."""
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
        Unit(post.id, post.unit_code, post.unit_name, UnitLevel.SITE, None, None) for post in posts
    ]
    found = {unit.id for unit in named(units, words)}
    return [post for post in posts if post.id in found]


def _exact(posts: Sequence[Post], words: Sequence[str]) -> list[Post]:
    typed = normalise_input(" ".join(words)).upper()
    return [
        post
        for post in posts
        if typed
        in (normalise_input(post.unit_code).upper(), normalise_input(post.unit_name).upper())
    ]


def _is_language(typed: str, catalogue: Catalogue) -> bool:
    """Return whether this may be something else than a mistyped name."""
    said = catalogue.referrals
    known = {*vocabulary_of(catalogue).words, *said.reasons, *said.treatments}
    return len(typed) < _SHORTEST or any(
        word in known or any(letter.isdigit() for letter in word) for word in typed.split()
    )
