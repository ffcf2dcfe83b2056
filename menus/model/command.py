"""A keyword that is no form: its roles, its arguments, and the use of what stands beside it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OUI, NON, COR, POUR = "OUI", "NON", "COR", "POUR"
RAS, ANNULE, RCU = "RAS", "ANNULE", "RCU"
RUPT = "RUPT"
OWN_GRAMMAR: Final = frozenset({OUI, NON, COR, POUR, RAS, ANNULE, RCU})
"""The keywords with grammar rules of their own, which every catalogue must have."""


class ReportUse(StrEnum):
    """The meaning of the codes and numbers beside a keyword."""

    NONE = "none"
    """A report: the message is a report, and the keyword only a word of it."""
    FILLS = "fills"
    """A report that the keyword changes or files for a site: COR, POUR."""
    QUANTITIES = "quantities"
    """Pairs that are read as those of a report and do not fill it: RCU."""
    OWN = "own"
    """Arguments of the keyword."""


class MonthUse(StrEnum):
    """The use of a month beside a keyword, and the month meant without one."""

    NONE = "none"
    OPEN = "open"
    """The current month from the day on which it opens, else the one before."""
    DUE = "due"
    """The month of a report without a month."""


class ArgumentKind(StrEnum):
    """The reader of the words beside a keyword (`menus.reading.arguments.READERS`)."""

    NONE = "none"
    PLACE = "place"
    RECEIPT_OR_PLACE = "receipt_or_place"
    PRODUCTS = "products"
    PATIENT = "patient"
    OUTCOME = "outcome"
    REFERRAL_NUMBER = "referral_number"
    TOPIC = "topic"
    LANGUAGE = "language"
    NUMBER_CHANGE = "number_change"


class Continues(StrEnum):
    """The part of the last answer that a keyword continues."""

    NOTHING = "nothing"
    QUESTION = "question"
    CHANGE = "change"
    PAGES = "pages"


@dataclass(frozen=True, slots=True)
class Command:
    """A keyword that is no form, as in its block of `keywords.toml`.

    `roles` may use it and `help` is the key of its sentence; `aliases` are its other names, of
    all languages. `one_site`: an agent sends it about a single site, which has to be known.
    `for_area`: a person who is both agent and supervisor sends it as a supervisor. `forgiving`:
    a mistyped one is run, since it changes nothing or asks before it does. `within_pour`: it may
    stand inside POUR. `changes_area`: a supervisor may change reports of several sites with it,
    and `makes_referral`: it takes a number at a facility; both are locked before the message is
    understood. `names_patient`: its text may name a patient, and is erased when it may not be
    kept. `missing` is the key of the sentence that asks for the codes and numbers it takes.
    """

    keyword: str
    roles: tuple[str, ...]
    help: str
    aliases: tuple[str, ...] = ()
    arguments: ArgumentKind = ArgumentKind.NONE
    report: ReportUse = ReportUse.NONE
    month: MonthUse = MonthUse.NONE
    continues: Continues = Continues.NOTHING
    one_site: bool = False
    for_area: bool = False
    forgiving: bool = False
    within_pour: bool = False
    changes_area: bool = False
    makes_referral: bool = False
    names_patient: bool = False
    missing: str = ""

    @property
    def has_own_pairs(self) -> bool:
        """Return whether codes and numbers may stand beside it without being a report."""
        return self.report in (ReportUse.OWN, ReportUse.QUANTITIES)

    @property
    def takes_month(self) -> bool:
        """Return whether a month may stand beside it."""
        return self.month is not MonthUse.NONE
