"""Switches for faults between a gateway and DHIS2.

A fault holds for the next `times` requests, or until it is cleared. Most apply to the request as
a whole, one fault at a time (see `frontend` and `writing`). The `STANDING` faults change what
the server's importers find: several may hold together, each everywhere or at one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any, Final

from gateway.sandbox.dhis2.model import Json

_IMPORTS: Final = ("/api/dataValueSets", "/api/tracker")


class Kind(StrEnum):
    """The kinds of fault; `MEANINGS` describes each."""

    DOWN = "down"
    TOO_MANY = "too_many"
    LOGIN = "login"
    MOVED = "moved"
    HTML = "html"
    ERROR = "error"
    TOO_LARGE = "too_large"
    UNAUTHORIZED = "unauthorized"
    PAT_EXPIRED = "pat_expired"
    PAT_BAD = "pat_bad"
    PAT_FIRST = "pat_first"
    SLOW = "slow"
    LATE = "late"
    RESET = "reset"
    DROP = "drop"
    CUT = "cut"
    CRASH = "crash"
    LOCKED = "locked"
    TOO_EARLY = "too_early"
    APPROVED = "approved"
    INPUT_PERIOD = "input_period"
    INVERTED = "inverted"
    UNIT_CLOSED = "unit_closed"
    UNASSIGNED = "unassigned"
    OUTSIDE = "outside"
    NO_AUTHORITY = "no_authority"
    NO_SHARING = "no_sharing"
    OPTION_SHARING = "option_sharing"
    OPTION_PERIOD = "option_period"
    OPTION_UNIT = "option_unit"
    VALUE_TYPE = "value_type"
    COMPULSORY = "compulsory"
    ZEROS = "zeros"


MEANINGS: Final[Mapping[Kind, str]] = {
    Kind.DOWN: "503 in HTML from the proxy, with Retry-After when it has seconds",
    Kind.TOO_MANY: "429 in HTML from the proxy, with Retry-After",
    Kind.LOGIN: "302 to the login page",
    Kind.MOVED: "301 to https, as a proxy answers",
    Kind.HTML: "200 with the login page",
    Kind.ERROR: "500, nothing written",
    Kind.TOO_LARGE: "413 from the proxy, for bodies above so many bytes (its limit)",
    Kind.UNAUTHORIZED: "401 whatever the credentials",
    Kind.PAT_EXPIRED: "401 for tokens alone, as when they have expired",
    Kind.PAT_BAD: "400 for tokens alone, as when they are malformed",
    Kind.PAT_FIRST: "500 on a token's first import, until it was used elsewhere (2.43.0)",
    Kind.SLOW: "works so many seconds, writes, answers",
    Kind.LATE: "504 from the proxy at once, written so many seconds later",
    Kind.RESET: "writes, then drops the connection without an answer",
    Kind.DROP: "drops the connection, nothing written",
    Kind.CUT: "writes, then answers with half of its JSON",
    Kind.CRASH: "the importer fails: half written (legacy), or nothing and a 500 (sql)",
    Kind.LOCKED: "the expiry days of the month have passed",
    Kind.TOO_EARLY: "the month is not open yet",
    Kind.APPROVED: "the month's data are approved",
    Kind.INPUT_PERIOD: "the data set takes nothing for the month now",
    Kind.INVERTED: "input periods are open when they should be closed (2.43.0, 2.43.1)",
    Kind.UNIT_CLOSED: "the org unit is closed in the month (sql)",
    Kind.UNASSIGNED: "the org unit is not assigned to the data set",
    Kind.OUTSIDE: "the org unit is outside the account's capture units",
    Kind.NO_AUTHORITY: "403, the account may not add data values",
    Kind.NO_SHARING: "the account may not write the data set, or the program",
    Kind.OPTION_SHARING: "the account may not write for the category option",
    Kind.OPTION_PERIOD: "the attribute option does not hold in the month",
    Kind.OPTION_UNIT: "the attribute option does not hold for the org unit",
    Kind.VALUE_TYPE: "the value does not fit its data element",
    Kind.COMPULSORY: "every data element of the data set is compulsory to complete it",
    Kind.ZEROS: "zeros are not significant: lost (legacy), or trimmed at night (sql)",
}
STANDING: Final = frozenset(list(Kind)[list(Kind).index(Kind.LOCKED) :])
_BY_TOKEN: Final = (Kind.PAT_EXPIRED, Kind.PAT_BAD, Kind.PAT_FIRST)


@dataclass(slots=True)
class Fault:
    """One switch. `times` None means until cleared; `path` is a prefix, `method` "" any.

    `where` narrows a standing fault to one UID (data set, data element, org unit, option
    combo) or period; "" means everywhere.
    """

    kind: Kind
    times: int | None = None
    seconds: float = 0.0
    limit: int = 0
    path: str = "/api/"
    method: str = ""
    where: str = ""

    def meets(self, method: str, path: str, size: int, *, by_token: bool) -> bool:
        """Return whether it applies to a request, with `size` the bytes of its body."""
        if not path.startswith(self.path) or (self.method and method != self.method):
            return False
        if self.kind in _BY_TOKEN and not by_token:
            return False
        return self.kind is not Kind.TOO_LARGE or size > self.limit

    def as_json(self) -> Json:
        """Return the switch as `GET /sandbox/faults` lists it."""
        return {
            "kind": self.kind.value,
            "times": self.times,
            "seconds": self.seconds,
            "limit": self.limit,
            "path": self.path,
            "method": self.method,
            "where": self.where,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing faults that apply to one request."""

    faults: tuple[Fault, ...] = ()

    @property
    def names(self) -> str:
        """The kinds of the faults, for the ledger."""
        return "+".join(sorted({fault.kind.value for fault in self.faults}))

    def strikes(self, kind: Kind, *names: str | None) -> bool:
        """Return whether a fault of this kind holds everywhere or for one of these names."""
        if not self.faults:  # nearly always, and this is called ten times for each value
            return False
        return any(fault.kind is kind and fault.where in ("", *names) for fault in self.faults)


