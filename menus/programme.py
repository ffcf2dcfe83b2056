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
class UssdLimits:
    """What a dialogue by USSD may take.

    A screen has at most `septets`, its first four (`CON `) included, or what
    `septets_of_network` says of the network by its code. A dialogue's state is kept for `keep`
    seconds after its last hop. With `sms_receipt` an SMS follows a form that is complete, with
    `nudge` one that was left unfinished.
    """

    septets: int = 160
    septets_of_network: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    keep: int = 600
    sms_receipt: bool = False
    nudge: bool = True

    def room(self, network: str) -> int:
        """The septets of a screen on a network; any code is taken, also none."""
        return self.septets_of_network.get(network, self.septets)


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
    ussd: UssdLimits = UssdLimits()
