"""From the text of an SMS to words, numbers and marks; nothing is understood here yet.

The folding is for reading only: it strips accents and typography but keeps upper and lower
case apart, because a small `l` may stand for 1 and a capital `L` may not.
"""

import re
import unicodedata
from typing import Final, NamedTuple, NewType

ODD: Final = "¤"
"""Stands for a numeral that is no decimal digit (½, ², ①): its number must be asked."""

_SPELLED: Final = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ɛ": "e", "Ɛ": "E", "ɔ": "o", "Ɔ": "O",
    "ɲ": "ny", "Ɲ": "NY", "ŋ": "ng", "Ŋ": "NG",
    "\n": "\n", "\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n",
    **dict.fromkeys("’‘ʼ`´′", "'"), **dict.fromkeys("‐‑‒–—―−⁻", "-"),
}  # fmt: skip
_INVISIBLE: Final = frozenset(("Cf", "Mn", "Me"))
# One pass, one character class per branch: no branch can be re-entered, so time is linear.
_LEXEME: Final = re.compile(r"([A-Za-z]{1,2}'(?=[A-Za-z]))|([A-Za-z]+)|([0-9]+)|([^A-Za-z0-9 ])")


ShapeName = NewType("ShapeName", str)
"""The name of a shape of lexeme: a member of `Shape`."""


class Shape:
    """What a lexeme is made of. An ELISION is the `j'` of `j'ai`."""

    WORD: Final = ShapeName("word")
    NUMBER: Final = ShapeName("number")
    MARK: Final = ShapeName("mark")
    ELISION: Final = ShapeName("elision")


_SHAPES: Final[tuple[ShapeName, ...]] = (Shape.ELISION, Shape.WORD, Shape.NUMBER, Shape.MARK)
"""In the order of the groups of `_LEXEME`."""


class Lexeme(NamedTuple):
    """A run of letters, a run of digits or one other sign, and where it stood when folded."""

    shape: ShapeName
    text: str
    start: int
    end: int


def normalise_input(text: str) -> str:
    """The text in plain ASCII letters, digits and signs; line ends are kept, never raises.

    Accents go, any script's decimal digits become 0-9 (fullwidth ones above all), every kind
    of blank a space, dashes `-`, apostrophes `'`; invisible characters vanish; emoji and all
    else become a space. Numerals that are no decimal digits become `ODD`.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """The folded form of every sign met so far, up to a bound, as `str.translate` wants it."""

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
    """The letter or sign without its accent or width; a blank where it has no such base.

    Raised letters are odd: the `º` of `1º` must not be read as a zero.
    """
    origin = unicodedata.decomposition(sign)
    if origin.startswith(("<super>", "<sub>")):
        return ODD
    if origin.startswith("<") and not origin.startswith(("<wide>", "<font>")):
        return " "
    plain = unicodedata.normalize("NFKD", sign)
    return "".join(one for one in plain if " " <= one <= "~") or " "


def scan(text: str) -> list[Lexeme]:
    """The lexemes of a folded text, in order; spaces are dropped, positions tell of them."""
    return [
        Lexeme(_SHAPES[(match.lastindex or 0) - 1], match[0], *match.span())
        for match in _LEXEME.finditer(text)
    ]
