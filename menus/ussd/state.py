"""A dialogue by USSD as values: who dials, where she stands, what is shown, what she wishes.

A DialogueState is small and turns into JSON and back, since it is kept between two keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from menus.model.cross_check import Check
from menus.model.problem import Problem
from menus.model.programme import EMPTY


@dataclass(frozen=True, slots=True)
class CallerPlace:
    """Where she speaks from: as an agent a site, as a supervisor what she supervises.

    `unit` is the site's id, 0 for a supervisor, whose commands cover all her posts.
    """

    unit: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A report that was begun and not finished: at which of her places, and how far it is."""

    place: int
    form: str
    month: str
    done: int
    groups: int


@dataclass(frozen=True, slots=True)
class Caller:
    """Who dials, as far as the dialogue needs it; no name and no number.

    `months` may be reported, the one that is due first. `offered` are the keywords of the
    commands that work. `sites` are the code and name of those below a supervisor. `room` is
    how many septets a screen may hold.
    """

    language: str
    places: tuple[CallerPlace, ...] = ()
    months: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    sites: tuple[tuple[str, str], ...] = ()
    offer: Offer | None = None
    room: int = 160


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report as it is stored, for weighing new numbers beside it.

    `others` are the forms of the same month that are not complete. `known` are the numbers of
    other forms and months that its rules look at, by `Term.name`.
    `locked` tells that what is stored may no longer be changed by an agent.
    """

    form: str
    month: str
    values: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    receipt: str = ""
    complete: bool = False
    locked: bool = False
    others: tuple[str, ...] = ()
    known: Mapping[str, int] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Where a dialogue stands: `at` names the screen.

    `place` is the number of her place, `month` the month chosen. `item` is the digit of the
    menu item whose questions are asked, `given` what they were answered. Of the report: its
    `sheet`, the number of its `group`, `again` when all is asked anew; `typed` and `days` are
    the numbers of this group, not yet stored; `agreed` the questions that she answered with
    yes, and `sure` their codes; `code` the field that is typed anew. `text` is an answer being
    read, or what the last screen says besides; `page` the page of it or of a list.
    `wrong` is the key of a line about her last answer.
    """

    caller: Caller
    at: str = "menu"
    place: int = 0
    month: str = ""
    item: str = ""
    given: tuple[str, ...] = ()
    sheet: Sheet | None = None
    group: int = 0
    again: bool = False
    typed: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    days: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    agreed: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()
    code: str = ""
    text: str = ""
    page: int = 0
    wrong: str = ""

    @property
    def report(self) -> Sheet:
        """The report being filled. Raises LookupError when none is open."""
        if self.sheet is None:
            raise LookupError("no report is open in this dialogue")
        return self.sheet

    def to_json(self) -> dict[str, Any]:
        """Plain tables, lists, texts and numbers."""
        plain: dict[str, Any] = _plain(self)
        return plain

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "DialogueState":
        caller = dict(kept["caller"])
        caller["places"] = tuple(CallerPlace(**one) for one in caller["places"])
        caller["sites"] = tuple((code, name) for code, name in caller["sites"])
        caller["offer"] = Offer(**caller["offer"]) if caller["offer"] else None
        for key in ("months", "offered"):
            caller[key] = tuple(caller[key])
        state = {**kept, "caller": Caller(**caller)}
        if kept["sheet"]:
            others = tuple(kept["sheet"]["others"])
            state["sheet"] = Sheet(**{**kept["sheet"], "others": others})
        state |= {key: tuple(kept[key]) for key in ("given", "agreed", "sure")}
        return cls(**state)


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int)) or value is None:
        return value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown: `text` without CON or END, and the screen's `name`, which is never data.

    `whole` is false when words had to be left out.
    """

    name: str
    text: str
    ends: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Open:
    """The wish to see what is stored of a report, and to go on with it.

    `how` is "ask" (offer to go on or to begin anew), "continue" or "again".
    """

    form: str
    month: str
    how: str = "ask"


@dataclass(frozen=True, slots=True)
class File:
    """The wish to store a group of numbers that was read back and confirmed.

    `asked` are the codes whose doubts she answered one by one.
    """

    form: str
    month: str
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """The effect of a command: its keyword with the words chosen for its questions.

    `site` is the code of the site that was chosen from a list, empty when none was, and `month`
    1-12 the month chosen with it.
    """

    keyword: str
    words: tuple[str, ...] = ()
    site: str = ""
    month: int = 0

    @property
    def text(self) -> str:
        """Return how the inbox shows the command: as the SMS that would say the same."""
        return " ".join((self.keyword, *self.words))


Effect = Open | File | Run


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an answer leads. With a `effect` the state waits for what comes of it.

    `lost` tells that answers were left aside which only a screen may take.
    """

    state: DialogueState
    effect: Effect | None = None
    lost: bool = False


def names_known(checks: tuple[Check, ...]) -> frozenset[str]:
    """The names of all numbers that these checks look at."""
    return frozenset(name for check in checks for name in check.names)


def sign(problem: Problem) -> str:
    """What tells a question from every other one of the same group, its numbers included."""
    numbers = " ".join(f"{name}={problem.values[name]}" for name in sorted(problem.values))
    return f"{problem.key} {' '.join(problem.codes)} {numbers}"
