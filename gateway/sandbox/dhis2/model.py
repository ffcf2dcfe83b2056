"""The metadata and values of the sandbox server, in the shape that the importers need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

DEFAULT_CATEGORY_COMBO: Final = "bjDvmb4bfuf"
DEFAULT_OPTION_COMBO: Final = "HllvX50cXC0"

Json = dict[str, Any]
Place = tuple[str, str]  # org unit, period
Slot = tuple[str, str, str]  # data element, category option combo, attribute option combo
Key = tuple[str, str, str]  # data set, org unit, period


@dataclass(frozen=True, slots=True)
class DataElement:
    """A data element. `zero_counts` is False where a 0 is not stored (zeroIsSignificant)."""

    uid: str
    code: str
    name: str
    value_type: str
    zero_counts: bool
    combos: frozenset[str]
    options: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class InputPeriod:
    """An explicit window in which a data set takes one period; an open end is None."""

    opens: datetime | None
    closes: datetime | None

    def holds(self, now: datetime) -> bool:
        """Return whether the window is open at a moment."""
        return (self.opens is None or self.opens <= now) and (
            self.closes is None or now <= self.closes
        )


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set. `members` maps each data element to the option combos that it takes in it.

    `compulsory` holds (data element, option combo); with `compulsory_only` the set is complete
    only when those are filled.
    """

    uid: str
    code: str
    name: str
    period_type: str
    expiry_days: int
    open_future_periods: int
    members: Mapping[str, frozenset[str]]
    org_units: frozenset[str]
    attribute_combos: frozenset[str]
    input_periods: Mapping[str, InputPeriod]
    compulsory: frozenset[tuple[str, str]]
    compulsory_only: bool


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """An org unit. `path` holds the UIDs from the root down, its own last."""

    uid: str
    code: str
    name: str
    path: tuple[str, ...]
    opening: date | None
    closed: date | None


class Cell(NamedTuple):
    """A stored data value; a deleted one stays, as in DHIS2."""

    value: str
    comment: str
    stored_by: str
    created: datetime
    updated: datetime
    deleted: bool


class Registration(NamedTuple):
    """The registration of a data set for a unit and month, `completed` or not any more."""

    date: str
    stored_by: str
    completed: bool
