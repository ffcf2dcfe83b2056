"""The client of DHIS2's Web API, as far as a reporting gateway needs it.

Verdicts are read in `dhis2_verdict`. Requests hold what the stricter importer (2.43 and later)
accepts and what the permissive importer (up to 2.42) is told to check: the data set named, strict
parameters, every value with its own org unit and period, each cell once. Completeness is never
put into the values' request, since servers up to 2.42 then complete the data set even if they
refuse every value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Any, Final, Self

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports import dhis2_tracker
from gateway.transports.dhis2_http import RESPONSE_LIMIT, Dhis2Http, Params, authorization
from gateway.transports.dhis2_server import Account, ServerInfo, account, server_info
from gateway.transports.dhis2_verdict import (
    Accepted,
    Answer,
    GroupRefused,
    Partly,
    Verdict,
    read_completeness,
    read_import,
    read_object,
)
from menus.model.period import Period

DEFAULT_COMBO: Final = "HllvX50cXC0"  # the "default" category option combo of every DHIS2

ImportOutcome = Verdict

_IMPORT_PARAMS: Final[Mapping[str, str]] = {
    "importStrategy": "CREATE_AND_UPDATE",
    "strictPeriods": "true",
    "strictDataElements": "true",
    "strictCategoryOptionCombos": "true",
    "strictAttributeOptionCombos": "true",
    "strictOrganisationUnits": "true",
    "requireCategoryOptionCombo": "true",
}
_COMPLETENESS_PARAMS: Final[Mapping[str, str]] = {
    "importStrategy": "CREATE_AND_UPDATE",
    "strictPeriods": "true",
    "strictOrganisationUnits": "true",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One data value: UIDs, a period YYYYMM, plain digits; None deletes the stored value."""

    data_element: str
    category_option_combo: str
    org_unit: str
    period: str
    value: str | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The cell's identity, in the order in which requests are sorted."""
        return (self.org_unit, self.period, self.data_element, self.category_option_combo)


@dataclass(frozen=True, slots=True)
class Registration:
    """The completeness of a data set for an org unit and month, as it is since a day."""

    data_set: str
    org_unit: str
    period: str
    attribute_option_combo: str
    date: date
    completed: bool


