"""The words behind REF, CRF, PARTI, REFUS and FAIT: pieces that mean something, and the rest.

What is none of the language may be somebody's name: it is dropped, never repeated, and told of.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from menus.reading import everyday_words
from menus.reading.lexer import ODD, Lexeme, Shape
from menus.reading.personal_data import without_phones
from menus.reading.spelling import Slips
from menus.reading.tokens import Kind, KindName, Token

PieceKind = Literal["number", "word", "plain", "mark", "strange"]

_PLAIN: Final = (
    everyday_words.FILLERS
    | everyday_words.GREETINGS
    | everyday_words.UNITS
    | everyday_words.TIMES
    | frozenset(
        {"AGE", "AGEE", "SEXE", "MOTIF", "REF", "CRF", "DONNEE", "DONNES", "GRAVE", "NUMERO"}
    )
)
_LONGEST_SLIP: Final = 4  # longer words are no slips of a code of two to four letters
_PHONE_LIKE: Final = 5  # digits; no age and no number of a referral has as many
_DIGIT_LIKE: Final = frozenset({"O", "L", "I"})
_POINTS: Final = frozenset({".", ",", "/"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A number, a word with a meaning, a mere word, a sign, or something not understood.

    `means` is what a word stands for. A `doubtful` number has something at it that may be part
    of it.
    """

    kind: PieceKind
    text: str
    means: str = ""
    doubtful: bool = False

    @property
    def value(self) -> int:
        return int(self.text)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text in pieces; `phones` tells that telephone numbers were dropped from it."""

    all: tuple[Piece, ...]
    phones: bool

    @property
    def strange(self) -> tuple[Piece, ...]:
        return tuple(one for one in self.all if one.kind == "strange")

    @property
    def names(self) -> bool:
        """Whether a word may be a name: it has two letters or more."""
        return any(len(one.text) > 1 for one in self.strange)


class Words:
    """Words with a meaning, and what lies one slip away from them.

    Those in `run_together` may be typed without a space between; the fewer, the better, since
    a name falls apart into single letters as well.
    """

    def __init__(self, meanings: Mapping[str, str], run_together: Collection[str]) -> None:
        self._meanings = meanings
        self._run_together = frozenset(run_together)
        self._slips = Slips(meanings)

    def near(self, word: str) -> str:
        """What a short word must be a slip of; empty when that is nothing, or several."""
        if len(word) > _LONGEST_SLIP or word in everyday_words.NAMES:
            return ""
        found = {self._meanings[one] for one in self._slips.near(word)}
        return found.pop() if len(found) == 1 else ""

    def pieces(self, lexemes: Sequence[Lexeme]) -> Pieces:
        """Return the lexemes, upper case, as pieces."""
        tokens, phones = without_phones([_token(one) for one in lexemes])
        found: list[Piece] = []
        for at, token in enumerate(tokens):
            if token.kind is Kind.NUMBER:
                found.append(Piece("number", token.text, doubtful=_is_doubtful(tokens, at)))
            elif token.kind is Kind.MARK:
                found.append(Piece("mark", token.text))
            else:
                found.extend(self._word(token.text))
        long = any(one.kind == "number" and len(one.text) >= _PHONE_LIKE for one in found)
        kept = tuple(one for one in found if one.kind != "number" or len(one.text) < _PHONE_LIKE)
        return Pieces(kept, phones or long)

    def _word(self, text: str) -> Iterator[Piece]:
        if text in everyday_words.NAMES and text not in self._meanings:
            yield Piece("strange", text)
            return
        parts = [text] if text in self._meanings else self._parted(text)
        if parts and not (len(parts) > 1 and text in _PLAIN):
            for part in parts:
                yield Piece("word", part, self._meanings[part])
        else:
            yield Piece("plain" if text in _PLAIN else "strange", text)

    def _parted(self, text: str) -> list[str]:
        """`FPG` as `F` and `PG`, where there is one way only to part it into known words."""
        ways: list[list[list[str]]] = [[[]]]
        for end in range(1, min(len(text), 12) + 1):
            here = [
                [*way, text[start:end]]
                for start in range(max(0, end - _LONGEST_SLIP), end)
                if text[start:end] in self._run_together
                for way in ways[start]
            ]
            ways.append(here[:2])
        whole = ways[-1] if len(text) == len(ways) - 1 else []
        return whole[0] if len(whole) == 1 else []


def _token(one: Lexeme) -> Token:
    text = one.text.rstrip("'")
    if one.shape == Shape.NUMBER:
        return Token(Kind.NUMBER, text, one.start, one.end)
    kind: KindName = Kind.MARK if one.shape == Shape.MARK else Kind.UNKNOWN
    return Token(kind, text, one.start, one.end)


def _is_doubtful(tokens: Sequence[Token], at: int) -> bool:
    """Whether beside this number stands what may be part of it: a letter O, a half, `1.5`."""
    left = at > 0 and tokens[at - 1].glued_to(tokens[at])
    right = at + 1 < len(tokens) and tokens[at].glued_to(tokens[at + 1])
    sides = [*([tokens[at - 1]] if left else []), *([tokens[at + 1]] if right else [])]
    if any(one.text in _DIGIT_LIKE or ODD in one.text for one in sides):
        return True
    before, after = tokens[max(at - 2, 0) : at], tokens[at + 1 : at + 3]
    pointed = left and len(before) == 2 and _is_point(before[1]) and before[0].glued_to(before[1])
    points = right and len(after) == 2 and _is_point(after[0]) and after[0].glued_to(after[1])
    return (pointed and before[0].kind is Kind.NUMBER) or (points and after[1].kind is Kind.NUMBER)


def _is_point(token: Token) -> bool:
    return token.text in _POINTS
