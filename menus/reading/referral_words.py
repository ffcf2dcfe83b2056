"""Referral words: divide the words behind REF, CRF, PARTI, REFUS and FAIT into pieces.

A word without a meaning may be a person's name: it is dropped, never repeated, and reported.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from menus.reading import everyday_words
from menus.reading.lexer import ODD, Lexeme, Shape
from menus.reading.personal_data import without_phones
from menus.reading.spelling import Slips
from menus.reading.tokens import Kind, Token

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
_LONGEST_SLIP: Final = 4  # letters; a longer word is no slip of a code of two to four
_PHONE_LIKE: Final = 5  # digits; no age and no number of a referral has as many
_LONGEST_RUN: Final = 12  # letters; a longer run is not divided
_DIGIT_LIKE: Final = frozenset({"O", "L", "I"})
_POINTS: Final = frozenset({".", ",", "/"})
_KINDS: Final = {Shape.NUMBER: Kind.NUMBER, Shape.MARK: Kind.MARK}


@dataclass(frozen=True, slots=True)
class Piece:
    """A number, a word with a meaning, an everyday word, a mark, or a word without a meaning.

    `kind` says which, in this order: number, word, plain, mark, strange. `means` is what a
    word stands for. A `doubtful` number is next to something that may be part of it.
    """

    kind: PieceKind
    text: str
    means: str = ""
    doubtful: bool = False

    @property
    def value(self) -> int:
        """Return the value of a number. Raises ValueError for any other piece."""
        return int(self.text)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text; `phones` tells that telephone numbers were dropped from it."""

    all: tuple[Piece, ...]
    phones: bool

    @property
    def strange(self) -> tuple[Piece, ...]:
        """Return the words without a meaning."""
        return tuple(piece for piece in self.all if piece.kind == "strange")

    @property
    def names(self) -> bool:
        """Return whether a word may be a name: it has two letters or more."""
        return any(len(piece.text) > 1 for piece in self.strange)


class Words:
    """Words with a meaning, and the words one slip away from them.

    `meanings` are by word, upper case. Words in `run_together` may be typed without a space
    between them; the fewer, the better, since a name can be divided into single letters too.
    """

    def __init__(self, meanings: Mapping[str, str], run_together: Collection[str]) -> None:
        self._meanings = meanings
        self._run_together = frozenset(run_together)
        self._slips = Slips(meanings)

    def near(self, word: str) -> str:
        """Return the meaning that a short word must be a slip of; empty without exactly one."""
        if len(word) > _LONGEST_SLIP or word in everyday_words.NAMES:
            return ""
        found = {self._meanings[near] for near in self._slips.near(word)}
        return found.pop() if len(found) == 1 else ""

    def pieces(self, lexemes: Sequence[Lexeme]) -> Pieces:
        """Return the pieces of lexemes in upper case, in order, without telephone numbers.

        A number of five digits or more is taken for a telephone number as well.
        """
        tokens, phones = without_phones([_token(lexeme) for lexeme in lexemes])
        found: list[Piece] = []
        for at, token in enumerate(tokens):
            if token.kind is Kind.NUMBER:
                found.append(Piece("number", token.text, doubtful=_is_doubtful(tokens, at)))
            elif token.kind is Kind.MARK:
                found.append(Piece("mark", token.text))
            else:
                found.extend(self._word(token.text))
        kept = tuple(piece for piece in found if not _is_phone_like(piece))
        return Pieces(kept, phones or len(kept) < len(found))

    def _word(self, text: str) -> Iterator[Piece]:
        """Yield the pieces of a run of letters."""
        if text in everyday_words.NAMES and text not in self._meanings:
            yield Piece("strange", text)
            return
        parts = [text] if text in self._meanings else self._divided(text)
        if parts and not (len(parts) > 1 and text in _PLAIN):
            for part in parts:
                yield Piece("word", part, self._meanings[part])
        else:
            yield Piece("plain" if text in _PLAIN else "strange", text)

    def _divided(self, text: str) -> list[str]:
        """Return `FPG` as `F` and `PG`; nothing without exactly one way to divide a run.

        `ways[end]` are at most two ways to write the first `end` letters as known words.
        """
        ways: list[list[list[str]]] = [[[]]]
        for end in range(1, min(len(text), _LONGEST_RUN) + 1):
            here = [
                [*way, text[start:end]]
                for start in range(max(0, end - _LONGEST_SLIP), end)
                if text[start:end] in self._run_together
                for way in ways[start]
            ]
            ways.append(here[:2])
        whole = ways[-1] if len(text) == len(ways) - 1 else []
        return whole[0] if len(whole) == 1 else []


def _token(lexeme: Lexeme) -> Token:
    kind = _KINDS.get(lexeme.shape, Kind.UNKNOWN)
    return Token(kind, lexeme.text.rstrip("'"), lexeme.start, lexeme.end)


def _is_phone_like(piece: Piece) -> bool:
    return piece.kind == "number" and len(piece.text) >= _PHONE_LIKE


def _is_doubtful(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a token next to a number may be part of it: a letter O, a half, `1.5`."""
    left = at > 0 and tokens[at - 1].glued_to(tokens[at])
    right = at + 1 < len(tokens) and tokens[at].glued_to(tokens[at + 1])
    sides = [*([tokens[at - 1]] if left else []), *([tokens[at + 1]] if right else [])]
    if any(side.text in _DIGIT_LIKE or ODD in side.text for side in sides):
        return True
    before, after = tokens[max(at - 2, 0) : at], tokens[at + 1 : at + 3]
    pointed = left and len(before) == 2 and _is_point(before[1]) and before[0].glued_to(before[1])
    points = right and len(after) == 2 and _is_point(after[0]) and after[0].glued_to(after[1])
    return (pointed and before[0].kind is Kind.NUMBER) or (points and after[1].kind is Kind.NUMBER)


def _is_point(token: Token) -> bool:
    return token.text in _POINTS