class Dhis2:
    """A client of one DHIS2 server, safe to share between threads.

    Close it, or use it as a context manager. `base_url` is without `/api`. `token` is a personal
    access token and is preferred to `username` and `password`. `timeout` is the TOTAL number of
    seconds for one call, from connecting to the last byte of the answer; connecting alone may take
    min(10, timeout). Answers above `response_limit` bytes are given up. Redirects are never
    followed: DHIS2 redirects to its login page, which would answer 200. The environment's proxies
    and REQUESTS_CA_BUNDLE are honoured, except for a server on this host; `.netrc` is not read.

    No method raises for what the network or the server does. Raises ValueError when the
    credentials are missing or cannot be put into a header, and for cells that could never be
    imported (one cell twice, a period that is no month).
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        username: str | None = None,
        password: str | None = None,
        timeout: float = 60.0,
        response_limit: int = RESPONSE_LIMIT,
    ) -> None:
        self._wire = Dhis2Http(
            base_url.rstrip("/") + "/api/",
            authorization(token, username, password),
            timeout=timeout,
            limit=response_limit,
        )

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def post_values(
        self,
        data_set: str,
        cells: Sequence[Cell],
        *,
        attribute_option_combo: str = DEFAULT_COMBO,
        dry_run: bool = False,
    ) -> ImportOutcome:
        """Import the cells of one data set; positions in the verdict are those of `cells`.

        They are sent sorted by org unit, period, data element and category option combo, so that
        two requests take the server's row locks in the same order. With `dry_run` nothing is
        stored. Without cells nothing is sent.
        """
        if not cells:
            return Accepted()
        _check(cells)
        order = sorted(range(len(cells)), key=lambda position: cells[position].key)
        body = {
            "dataSet": data_set,
            "attributeOptionCombo": attribute_option_combo,
            "dataValues": [_data_value(cells[position]) for position in order],
        }
        params = {"dryRun": "true" if dry_run else "false", **_IMPORT_PARAMS}
        answer = self._wire.call("POST", "dataValueSets", params, body)
        if not isinstance(answer, Answer):
            return answer
        return _in_callers_order(read_import(answer, len(cells)), order)

    def register_completeness(self, registrations: Sequence[Registration]) -> ImportOutcome:
        """Register data sets as complete, or no longer complete.

        DHIS2 names neither code nor position for a registration that it refuses, so the verdict is
        Accepted or GroupRefused. Without registrations nothing is sent.
        """
        if not registrations:
            return Accepted()
        body = {"completeDataSetRegistrations": [_registration(entry) for entry in registrations]}
        params = {"dryRun": "false", **_COMPLETENESS_PARAMS}
        answer = self._wire.call("POST", "completeDataSetRegistrations", params, body)
        return read_completeness(answer) if isinstance(answer, Answer) else answer

    def post_events(
        self, events: Sequence[dhis2_tracker.Event], *, delete: bool = False
    ) -> dhis2_tracker.Verdict:
        """Create, update or delete single events, each by itself. Without events nothing is sent.

        They are sent sorted by UID, so that two requests take the server's locks in one order.
        """
        if not events:
            return dhis2_tracker.EventsRead({})
        ordered = sorted(events, key=lambda event: event.uid)
        strategy = dhis2_tracker.DELETE if delete else dhis2_tracker.UPSERT
        params = {**dhis2_tracker.PARAMS, "importStrategy": strategy}
        body = {"events": [event.as_json() for event in ordered]}
        answer = self._wire.call("POST", "tracker", params, body)
        if not isinstance(answer, Answer):
            return answer
        return dhis2_tracker.read_events(answer, [event.uid for event in ordered])

    def get(
        self, path: str, params: Params | None = None
    ) -> Mapping[str, Any] | TryLater | Unknown:
        """Return the JSON object at `/api/<path>`, or why there is none (`http_404`: no object)."""
        answer = self._wire.call("GET", path, params or {}, None)
        return read_object(answer) if isinstance(answer, Answer) else answer

    def info(self) -> ServerInfo | TryLater | Unknown:
        """Return version, importer family and calendar of the server."""
        found = self.get("system/info", {"fields": "version,serverDate,calendar"})
        return found if isinstance(found, TryLater | Unknown) else server_info(found)

    def me(self) -> Account | TryLater | Unknown:
        """Return what the gateway's account is and may do."""
        fields = "username,authorities,dataSets,organisationUnits[path],patTokens[expire]"
        found = self.get("me", {"fields": fields})
        return found if isinstance(found, TryLater | Unknown) else account(found)


def _check(cells: Sequence[Cell]) -> None:
    if len({cell.key for cell in cells}) < len(cells):
        # 2.43 refuses the whole data set for it (E8128), and 2.42 keeps either of the two.
        raise ValueError("one cell stands twice in a request to DHIS2")
    for period in {cell.period for cell in cells}:
        Period.parse(period)


def _data_value(cell: Cell) -> dict[str, str | bool]:
    value: dict[str, str | bool] = {
        "orgUnit": cell.org_unit,
        "period": cell.period,
        "dataElement": cell.data_element,
        "categoryOptionCombo": cell.category_option_combo,
    }
    if cell.value is None:
        return {**value, "deleted": True}
    return {**value, "value": cell.value}


def _registration(entry: Registration) -> dict[str, str | bool]:
    return {
        "dataSet": entry.data_set,
        "period": entry.period,
        "organisationUnit": entry.org_unit,
        "attributeOptionCombo": entry.attribute_option_combo,
        "date": entry.date.isoformat(),
        "completed": entry.completed,
    }


def _in_callers_order(verdict: Verdict, order: Sequence[int]) -> Verdict:
    if isinstance(verdict, Partly):
        return Partly({order[sent]: conflict for sent, conflict in verdict.rejected.items()})
    if isinstance(verdict, GroupRefused) and verdict.indexes is not None:
        return GroupRefused(verdict.conflict, frozenset(order[sent] for sent in verdict.indexes))
    return verdict
