"""Tokens: what each word, number or mark of an SMS is by itself."""

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
    """The code of a field of a form, or one of its aliases."""
    KEYWORD: Final = KindName("keyword")
    """The keyword of a form, or one of its aliases."""
    COMMAND: Final = KindName("command")
    """A keyword that is no form, or one of its aliases."""
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
    """A word for the things that a number counts (`cas`, `sachets`)."""
    PACK: Final = KindName("pack")
    """A unit that is not the one counted (`boites`)."""
    TIME: Final = KindName("time")
    """A word that makes the number before it TIMED (`jours`, `h`, `fois`)."""
    NAME: Final = KindName("name")
    """A word that is or may be a person's name."""
    LONE: Final = KindName("lone")
    """Letters such as `O` or `l` that are a number only right after a code."""
    UNKNOWN: Final = KindName("unknown")


class Token(NamedTuple):
    """A word, number or mark.

    `text` is upper case, but for an elision (`j'`), which stays as typed. `means` is the code,
    the keyword or the command that the text stands for; `value` the number, or the month 1-12.
    A `doubtful` number must be asked, a doubtful month read back. `repaired` tells that letters
    were read as digits, `minus` that a hyphen stands before the number, `titled` that a word of
    three letters or more was typed with a capital in front and small letters after it. `start`
    and `end` are positions in the normalised text, as of a slice.
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
        """Return whether `after` follows without a space."""
        return self.end == after.start


LEADING: Final = frozenset({Kind.MARK, Kind.GREETING})
"""Kinds that may stand before any other without a change of meaning."""
WORDS: Final = frozenset(
    {Kind.GREETING, Kind.FILLER, Kind.UNIT, Kind.PACK, Kind.TIME, Kind.NAME, Kind.UNKNOWN}
)
"""Kinds that are words of a sentence and mean nothing in a report."""


def forms_named(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return the keywords of the forms that tokens name, each once, in order."""
    return tuple(dict.fromkeys(token.means for token in tokens if token.kind is Kind.KEYWORD))
