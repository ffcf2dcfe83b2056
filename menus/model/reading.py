"""The reading of an SMS: its month, the numbers of each form, its command, its problems."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from menus.model.arguments import Arguments
from menus.model.command import COR
from menus.model.problem import Problem
from menus.model.programme import EMPTY


@dataclass(frozen=True, slots=True)
class MonthSaid:
    """A month as typed: `month` 1-12, `year` when typed as well, `sure` when beyond doubt.

    `back` counts months before the month of sending (`M-1`, `mois passe`); `month` is 0 then.
    """

    month: int
    year: int | None = None
    sure: bool = True
    back: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """The content of a message for one form: numbers by code, days out by code.

    `repaired` are the codes whose number held a letter that was read as a digit.
    """

    form: str
    values: Mapping[str, int]
    days_out: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """An SMS, understood as far as possible.

    `filled` holds only numbers that are certain, or were repaired beyond doubt; everything else
    is in `problems`, so that nothing typed is skipped silently. `personal` is set when names or
    phone numbers were typed and dropped; `cut` when the message seems cut at the length of one
    SMS. `stray_number` stands before the first code without a keyword, in a message that says no
    month: the month, or a number that lost its code and must be asked. None without one.

    `command` is the keyword of a command that is no form. Its `arguments` are read from the
    words beside it, without greetings and without the words of the month; for POUR they are the
    site. Codes and numbers of COR, POUR and RCU are in `filled`, `month` and `problems`, as for
    a report. `within` is the command that follows POUR: COR, RAS or ANNULE. A command with
    `problems` must not be run before they are mended, except for the numbers in `filled`.
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
    stray_number: int | None = None

    @property
    def correction(self) -> bool:
        """Return whether the numbers change an earlier report (COR, POUR ... COR)."""
        return COR in (self.command, self.within)
