"""The sites that a typed name may mean. Pure."""

import difflib
from collections import Counter
from collections.abc import Sequence
from typing import Final

from gateway.storage.roster import Unit
from menus.reading.lexer import normalise_input

ALIKE: Final = 0.75  # of 1: one wrong letter in four is still the same name


def named(sites: Sequence[Unit], words: Sequence[str]) -> list[Unit]:
    """Return the sites that these words name: one, several when they are alike, or none.

    A code or a name as it stands is that site; else those whose name or code is spelt alike.
    """
    typed = _plain(" ".join(words))
    exact = [site for site in sites if typed in (_plain(site.code), _plain(site.name))]
    if exact or not typed:
        return exact
    spellings = {_plain(text): site for site in sites for text in (site.code, site.name)}
    close = difflib.get_close_matches(typed, spellings, n=3, cutoff=ALIKE)
    return list({spellings[text].id: spellings[text] for text in close}.values())


def told_apart(sites: Sequence[Unit]) -> str:
    """Return the names of sites, to choose from; those of the same name by their codes."""
    names = Counter(_plain(site.name) for site in sites)
    alone = (site.name if names[_plain(site.name)] == 1 else site.code for site in sites)
    return ", ".join(alone)


def _plain(text: str) -> str:
    return "".join(letter for letter in normalise_input(text).upper() if letter.isalnum())
