"""What a DHIS2 server says of itself and of the gateway's account. Pure readers of JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from gateway.model.outcomes import Unknown

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
    org unit is within reach when its own path begins with one of them. `token_until` is when the
    last of its personal access tokens expires, None when it has none that does.
    """

    username: str
    authorities: frozenset[str]
    data_sets: frozenset[str]
    paths: tuple[str, ...]
    token_until: datetime | None = None

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
        token_until=_last_expiry(_list(found.get("patTokens"))),
    )


def _last_expiry(tokens: Sequence[Any]) -> datetime | None:
    """DHIS2 gives it in milliseconds since 1970."""
    said = [one.get("expire") for one in tokens if isinstance(one, dict)]
    moments = [one for one in said if isinstance(one, int)]
    return datetime.fromtimestamp(max(moments) / 1000, UTC) if moments else None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
