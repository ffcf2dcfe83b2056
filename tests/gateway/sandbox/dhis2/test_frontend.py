"""Tests of the answers in place of the API: status, and the header that a client goes by."""

import pytest
from flask import Flask

from gateway.sandbox.dhis2.faults import Fault, Kind
from gateway.sandbox.dhis2.frontend import EARLY


@pytest.mark.parametrize(
    ("kind", "status", "header"),
    [
        (Kind.DOWN, 503, ("Retry-After", "3")),
        (Kind.TOO_MANY, 429, ("Retry-After", "3")),
        (Kind.LOGIN, 302, ("Location", "/login/")),
        (Kind.MOVED, 301, ("Location", "https://dhis2.example.org/")),
        (Kind.UNAUTHORIZED, 401, ("WWW-Authenticate", "Basic")),
        (Kind.PAT_EXPIRED, 401, ("WWW-Authenticate", "ApiToken")),
        (Kind.PAT_BAD, 400, ("Content-Type", "application/json")),
        (Kind.HTML, 200, ("Content-Type", "text/html; charset=utf-8")),
        (Kind.TOO_LARGE, 413, ("Content-Type", "text/html; charset=utf-8")),
        (Kind.ERROR, 500, ("Content-Type", "application/json")),
    ],
)
def test_an_answer_by_its_fault(kind: Kind, status: int, header: tuple[str, str]) -> None:
    with Flask("test").test_request_context():
        answer = EARLY[kind](Fault(kind, seconds=2.5))
    assert (answer.status_code, answer.headers[header[0]]) == (status, header[1])
