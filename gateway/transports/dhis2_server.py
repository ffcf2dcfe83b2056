"""A DHIS2 server's description of itself and of the gateway's account, read from JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from gateway.model.outcomes import Unknown

OLDEST_MINOR: Final = 38
FIRST_SQL_MINOR: Final = 43


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """A server's description of itself (`/api/system/info`).

    `family` is its importer: "legacy" up to 2.42, "sql" from 2.43 on. `supported` is False below
    2.38 and for calendars that are not the ISO one, in which months differ.
    """

    version: str
    family: Literal["legacy", "sql"]
    supported: bool
    calendar: str
    server_date: str


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the gateway uses (`/api/me`).

    `data_sets` are the UIDs of those it may enter data for, `paths` those of its data capture
    units: an org unit is within reach when its own path begins with one of them. `token_until` is
    when the last of its personal access tokens expires, None when it has none that does.
    """

    username: str
    authorities: frozenset[str]
    data_sets: frozenset[str]
    paths: tuple[str, ...]
    token_until: datetime | None = None

    @property
    def may_add_values(self) -> bool:
        """Whether the account may add data values (F_DATAVALUE_ADD, or ALL)."""
        return not self.authorities.isdisjoint({"F_DATAVALUE_ADD", "ALL"})


def server_info(found: Mapping[str, Any]) -> ServerInfo | Unknown:
    """Read the answer of `/api/system/info`; Unknown when it names no version 2.x."""
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
    """Return 42 for "2.42.5.2", 44 for "2.44-SNAPSHOT"."""
    major, dot, rest = version.partition(".")
    digits = rest.partition(".")[0].partition("-")[0]
    if major != "2" or not dot or not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits)


def account(found: Mapping[str, Any]) -> Account | Unknown:
    """Read the answer of `/api/me`; Unknown when it names no user."""
    username = found.get("username")
    if not isinstance(username, str):
        return Unknown("unreadable", "no username in /api/me")
    units = _list(found.get("organisationUnits"))
    return Account(
        username=username,
        authorities=frozenset(str(name) for name in _list(found.get("authorities"))),
        data_sets=frozenset(str(uid) for uid in _list(found.get("dataSets"))),
        paths=tuple(str(unit.get("path", "")) for unit in units if isinstance(unit, dict)),
        token_until=_last_expiry(_list(found.get("patTokens"))),
    )


def _last_expiry(tokens: Sequence[Any]) -> datetime | None:
    """Return the latest expiry; DHIS2 gives it in milliseconds since 1970."""
    given = [token.get("expire") for token in tokens if isinstance(token, dict)]
    moments = [moment for moment in given if isinstance(moment, int)]
    return datetime.fromtimestamp(max(moments) / 1000, UTC) if moments else None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
