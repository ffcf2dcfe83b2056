"""The catalogue's referrals: reasons, treatments, states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.programme import EMPTY

STATES: Final = (
    "sent", "left", "declined", "arrived", "hospitalised", "treated", "died", "not_arrived",
    "unanswered", "withdrawn",
)  # fmt: skip
"""The states of a referral; `gateway.model.referral.ReferralState` defines each of them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list of choices.

    `labels` and `shorts` are by language; `dhis2` is the code of its option in DHIS2.
    `aliases` are other spellings, matched exactly.
    """

    code: str
    labels: Mapping[str, str]
    shorts: Mapping[str, str]
    dhis2: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason(Choice):
    """The reason of a referral.

    An age in months outside `youngest` to `oldest` is asked again. An `adult` is a woman, whose
    age is not kept. `counts_in` is the code of the month's report that counts the referral, or
    empty.
    """

    youngest: int = 0
    oldest: int = 0
    adult: bool = False
    counts_in: str = ""


@dataclass(frozen=True, slots=True)
class Treatment(Choice):
    """A treatment given before departure; with `none` no treatment was given, and no other fits."""

    none: bool = False


@dataclass(frozen=True, slots=True)
class Referrals:
    """The content of `referrals.toml`, by code; codes and aliases are upper case."""

    reasons: Mapping[str, Reason] = field(default_factory=lambda: EMPTY)
    treatments: Mapping[str, Treatment] = field(default_factory=lambda: EMPTY)
    states: Mapping[str, Choice] = field(default_factory=lambda: EMPTY)
