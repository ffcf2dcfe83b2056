"""Yes and no: find the answer OUI or NON in a message with everyday words around it."""

from collections.abc import Sequence
from typing import Final

from menus.model.command import NON, OUI
from menus.reading.everyday_words import FILLERS, HOMONYMS
from menus.reading.tokens import Kind, Token

# Beside an answer these words say the opposite of it, or make it depend on something.
_AGAINST: Final = {
    OUI: frozenset({"MAIS", "FAUX", "FAUSSE", "ERREUR", "JAMAIS", "SI", "ATTENDS", "ATTENDEZ"}),
    NON: frozenset({"BON", "BONNE", "EXACT", "EXACTE", "JUSTE", "CORRECT", "CORRECTE", "VRAI"}),
}
_BEFORE_ANSWER: Final = frozenset({Kind.MARK, Kind.GREETING, Kind.FILLER, Kind.KEYWORD})
_AT_STAKE: Final = frozenset({Kind.NUMBER, Kind.MONTH, Kind.DAYS})


def answer_in(tokens: Sequence[Token]) -> str:
    """Return OUI or NON when a message holds nothing else that matters; else an empty text.

    A number beside an answer must be asked, and nothing is confirmed with it. Words that say
    the opposite (`oui mais`, `non c'est bon`) make it no answer at all.
    """
    first = next((token for token in tokens if token.kind not in _BEFORE_ANSWER), None)
    if first is None or first.kind is not Kind.COMMAND or first.means not in (OUI, NON):
        return ""
    for at, token in enumerate(tokens):
        if token.kind in _AT_STAKE or token.text == "?":
            return ""
        if _says_more(token, first.means) or _contradicts(tokens, at, first.means):
            return ""
    return first.means


def _says_more(token: Token, answer: str) -> bool:
    """Return whether a token beside an answer is a code or another command.

    Codes and commands that are French words as well are neither.
    """
    if token.kind is Kind.CODE:
        return token.text not in HOMONYMS
    return token.kind is Kind.COMMAND and token.means != answer and token.text not in FILLERS


def _contradicts(tokens: Sequence[Token], at: int, answer: str) -> bool:
    """Return whether a word takes an answer back.

    `oui mais`, `oui ce n'est pas` and `non c'est bon` do, `oui pas de probleme` does not.
    """
    token = tokens[at]
    if answer == OUI and token.text == "PAS":
        return at + 1 < len(tokens) and tokens[at + 1].text != "DE"
    if answer == NON and at and tokens[at - 1].text == "PAS":
        return False
    return token.text in _AGAINST[answer]
