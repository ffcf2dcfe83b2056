"""Tests of the answers of an import: a partial failure has another status in each family."""

from typing import Any

import pytest

from gateway.sandbox.dhis2.options import Options
from gateway.sandbox.dhis2.summary import Summary, envelope, web_message


@pytest.mark.parametrize(
    ("status", "family", "http"),
    [
        ("SUCCESS", "legacy", 200),
        ("ERROR", "legacy", 409),
        ("ERROR", "sql", 409),
        ("WARNING", "legacy", 409),
        ("WARNING", "sql", 200),
    ],
)
def test_the_status_of_an_envelope(status: str, family: Any, http: int) -> None:
    body, found = envelope(Summary(status=status, updated=3), Options(dry_run=True), family)
    assert (found, body["httpStatusCode"]) == (http, http)
    assert body["response"]["importCount"]["updated"] == 3
    assert body["response"]["importOptions"]["dryRun"] is True


def test_a_message_without_a_response() -> None:
    assert web_message(404, "gone", code="E1005") == {
        "httpStatus": "Not Found",
        "httpStatusCode": 404,
        "status": "ERROR",
        "message": "gone",
        "errorCode": "E1005",
    }
