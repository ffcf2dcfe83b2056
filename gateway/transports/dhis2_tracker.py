"""Single events of an event program, as DHIS2's `/api/tracker` takes them (2.36 and later).

Many travel in one request, each by itself (`atomicMode=OBJECT`): an event that is refused leaves
the others in. The answer is a bare ImportReport with 200, or with 409 when its status is ERROR;
the outcome of each event is in its error reports, never in the HTTP code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2_codes import TOO_LARGE, Category, Meaning
from gateway.transports.dhis2_verdict import (
    DETAIL_LIMIT,
    Answer,
    Conflict,
    GroupRefused,
    read_object,
)

PARAMS: Final[Mapping[str, str]] = {
    "async": "false",
    "importMode": "COMMIT",
    "atomicMode": "OBJECT",
    "reportMode": "ERRORS",
}
UPSERT: Final = "CREATE_AND_UPDATE"
DELETE: Final = "DELETE"

_C = Category
MEANINGS: Final[Mapping[str, Meaning]] = {
    "E1000": Meaning(_C.ACCOUNT, "the org unit is outside the account's data capture units"),
    "E1010": Meaning(_C.CONFIG, "the program does not exist: import the gateway's metadata"),
    "E1011": Meaning(_C.MAPPING, "the org unit does not exist"),
    "E1013": Meaning(_C.CONFIG, "the program stage does not exist: import the gateway's metadata"),
    "E1029": Meaning(_C.ASSIGNMENT, "the org unit is not assigned to the program"),
    "E1030": Meaning(_C.GATEWAY_BUG, "the event exists already"),
    "E1031": Meaning(_C.GATEWAY_BUG, "the event has no date"),
    "E1032": Meaning(_C.GATEWAY_BUG, "the event does not exist"),
    "E1043": Meaning(_C.LOCKED, "the event may not be changed any more: its days have passed"),
    "E1046": Meaning(_C.GATEWAY_BUG, "the event has no date"),
    "E1056": Meaning(_C.CONFIG, "the attribute option does not hold yet on that day"),
    "E1057": Meaning(_C.CONFIG, "the attribute option does not hold any more on that day"),
    "E1076": Meaning(_C.MAPPING, "a compulsory data element has no value"),
    "E1082": Meaning(_C.GATEWAY_BUG, "the event was deleted, and its identifier is spent"),
    "E1083": Meaning(_C.ACCOUNT, "the account may not change completed events"),
    "E1089": Meaning(_C.CONFIG, "the program stage belongs to another program"),
    "E1091": Meaning(_C.ACCOUNT, "the account may not write data for the program"),
    "E1123": Meaning(_C.GATEWAY_BUG, "the event lacks a property"),
    "E1125": Meaning(_C.MAPPING, "the value is not one of the data element's options"),
    "E1300": Meaning(_C.CONFIG, "a program rule of the server forbids it"),
    "E1302": Meaning(_C.MAPPING, "the value does not fit the data element"),
    "E1303": Meaning(_C.MAPPING, "a compulsory data element is missing"),
    "E1304": Meaning(_C.CONFIG, "a data element does not exist: import the gateway's metadata"),
    "E1305": Meaning(_C.CONFIG, "a data element is not in the program stage"),
}
# Codes that hold for all events, whichever names them: the program as a whole is not ready.
EVERY_EVENT: Final = frozenset({"E1010", "E1013", "E1089", "E1091", "E1304", "E1305"})
# Codes of a deletion that has succeeded, since the event is gone or never came.
GONE: Final = frozenset({"E1032", "E1082"})


@dataclass(frozen=True, slots=True)
class Event:
    """One event, by UIDs. `values` are by data element; None takes a value away.

    What `values` does not name stays as DHIS2 has it. `occurred_at` is ISO 8601 in the
    programme's own time, as DHIS2 keeps it.
    """

    uid: str
    program: str
    stage: str
    org_unit: str
    occurred_at: str
    values: Mapping[str, str | None]

    def as_json(self) -> dict[str, Any]:
        """Return the event as it is sent.

        It is always completed: to reopen one needs an authority (E1083).
        """
        return {
            "event": self.uid,
            "program": self.program,
            "programStage": self.stage,
            "orgUnit": self.org_unit,
            "occurredAt": self.occurred_at,
            "status": "COMPLETED",
            "dataValues": [
                {"dataElement": element, "value": value}
                for element, value in sorted(self.values.items())
            ],
        }


@dataclass(frozen=True, slots=True)
class EventsRead:
    """The verdict that all events are in but those refused, by UID, each with its reason."""

    refused: Mapping[str, Conflict]


Verdict = EventsRead | GroupRefused | TryLater | Unknown


def read_events(answer: Answer, uids: Sequence[str]) -> Verdict:
    """Read the verdict on the events with these UIDs."""
    if answer.status == 413:
        return GroupRefused(Conflict(TOO_LARGE))
    # A report with the status ERROR comes with 409.
    document = read_object(replace(answer, status=200) if answer.status == 409 else answer)
    if isinstance(document, TryLater | Unknown):
        return document
    report = document.get("response", document)
    if not isinstance(report, dict) or not isinstance(report.get("validationReport"), dict):
        return Unknown("unreadable")
    return _judge(report, uids)


def _judge(report: Mapping[str, Any], uids: Sequence[str]) -> Verdict:
    known = set(uids)
    refused: dict[str, Conflict] = {}
    for uid, conflict in _errors(report):
        if uid not in known:
            return GroupRefused(conflict)
        refused.setdefault(uid, conflict)
    if report.get("status") in {"OK", "WARNING"} or refused.keys() == known:
        return EventsRead(refused)
    if refused:
        # With the status ERROR no event was taken, whichever caused it.
        return GroupRefused(next(iter(refused.values())))
    return Unknown("import_failed")


def _errors(report: Mapping[str, Any]) -> list[tuple[str, Conflict]]:
    """Return every error with its event's UID; errors of storing are listed apart from others."""
    listed = [*_listed(report["validationReport"].get("errorReports"))]
    bundle = report.get("bundleReport")
    kinds = bundle.get("typeReportMap") if isinstance(bundle, dict) else None
    for kind in kinds.values() if isinstance(kinds, dict) else ():
        for found in _listed(kind.get("objectReports") if isinstance(kind, dict) else None):
            listed += _listed(found.get("errorReports"))
    return [
        (str(raw.get("uid", "")), Conflict(_text(raw.get("errorCode")), _text(raw.get("message"))))
        for raw in listed
    ]


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [raw for raw in value if isinstance(raw, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value[:DETAIL_LIMIT] if isinstance(value, str) else ""
