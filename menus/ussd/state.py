"""The values of a USSD dialogue: caller, state, screen, effects and transitions.

A DialogueState is small and converts to JSON and back, since it is kept between two hops.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from menus.model.problem import Problem
from menus.model.programme import EMPTY


@dataclass(frozen=True, slots=True)
class CallerPlace:
    """A place that the caller speaks for: an agent's site, or a supervisor's whole area.

    `unit` is the site's id, 0 for a supervisor, whose commands cover all posts of the caller.
    """

    unit: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An unfinished report: its `place` among the caller's, and the number of groups `done`."""

    place: int
    form: str
    month: str
    done: int
    groups: int


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller as the dialogue needs it; without name and phone number.

    `months` may be reported (YYYYMM), the month that is due first. `offered` are the keywords of
    the commands that are implemented. `sites` are the code and name of the sites below a
    supervisor. `offer` is the report to continue. `room` is the septets of a screen.
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
    """A stored report, with which new numbers are evaluated.

    `others` are the forms of the same month that are not complete. `known` are the numbers of
    other forms and months that its rules name, by `Term.name`. With `locked` an agent may no
    longer change the stored numbers.
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
    """The state of a dialogue: `at` is the name of the screen.

    `place` is the index of the caller's place, `month` the chosen month. `item` is the digit of
    the menu item whose questions are asked, `given` the answers so far. Of the report: its
    `sheet`, the index of its `group`, `again` when all numbers are asked again; `typed` and
    `days` are the numbers of this group, not yet stored; `agreed` the questions answered with
    yes, and `sure` their codes; `code` the field being retyped. `text` is an answer being read,
    or an addition to the last screen; `page` the page of it or of a list. `wrong` is the key of
    the sentence about the last answer.
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
        """Return the report being filled.

        Raises LookupError when none is open.
        """
        if self.sheet is None:
            raise LookupError("no report is open in this dialogue")
        return self.sheet

    def to_json(self) -> dict[str, Any]:
        """Return the state as tables, lists, texts and numbers."""
        plain: dict[str, Any] = _plain(self)
        return plain

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "DialogueState":
        """Return the state of `to_json`.

        Raises KeyError or TypeError for the state of another release.
        """
        caller = dict(kept["caller"])
        caller["places"] = tuple(CallerPlace(**place) for place in caller["places"])
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
        return [_plain(item) for item in value]
    return {attribute.name: _plain(getattr(value, attribute.name)) for attribute in fields(value)}


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen: its `text` without CON or END, and its `name`, which never holds data.

    `ends` closes the dialogue. `whole` is false when words had to be left out.
    """

    name: str
    text: str
    ends: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Open:
    """The effect that loads a report and continues with it.

    `how` is "ask" (offer to continue or to begin again), "continue" or "again".
    """

    form: str
    month: str
    how: str = "ask"


@dataclass(frozen=True, slots=True)
class File:
    """The effect that stores a group of numbers that was read back and confirmed.

    `asked` are the codes whose questions the caller answered.
    """

    form: str
    month: str
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """The effect that runs a command: its keyword with the words chosen for its questions.

    `site` is the code of the site chosen from a list, empty when none was, and `month` 1-12 the
    month chosen with it.
    """

    keyword: str
    words: tuple[str, ...] = ()
    site: str = ""
    month: int = 0

    @property
    def text(self) -> str:
        """Return the equivalent SMS, which the inbox shows."""
        return " ".join((self.keyword, *self.words))


Effect = Open | File | Run


@dataclass(frozen=True, slots=True)
class Transition:
    """The result of an answer: the next state, which waits for the `effect` where there is one.

    `lost` is set when answers were ignored that only a screen may take.
    """

    state: DialogueState
    effect: Effect | None = None
    lost: bool = False


def sign(problem: Problem) -> str:
    """Return the identity of a question within its group, with its numbers."""
    numbers = " ".join(f"{name}={problem.values[name]}" for name in sorted(problem.values))
    return f"{problem.key} {' '.join(problem.codes)} {numbers}"
