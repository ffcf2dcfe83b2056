"""The query parameters of `POST /api/tracker` (DHIS2 docs, "Tracker")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.sandbox.dhis2.model import Json
from gateway.sandbox.dhis2.options import STRATEGIES, BadParameter, text

UID: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9]{10}", re.ASCII)
STATUSES: Final = ("ACTIVE", "COMPLETED", "VISITED", "SCHEDULE", "OVERDUE", "SKIPPED")
_DATE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?"
)
_KINDS: Final = {
    "dataElements": "dataElementIdScheme",
    "organisationUnits": "orgUnitIdScheme",
    "programs": "programIdScheme",
    "programStages": "programStageIdScheme",
}


@dataclass(frozen=True, slots=True)
class TrackerOptions:
    """The options of an import of events; everything defaults as in the server's source."""

    in_background: bool
    strategy: str
    all_or_nothing: bool
    dry_run: bool
    schemes: Mapping[str, str]


def from_query(query: Mapping[str, str]) -> TrackerOptions:
    """Return the options of the query. Raises BadParameter; ignores unknown parameters."""
    return TrackerOptions(
        in_background=_word(query, "async", ("TRUE", "FALSE")) == "TRUE",
        strategy=_word(query, "importStrategy", ("CREATE_AND_UPDATE", *STRATEGIES)),
        all_or_nothing=_word(query, "atomicMode", ("ALL", "OBJECT")) == "ALL",
        dry_run=_word(query, "importMode", ("COMMIT", "VALIDATE")) == "VALIDATE",
        schemes={
            kind: _word(query, name, ("UID", "CODE", "NAME"), query.get("idScheme", "UID")).lower()
            for kind, name in _KINDS.items()
        },
    )


def _word(
    query: Mapping[str, str], name: str, words: tuple[str, ...], default: str | None = None
) -> str:
    """Return the parameter's word; the first of `words` is the default unless given."""
    found = query.get(name, default or words[0]).upper()
    if found not in words:
        raise BadParameter(f"Value '{found}' is not valid for parameter {name}")
    return found


def events_of(body: Json) -> list[Json]:
    """Return the events of the body.

    Raises BadParameter for what Jackson cannot read: a malformed UID or date, a status that does
    not exist. The whole request is a 400 then.
    """
    events: Any = body.get("events") or []
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise BadParameter("events is not a list of objects")
    for event in events:
        uid, date = text(event, "event"), text(event, "occurredAt")
        if uid is not None and not UID.fullmatch(uid):
            raise BadParameter(f"UID must be an alphanumeric string of 11 characters: {uid}")
        if date is not None and not _DATE.fullmatch(date):
            raise BadParameter(f"Invalid date format '{date}'")
        if (text(event, "status") or "ACTIVE") not in STATUSES:
            raise BadParameter(f"'{event['status']}' is not a valid event status")
    return events
