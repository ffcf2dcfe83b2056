"""What stands beside RUPT: products, for how many days they have been out, other words. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from menus.model.catalogue import Catalogue
from menus.reading.everyday_words import FILLERS, GREETINGS
from menus.reading.spelling import Speller

_PIECES: Final = re.compile(r"[A-Z]+|[0-9]+")
_DAYS: Final = frozenset({"J", "JR", "JRS", "JOUR", "JOURS"})
_SPEECH: Final = FILLERS | GREETINGS | {"RUPTURE", "RUPT", "STK"}


@dataclass(slots=True)
class ProductsSaid:
    """`days` are by code: None when only the product was named. `near` are codes that a typed
    word is one slip away from, by that word; `numbers` codes with a number that is no days;
    `words` everything else, such as the name of a site."""

    days: dict[str, int | None] = field(default_factory=dict)
    near: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def products_said(arguments: Iterable[str], catalogue: Catalogue) -> ProductsSaid:
    """Reads `ENF BEB`, `ENF 0J3`, `ENF 3 jours`, `ENF/BEB`. Words are upper case."""
    said = ProductsSaid()
    speller = Speller(catalogue)
    last = ""
    pieces = [piece for word in arguments for piece in _PIECES.findall(word)]
    for at, piece in enumerate(pieces):
        before = pieces[at - 1] if at else ""
        after = pieces[at + 1] if at + 1 < len(pieces) else ""
        code = catalogue.code_of.get(piece, "")
        if piece.isdigit():
            _number(said, last, int(piece[:6]), counts_days=before in _DAYS or after in _DAYS)
        elif code and catalogue.field(code).product:
            said.days.setdefault(code, None)
            last = code
        elif piece not in _SPEECH and piece not in _DAYS:
            near = [one for one in speller.near(piece) if one in catalogue.form_of]
            if len(near) == 1 and catalogue.field(near[0]).product:
                said.near[piece] = near[0]
            else:
                said.words.append(piece)
    return said


def _number(said: ProductsSaid, code: str, number: int, *, counts_days: bool) -> None:
    """A zero before the days is the stock that is left; any other number must be asked."""
    if counts_days and number and code:
        said.days[code] = number
    elif number:
        said.numbers.append(code)
