"""What a DHIS2 server says of itself and of the gateway's account. Pure readers of JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from gateway.outcomes import Unknown

OLDEST_MINOR: Final = 38
FIRST_SQL_MINOR: Final = 43


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """A server's own account of itself (`/api/system/info`).

    `family` is which importer it has: "legacy" up to 2.42, "sql" from 2.43 on. `supported` is
    false below 2.38 and for calendars that are not the ISO one, in which months differ.
    """

    version: str
    family: Literal["legacy", "sql"]
    supported: bool
    calendar: str
    server_date: str


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the gateway uses (`/api/me`).

    `data_sets` are the UIDs it may enter data for, `paths` those of its data capture units: an
    org unit is within reach when its own path begins with one of them.
    """

    username: str
    authorities: frozenset[str]
    data_sets: frozenset[str]
    paths: tuple[str, ...]

    @property
    def may_add_values(self) -> bool:
        return not self.authorities.isdisjoint({"F_DATAVALUE_ADD", "ALL"})


def server_info(found: Mapping[str, Any]) -> ServerInfo | Unknown:
    """From the answer of `/api/system/info`; Unknown when it names no version 2.x."""
    version = found.get("version")
    minor = _minor(version) if isinstance(version, str) else None
    if not isinstance(version, str) or minor is None:
        return Unknown("unreadable", "no version in /api/system/info")
    calendar = str(found.get("calendar", "iso8601"))
    return ServerInfo(
        version=version,
        family="sql" if minor >= FIRST_SQL_MINOR else "legacy",
        supported=minor >= OLDEST_MINOR and calendar == "iso8601",
        calendar=calendar,
        server_date=str(found.get("serverDate", "")),
    )


def _minor(version: str) -> int | None:
    """42 of "2.42.5.2", 44 of "2.44-SNAPSHOT"."""
    major, dot, rest = version.partition(".")
    digits = rest.partition(".")[0].partition("-")[0]
    if major != "2" or not dot or not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits)


def account(found: Mapping[str, Any]) -> Account | Unknown:
    """From the answer of `/api/me`; Unknown when it names nobody."""
    username = found.get("username")
    if not isinstance(username, str):
        return Unknown("unreadable", "no username in /api/me")
    units = _list(found.get("organisationUnits"))
    return Account(
        username=username,
        authorities=frozenset(str(one) for one in _list(found.get("authorities"))),
        data_sets=frozenset(str(one) for one in _list(found.get("dataSets"))),
        paths=tuple(str(one.get("path", "")) for one in units if isinstance(one, dict)),
    )


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
