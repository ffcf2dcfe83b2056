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
class Dhis2Requests:
    """How hard DHIS2 may be leant on, by all workers together.

    `requests_at_once` is how many requests may be under way to the server at any moment,
    `values_per_request` the most data values of one; a report with more goes alone.
    """

    requests_at_once: int = 2
    values_per_request: int = 1000


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
    dhis2: Dhis2Requests = Dhis2Requests()
