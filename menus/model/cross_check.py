"""A cross-check between numbers: its terms, their months, the comparison and the level."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """The severity of a Problem: a refusal, a confirmation, or a question."""

    REFUSE = "refuse"
    CONFIRM = "confirm"
    ASK = "ask"


class When(StrEnum):
    """The number of a code that a term means, written after an at sign: `RST@last_month`."""

    NOW = "now"
    """This month's, of any form of the site; the default when nothing is written."""
    LAST_MONTH = "last_month"
    """The month before this one."""
    USUAL = "usual"
    """The median of the months known before this one."""
    OPENING = "opening"
    """The newest stock on hand that was counted before this month."""
    RECEIVED = "received"
    """The receipts since the opening stock; 0 when none is known."""
    LATEST = "latest"
    """This month's stock on hand, else the opening stock."""
    COUNTED = "counted"
    """The number that the gateway has counted this month, message by message: referrals."""


@dataclass(frozen=True, slots=True)
class Term:
    """A signed multiple of a number of a field, or a constant when `code` is empty.

    `name` identifies the number in a Problem's values and in a sentence: `RST`,
    `RST_last_month`.
    """

    code: str = ""
    factor: int = 1
    when: When = When.NOW
    name: str = field(init=False)

    def __post_init__(self) -> None:
        name = self.code if self.when is When.NOW else f"{self.code}_{self.when}"
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The accepted difference of two sides: `units`, or `percent` of the right one if more."""

    percent: int
    units: int


@dataclass(frozen=True, slots=True)
class Check:
    """A cross-check: the sum of `left` compared by `op` with the sum of `right`.

    The operator `differ` compares term by term instead, and holds when any pair is unequal.
    With `allow` a comparison also holds when it is missed by no more than that. A check applies
    once every number it names is known, and `given`, when present, holds as well. `rule` is the
    number of the rule in the programme's list; `words` the key of its sentence.

    Computed once, because every message is compared with every check: `codes` are the named
    fields of this month, in order of appearance; `terms` all terms that name a field, including
    those of `given`; `elsewhere` those of them that are not numbers of this month.
    """

    rule: int
    left: tuple[Term, ...]
    op: str
    right: tuple[Term, ...]
    level: Level
    words: str
    given: "Check | None" = None
    allow: Allowance | None = None
    codes: tuple[str, ...] = field(init=False)
    terms: tuple[Term, ...] = field(init=False)
    elsewhere: tuple[Term, ...] = field(init=False)

    def __post_init__(self) -> None:
        inner = self.given.terms if self.given else ()
        terms = tuple(term for term in self.left + self.right if term.code) + inner
        codes = (term.code for term in terms if term.when in {When.NOW, When.LATEST})
        elsewhere = tuple(term for term in terms if term.when is not When.NOW)
        object.__setattr__(self, "codes", tuple(dict.fromkeys(codes)))
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "elsewhere", elsewhere)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all terms, which are the keys of its Problem's `values`."""
        return frozenset(term.name for term in self.terms)
