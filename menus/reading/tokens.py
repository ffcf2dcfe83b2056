"""What the words of an SMS can be, before anybody asks what they say together."""

from collections.abc import Iterable
from typing import Final, NamedTuple, NewType

KindName = NewType("KindName", str)
"""The name of a kind of token: a member of `Kind`."""


class Kind:
    """The kinds of a token, each of them a `KindName`.

    No StrEnum: on CPython 3.11 naming a member calls a function, and reading an SMS takes 11 %
    more CPU.
    """

    CODE: Final = KindName("code")
    KEYWORD: Final = KindName("keyword")
    COMMAND: Final = KindName("command")
    MONTH: Final = KindName("month")
    NUMBER: Final = KindName("number")
    DAYS: Final = KindName("days")
    """The J between a stock count and its days out."""
    TIMED: Final = KindName("timed")
    """A number that counts hours, days or times (`3 jours`): never a value."""
    MARK: Final = KindName("mark")
    GREETING: Final = KindName("greeting")
    FILLER: Final = KindName("filler")
    UNIT: Final = KindName("unit")
    PACK: Final = KindName("pack")
    TIME: Final = KindName("time")
    NAME: Final = KindName("name")
    LONE: Final = KindName("lone")
    """Letters such as `O` or `l` that are a number only right after a code."""
    UNKNOWN: Final = KindName("unknown")


class Token(NamedTuple):
    """One word, number or mark.

    `text` is upper case. `means` is the code, the keyword or the command that the text stands
    for; `value` the number, or the month 1-12. A `doubtful` number must be asked, a doubtful
    month read back; `repaired` tells that letters were read as digits; `minus` that a hyphen
    stands before the number. `start` and `end` are positions in the folded text.
    """

    kind: KindName
    text: str
    start: int
    end: int
    value: int = 0
    means: str = ""
    repaired: bool = False
    doubtful: bool = False
    minus: bool = False
    titled: bool = False

    def glued_to(self, after: "Token") -> bool:
        """Whether `after` follows without a space."""
        return self.end == after.start


LEADING = frozenset({Kind.MARK, Kind.GREETING})
"""Kinds that may stand before anything else without changing what it says."""
WORDS = frozenset(
    {Kind.GREETING, Kind.FILLER, Kind.UNIT, Kind.PACK, Kind.TIME, Kind.NAME, Kind.UNKNOWN}
)
"""Kinds that are words of a sentence and carry no meaning of their own for a report."""


def forms_named(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return the keywords of the forms named, each once."""
    return tuple(dict.fromkeys(token.means for token in tokens if token.kind is Kind.KEYWORD))
