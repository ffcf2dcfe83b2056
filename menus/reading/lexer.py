"""Lexer: from the text of an SMS to words, numbers and marks, without their meaning.

The normalised text serves reading only. Accents and typography go, but upper and lower case
stay apart, because a small `l` may stand for 1 and a capital `L` may not.
"""

import re
import unicodedata
from typing import Final, NamedTuple, NewType

ODD: Final = "¤"
"""The sign for a numeral that is no decimal digit (½, ², ①): its number must be asked."""

_SPELLED: Final = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ɛ": "e", "Ɛ": "E", "ɔ": "o", "Ɔ": "O",
    "ɲ": "ny", "Ɲ": "NY", "ŋ": "ng", "Ŋ": "NG",
    "\n": "\n", "\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n",
    **dict.fromkeys("’‘ʼ`´′", "'"), **dict.fromkeys("‐‑‒–—―−⁻", "-"),
}  # fmt: skip
_INVISIBLE: Final = frozenset(("Cf", "Mn", "Me"))
# One pass with one character class per branch: the engine never backtracks, so that the time is
# linear in the length of the text.
_LEXEME: Final = re.compile(r"([A-Za-z]{1,2}'(?=[A-Za-z]))|([A-Za-z]+)|([0-9]+)|([^A-Za-z0-9 ])")


ShapeName = NewType("ShapeName", str)
"""The name of a shape of lexeme: a member of `Shape`."""


class Shape:
    """The shapes of a lexeme, each of them a `ShapeName`. An ELISION is the `j'` of `j'ai`."""

    WORD: Final = ShapeName("word")
    NUMBER: Final = ShapeName("number")
    MARK: Final = ShapeName("mark")
    ELISION: Final = ShapeName("elision")


_SHAPES: Final[tuple[ShapeName, ...]] = (Shape.ELISION, Shape.WORD, Shape.NUMBER, Shape.MARK)
"""The shape of each group of `_LEXEME`, in order."""


class Lexeme(NamedTuple):
    """A run of letters, a run of digits or one other sign.

    `start` and `end` are positions in the normalised text, as of a slice.
    """

    shape: ShapeName
    text: str
    start: int
    end: int


def normalise_input(text: str) -> str:
    """Return the text in ASCII letters, digits and signs, with `ODD` as the only other sign.

    Accents go; the decimal digits of any script (fullwidth ones above all) become 0-9, dashes
    `-`, apostrophes `'`. Line ends become line feeds and every other blank a space. Invisible
    characters vanish (Unicode categories Cf, Mn, Me); emoji and all else become a space.
    Numerals that are no decimal digits become `ODD`. Raises nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """The plain form of each character met so far, by code point, for `str.translate`.

    It grows to `_MOST_SIGNS` entries and no further, so that no text can fill the memory.
    """

    def __missing__(self, number: int) -> str:
        plain = _plain(chr(number))
        if len(self) < _MOST_SIGNS:
            self[number] = plain
        return plain


_PLAIN: Final = _Plain()
_MOST_SIGNS: Final = 4096


def _plain(sign: str) -> str:
    if " " <= sign <= "~":
        return sign
    if sign in _SPELLED:
        return _SPELLED[sign]
    category = unicodedata.category(sign)
    if category in _INVISIBLE:
        return ""
    if category[0] == "N":
        return str(unicodedata.decimal(sign, ODD))
    return _base(sign) if category[0] in "LPS" else " "


def _base(sign: str) -> str:
    """Return a letter or sign without its accent or width; a space when it has no such base.

    Raised and lowered letters become `ODD`: the `º` of `1º` must not be read as a zero.
    """
    origin = unicodedata.decomposition(sign)
    if origin.startswith(("<super>", "<sub>")):
        return ODD
    if origin.startswith("<") and not origin.startswith(("<wide>", "<font>")):
        return " "
    plain = unicodedata.normalize("NFKD", sign)
    return "".join(part for part in plain if " " <= part <= "~") or " "


def scan(text: str) -> list[Lexeme]:
    """Return the lexemes of a normalised text, in order, without its spaces."""
    return [
        Lexeme(_SHAPES[(match.lastindex or 0) - 1], match[0], *match.span())
        for match in _LEXEME.finditer(text)
    ]
