"""What the words of an SMS can be, before anybody asks what they say together."""

from typing import Final, Literal, NamedTuple

AnyKind = Literal[
    "code", "keyword", "command", "month", "number", "days", "timed", "mark", "greeting",
    "filler", "unit", "pack", "time", "name", "lone", "unknown",
]  # fmt: skip


class Kind:
    """What one token is. No Enum: CPython 3.11 makes a call each time a member is named."""

    CODE: Final = "code"
    KEYWORD: Final = "keyword"
    COMMAND: Final = "command"
    MONTH: Final = "month"
    NUMBER: Final = "number"
    DAYS: Final = "days"
    """The J between a stock count and its days out."""
    TIMED: Final = "timed"
    """A number that counts hours, days or times (`3 jours`): never a value."""
    MARK: Final = "mark"
    GREETING: Final = "greeting"
    FILLER: Final = "filler"
    UNIT: Final = "unit"
    PACK: Final = "pack"
    TIME: Final = "time"
    NAME: Final = "name"
    LONE: Final = "lone"
    """Letters such as `O` or `l` that are a number only right after a code."""
    UNKNOWN: Final = "unknown"


class Token(NamedTuple):
    """One word, number or mark.

    `text` is upper case. `means` is the code, the keyword or the command that the text stands
    for; `value` the number, or the month 1-12. A `doubtful` number must be asked, a doubtful
    month read back; `repaired` tells that letters were read as digits; `minus` that a hyphen
    stands before the number. `start` and `end` are positions in the folded text.
    """

    kind: AnyKind
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


WORDS = frozenset(
    {Kind.GREETING, Kind.FILLER, Kind.UNIT, Kind.PACK, Kind.TIME, Kind.NAME, Kind.UNKNOWN}
)
"""Kinds that are words of a sentence and carry no meaning of their own for a report."""
