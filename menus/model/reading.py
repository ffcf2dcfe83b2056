"""What one SMS says: the month, the numbers of each form, the command, what must be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from menus.model.arguments import Arguments
from menus.model.command import COR
from menus.model.problem import Problem
from menus.model.programme import EMPTY


@dataclass(frozen=True, slots=True)
class MonthSaid:
    """A month as typed: `month` 1-12, `year` when it was typed too, `sure` when beyond doubt.

    `back` counts months before the one of sending (`M-1`, `mois passe`); `month` is 0 then.
    """

    month: int
    year: int | None = None
    sure: bool = True
    back: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """What one message says for one form: numbers by code, days out by code."""

    form: str
    values: Mapping[str, int]
    days_out: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One SMS, understood as far as it goes.

    `filled` holds only what is certain, or was repaired beyond doubt; everything else stands
    in `problems`, so nothing that was typed is skipped in silence. `personal` tells that names
    or phone numbers were typed and dropped; `cut` that the message seems cut at the length of
    one SMS.

    `command` is the keyword of a command that is no form, `arguments` what stands beside it,
    less greetings and what was read as the month; for POUR it is the site. What COR, POUR and
    RCU say of codes and numbers stands in `filled`, `month` and `problems`, as for a report.
    `within` is the command that POUR was followed by: COR, RAS or ANNULE. A command
    with `problems` must not be obeyed before they are mended, except for what is `filled`.
    """

    filled: tuple[Filled, ...] = ()
    month: MonthSaid | None = None
    command: str = ""
    arguments: Arguments | None = None
    forms_named: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    personal: bool = False
    cut: bool = False
    within: str = ""

    @property
    def correction(self) -> bool:
        """Whether the numbers are meant to change what was reported (COR, POUR ... COR)."""
        return COR in (self.command, self.within)
