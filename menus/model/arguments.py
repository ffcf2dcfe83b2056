"""The arguments of a keyword as values, read from an SMS or composed by a menu."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.programme import EMPTY

EVERYTHING: Final = "TOUT"
"""The word for the whole area, in place of a place's name."""

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
        """Return whether the word for the whole area was typed."""
        return self.words == (EVERYTHING,)


@dataclass(frozen=True, slots=True)
class ReceiptNumber:
    """The receipt number of a report."""

    number: str = ""


@dataclass(frozen=True, slots=True)
class Products:
    """The products beside RUPT or COMMANDE, and the place.

    `days` are by code: None when only the product was named. `near` are the codes that a typed
    word is one slip away from, by that word; `numbers` the codes before a number that is no
    number of days, '' where there is no code; `place` are all other words, such as the name of a
    site.
    """

    days: Mapping[str, int | None] = field(default_factory=lambda: EMPTY)
    near: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    numbers: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)

    @property
    def names_product(self) -> bool:
        """Return whether a product, or a word that may be a product, was named."""
        return bool(self.days or self.near or self.numbers)


@dataclass(frozen=True, slots=True)
class ReferredPatient:
    """The patient of a REF.

    `unclear` are those of AGE, SEX, REASON, TREATMENTS that must be asked; `near` is the code
    that a word is one slip away from. `age_months` is None for an adult. `personal` is set when
    the text may hold a name or a telephone number, `strange` when a part of it was not
    understood, so that the text must not be kept.
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
    """The outcome of a referral; `number` and `letter` are empty where they are unclear.

    `days` are those to the agent's visit, None when none were typed. `personal` is set when the
    text may hold a name or a telephone number, `strange` when a part of it was not understood, so
    that the text must not be kept.
    """

    number: str = ""
    letter: str = ""
    days: int | None = None
    personal: bool = False
    strange: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """The word that AIDE explains, upper case; empty for the general answer."""

    word: str = ""


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """The code of a language, lower case; empty when none was typed."""

    language: str = ""


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A site and the groups of digits after it, as typed.

    They are the new phone, in one or several groups, after the end of the old phone, if any.
    """

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
