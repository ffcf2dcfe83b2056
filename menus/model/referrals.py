"""What the catalogue says of referrals: reasons, treatments, how one stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.programme import EMPTY

STATES: Final = (
    "sent", "left", "declined", "arrived", "hospitalised", "treated", "died", "not_arrived",
    "unanswered", "withdrawn",
)  # fmt: skip
"""How a referral can stand; `gateway.model.referral.ReferralState` says what each of them means."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a list. `labels` and `shorts` are by language; `dhis2` is its option's code.

    `aliases` are other spellings, taken exactly.
    """

    code: str
    labels: Mapping[str, str]
    shorts: Mapping[str, str]
    dhis2: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason(Choice):
    """Why somebody is sent. An age in months outside `youngest` to `oldest` is asked.

    An `adult` is a woman, whose age is not kept. `counts_in` is the code of the month's report
    that counts her or him, or empty.
    """

    youngest: int = 0
    oldest: int = 0
    adult: bool = False
    counts_in: str = ""


@dataclass(frozen=True, slots=True)
class Treatment(Choice):
    """What was given before leaving; `none` says that nothing was, and stands alone."""

    none: bool = False


@dataclass(frozen=True, slots=True)
class Referrals:
    """Everything that `referrals.toml` says. Codes and aliases are upper case."""

    reasons: Mapping[str, Reason] = field(default_factory=lambda: EMPTY)
    treatments: Mapping[str, Treatment] = field(default_factory=lambda: EMPTY)
    states: Mapping[str, Choice] = field(default_factory=lambda: EMPTY)
