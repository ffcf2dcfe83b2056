"""Stock words: read products beside a keyword, and for how many days each has been out."""

from collections.abc import Sequence
from typing import Final

from menus.model.arguments import Place, Products
from menus.reading.everyday_words import FILLERS, GREETINGS
from menus.reading.tokens import Kind, Token
from menus.reading.vocabulary import Vocabulary

DAYS: Final = frozenset({"J", "JR", "JRS", "JOUR", "JOURS"})
_SPEECH: Final = FILLERS | GREETINGS | DAYS | {"RUPTURE", "RUPT", "STK"}


def products_said(tokens: Sequence[Token], vocabulary: Vocabulary) -> Products:
    """Return the products that words name: `ENF BEB`, `ENF 0J3`, `ENF 3 jours`, `ENF/BEB`.

    A zero before the days is the stock that is left; any other number that counts no days must
    be asked.
    """
    tokens = [token for token in tokens if token.kind is not Kind.MARK]
    days: dict[str, int | None] = {}
    near: dict[str, str] = {}
    numbers: list[str] = []
    words: list[str] = []
    last = ""
    for at, token in enumerate(tokens):
        if token.kind is Kind.NUMBER:
            if last and token.value and _counts_days(tokens, at):
                days[last] = token.value
            elif token.value:
                numbers.append(last)
        elif vocabulary.units.get(token.means) is not None:
            last = token.means
            days.setdefault(last, None)
        elif token.text not in _SPEECH and not token.text.endswith("'"):
            product = _product_near(token.text, vocabulary)
            if product:
                near[token.text] = product
            else:
                words.append(token.text)
    return Products(days, near, tuple(numbers), Place(tuple(words)))


def _counts_days(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a number counts days: `J3`, `3 jours`."""
    sides = [*tokens[max(at - 1, 0) : at], *tokens[at + 1 : at + 2]]
    return any(token.text in DAYS for token in sides)


def _product_near(text: str, vocabulary: Vocabulary) -> str:
    """Return the only product that a word is one slip away from; empty without exactly one."""
    near = [word for word in vocabulary.speller.near(text) if word in vocabulary.units]
    return near[0] if len(near) == 1 and vocabulary.units[near[0]] is not None else ""
