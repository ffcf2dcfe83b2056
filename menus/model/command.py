"""A keyword that is no form: the one row that says what it may be, take and mean."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OUI, NON, COR, POUR = "OUI", "NON", "COR", "POUR"
RAS, ANNULE, RCU = "RAS", "ANNULE", "RCU"
RUPT = "RUPT"
OWN_GRAMMAR: Final = frozenset({OUI, NON, COR, POUR, RAS, ANNULE, RCU})
"""Keywords with a rule of the grammar of their own: a catalogue cannot do without them."""


class ReportUse(StrEnum):
    """What the codes and numbers beside a keyword are."""

    NONE = "none"
    """A report: the message is one, and the keyword a mere word of it."""
    FILLS = "fills"
    """A report that the keyword says what to do with: COR, POUR."""
    QUANTITIES = "quantities"
    """Pairs that are read as those of a report and fill none: RCU."""
    OWN = "own"
    """Arguments of the keyword."""


class MonthUse(StrEnum):
    """Whether a month may stand beside a keyword, and which one is meant without."""

    NONE = "none"
    OPEN = "open"
    """The current month from the day on which it opens, else the one before."""
    DUE = "due"
    """The month that a report without one would be about."""


class ArgumentKind(StrEnum):
    """How the words beside a keyword are read (`menus.reading.arguments.READERS`)."""

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
    """What of the last answer a keyword goes on with."""

    NOTHING = "nothing"
    QUESTION = "question"
    CHANGE = "change"
    PAGES = "pages"


@dataclass(frozen=True, slots=True)
class Command:
    """A keyword that is no form, as its block in `keywords.toml` says it.

    `roles` may use it and `help` is the key of its sentence; `aliases` are its other names, of
    all languages. `one_site` tells that an agent's word is about one site, which has to be
    known; `for_area` that who is both agent and supervisor says it as a supervisor;
    `forgiving` that a mistyped one is obeyed, since it changes nothing or asks before it does;
    `within_pour` that it may stand inside POUR; `changes_area` that a supervisor's word may change
    reports of several sites, and `makes_referral` that it takes a number at a facility: both are
    locked before the message is understood. `names_patient` that its text may name a
    patient, and is erased when it may not be kept. `missing` is the key of the sentence that
    asks for the codes and numbers that it takes.
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
