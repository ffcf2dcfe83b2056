"""Tests that verdicts on events are read from the report, whatever the HTTP code."""

import json
from typing import Any

import pytest

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2_tracker import EventsRead, read_events
from gateway.transports.dhis2_verdict import Answer, Conflict, GroupRefused

ONE, TWO = "Kq3v9Xb1TzA", "Kq3v9Xb1TzB"
MISSING = "Could not find OrganisationUnit: `X`, linked to Event."


def report(status: str, *errors: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "status": status,
        "validationReport": {"errorReports": list(errors), "warningReports": []},
        "stats": {"created": 0, "updated": 0, "deleted": 0, "ignored": 0, "total": 2},
        "bundleReport": {"typeReportMap": {}},
        **more,
    }


def error(uid: str, code: str = "E1011", message: str = MISSING) -> dict[str, Any]:
    return {"message": message, "errorCode": code, "trackerType": "EVENT", "uid": uid}


def answer(body: Any, status: int = 200, kind: str = "application/json") -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, kind, content)


STORING = report("OK") | {
    "bundleReport": {
        "typeReportMap": {
            "EVENT": {
                "objectReports": [
                    {"trackerType": "EVENT", "uid": TWO, "errorReports": [error(TWO, "E5000", "x")]}
                ]
            }
        }
    }
}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (answer(report("OK")), EventsRead({})),
        (answer(report("WARNING")), EventsRead({})),
        (answer(report("OK", error(ONE))), EventsRead({ONE: Conflict("E1011", MISSING)})),
        (
            answer(report("ERROR", error(ONE), error(TWO, "E1125", "y")), 409),
            EventsRead({ONE: Conflict("E1011", MISSING), TWO: Conflict("E1125", "y")}),
        ),
        # With the status ERROR the other one was not taken either.
        (answer(report("ERROR", error(ONE)), 409), GroupRefused(Conflict("E1011", MISSING))),
        (answer(report("OK", error("Elsewhere01"))), GroupRefused(Conflict("E1011", MISSING))),
        (answer(STORING), EventsRead({TWO: Conflict("E5000", "x")})),
        (answer({"response": report("OK")}), EventsRead({})),
        (answer(report("ERROR"), 409), Unknown("import_failed")),
        (answer({"status": "OK"}), Unknown("unreadable")),
        (answer(b"{", 200), Unknown("unreadable")),
        (answer(b"<html>", 200, "text/html"), TryLater("html")),
        (answer(b"", 413, "text/html"), GroupRefused(Conflict("too_large"))),
        (answer({"message": "bad UID"}, 400), TryLater("http_400", "bad UID", ours=True)),
        (answer(b"", 503, "text/html"), TryLater("http_503")),
        (answer(b"", 504, "text/html"), Unknown("unreadable")),
    ],
)
def test_a_verdict(given: Answer, verdict: object) -> None:
    assert read_events(given, [ONE, TWO]) == verdict
