"""The programme's own choices, as `programme.toml` says them: one section, one class."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NearWords:
    """Words of the language that are one slip or one phone key apart, and `why` they may be."""

    words: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ReferralTimes:
    """How long each thing about a referral is waited for.

    Hours count from its departure. The same text within `same_within_minutes` is the same
    referral, sent again. `follow_up_days` are those to the agent's visit, where the centre says
    none. `number_months` is how long a number is not given again at a facility.
    """

    remind_after_hours: int = 24
    escalate_after_hours: int = 48
    close_after_days: int = 30
    drop_age_after_days: int = 90
    follow_up_days: int = 3
    same_within_minutes: int = 30
    number_months: int = 12


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme's own choices: calendar, limits of the service, how reports leave.

    Days are days of the month, local time; `*_until` days are inclusive and lie in the month
    after the one reported.
    """

    opens_on: int = 25
    assume_previous_until: int = 20
    on_time_until: int = 3
    late_until: int = 8
    closes_on: int = 10
    months_back: int = 2
    months_back_for_supervisors: int = 12
    change_until: int = 15
    forward: str = "on_receipt"
    keep_text_days: int = 90
    replies_per_day: int = 40
    months: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    months_short: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    near: tuple[NearWords, ...] = ()
    referrals: ReferralTimes = ReferralTimes()