@dataclass(slots=True)
class Faults:
    """The switches that are on; the one set first applies first."""

    _set: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, fault: Fault) -> None:
        """Switch on a fault."""
        with self._lock:
            self._set.append(fault)

    def set(
        self,
        kind: Kind | str,
        times: int | None = None,
        *,
        seconds: float = 0.0,
        limit: int = 0,
        path: str = "/api/",
        method: str = "",
        where: str = "",
    ) -> None:
        """Switch on a fault. Raises ValueError for an unknown kind."""
        self.add(Fault(Kind(kind), times, seconds, limit, path, method, where))

    def clear(self) -> None:
        """Switch off all faults."""
        with self._lock:
            self._set.clear()

    def listed(self) -> list[Json]:
        """Return the switches that are on, as JSON."""
        with self._lock:
            return [fault.as_json() for fault in self._set]

    def take(self, method: str, path: str, size: int, *, by_token: bool) -> Fault | None:
        """Return the fault that applies to this request as a whole, and count it off."""
        with self._lock:
            for fault in self._set:
                if fault.kind in STANDING:
                    continue
                if not fault.meets(method, path, size, by_token=by_token):
                    continue
                if fault.kind is Kind.PAT_FIRST:
                    # Any use puts the token into the server's cache, and only imports fail.
                    self._set.remove(fault)
                    return fault if path.startswith(_IMPORTS) else None
                self._count_off(fault)
                return fault
        return None

    def standing(self, method: str, path: str) -> Standing:
        """Return the standing faults for this request, counted off when it writes."""
        with self._lock:
            found = tuple(
                fault
                for fault in self._set
                if fault.kind in STANDING and fault.meets(method, path, 0, by_token=False)
            )
            for fault in found:
                if method == "POST":
                    self._count_off(fault)
        return Standing(found)

    def _count_off(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._set.remove(fault)


def from_json(body: Mapping[str, Any]) -> Fault:
    """Return a switch as `POST /sandbox/faults` takes it. Raises ValueError in words."""
    unknown = set(body) - {"kind", "times", "seconds", "limit", "path", "method", "where"}
    if unknown:
        raise ValueError(f"no such property: {', '.join(sorted(unknown))}")
    if body.get("kind") not in list(Kind):
        raise ValueError(f"kind: expected one of {', '.join(Kind)}")
    times = body.get("times")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise ValueError("times: expected a whole number from 1, or nothing")
    return Fault(
        Kind(body["kind"]),
        times,
        float(body.get("seconds", 0.0)),
        int(body.get("limit", 0)),
        str(body.get("path", "/api/")),
        str(body.get("method", "")).upper(),
        str(body.get("where", "")),
    )


def from_text(text: str) -> Fault:
    """Return a switch as it is typed: `late:2,seconds=30`, `locked,where=202610`.

    The number after the colon is how many requests it applies to. Raises ValueError in words.
    """
    head, *settings = text.split(",")
    kind, colon, times = head.partition(":")
    body: dict[str, Any] = {"kind": kind}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ValueError(f"{setting}: expected name=value")
        body[name] = value
    if colon and not (times.isascii() and times.isdigit()):
        raise ValueError(f"{times or 'nothing'}: expected a whole number after the colon")
    return from_json({**body, "times": int(times)} if colon else body)
