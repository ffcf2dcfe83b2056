"""A cross-check between numbers: which ones, of which months, compared how, and how hard."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How hard a Problem is: a refusal, or something the agent may confirm."""

    REFUSE = "refuse"
    CONFIRM = "confirm"
    ASK = "ask"


class When(StrEnum):
    """Which number of a code a term means. TOML writes it behind an at sign: `RST@last_month`."""

    NOW = "now"
    """This month's, of whichever form of the site; the one meant when nothing is written."""
    LAST_MONTH = "last_month"
    """The month before this one."""
    USUAL = "usual"
    """The median of the months known before this one."""
    OPENING = "opening"
    """The newest stock on hand that was counted before this month."""
    RECEIVED = "received"
    """What came in since the opening stock; none when nothing is known of it."""
    LATEST = "latest"
    """This month's stock on hand, else the opening stock."""
    COUNTED = "counted"
    """How many the gateway itself has counted this month, one message at a time: referrals."""


@dataclass(frozen=True, slots=True)
class Term:
    """A signed multiple of a number of a field, or a constant when `code` is empty.

    `name` is what the number is called in a Problem and in a sentence: `RST`,
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
    """How far two sides may lie apart: by `units`, or by `percent` of the right one if more."""

    percent: int
    units: int


@dataclass(frozen=True, slots=True)
class Check:
    """A cross-check: the sum of `left` compared by `op` with the sum of `right`.

    `differ` compares term by term instead, and holds when any pair is unequal. `allow` lets a
    comparison hold that is missed by no more than that. A check speaks once every number it
    names is known, and `given`, when present, holds as well. `rule` is the number of the rule
    in the programme's list; `words` the key of its sentence.

    Worked out once, because every message is held against every check: `codes` are the fields
    of this month that are named, in order of appearance; `terms` all that name a field, those
    of `given` included; `elsewhere` those of them that look beyond this month.
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
        """What its Problem's `values` hold: the names of all its terms."""
        return frozenset(term.name for term in self.terms)
