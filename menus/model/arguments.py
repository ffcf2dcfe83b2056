"""What stands beside a keyword, as values: what a reader makes of an SMS, or a menu composes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.programme import EMPTY

EVERYTHING: Final = "TOUT"
"""Stands in place of a place's name and means the whole area."""

AGE, SEX, REASON, TREATMENTS = "age", "sex", "reason", "treatments"


@dataclass(frozen=True, slots=True)
class Place:
    """The words of a site's or facility's name or code, upper case; none for the whole area.

    `chosen` is the code of a site that was chosen from a list, which no name can be taken for.
    """

    words: tuple[str, ...] = ()
    chosen: str = ""

    @property
    def is_everything(self) -> bool:
        """Return whether the word for the whole area stands here."""
        return self.words == (EVERYTHING,)


@dataclass(frozen=True, slots=True)
class ReceiptNumber:
    """The receipt number of a report."""

    number: str = ""


@dataclass(frozen=True, slots=True)
class Products:
    """The products beside RUPT or COMMANDE, and the place.

    `days` are by code: None when only the product was named. `near` are codes that a typed
    word is one slip away from, by that word; `numbers` the codes before a number that is no
    days, empty for none; `place` is every other word, such as the name of a site.
    """

    days: Mapping[str, int | None] = field(default_factory=lambda: EMPTY)
    near: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    numbers: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)

    @property
    def names_product(self) -> bool:
        """Return whether a product, or what may be one, was named."""
        return bool(self.days or self.near or self.numbers)


@dataclass(frozen=True, slots=True)
class ReferredPatient:
    """What a REF says of a patient.

    `unclear` are those of AGE, SEX, REASON, TREATMENTS that must be asked; `near` is the code
    that a word is one slip away from. `age_months` is None for an adult. `personal` tells that
    something was typed which may be a name or a telephone number, `strange` that anything was
    not understood, so that the text must not be kept.
    """

    age_months: int | None = None
    sex: str = ""
    reason: str = ""
    treatments: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    near: str = ""
    personal: bool = False
    strange: bool = False


@dataclass(frozen=True, slots=True)
class ReferralOutcome:
    """What became of which referral; `number` and `letter` are empty where they are unclear.

    `days` are those to the agent's visit, None when none were said. `personal` tells that
    something was typed which may be a name or a telephone number, `strange` that anything was
    not understood, so that the text must not be kept.
    """

    number: str = ""
    letter: str = ""
    days: int | None = None
    personal: bool = False
    strange: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """The word that AIDE shall explain, upper case; empty for the general answer."""

    word: str = ""


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """The code of a language, lower case; empty when none was said."""

    language: str = ""


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A site and the digits behind it, as typed: the new phone, before it perhaps the end of
    the old one."""

    site: Place = field(default_factory=Place)
    digits: tuple[str, ...] = ()


Arguments = (
    Place
    | ReceiptNumber
    | Products
    | ReferredPatient
    | ReferralOutcome
    | Topic
    | LanguageChoice
    | NumberChange
)
