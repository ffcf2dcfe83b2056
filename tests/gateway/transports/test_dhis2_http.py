"""Tests of one HTTP call to DHIS2: its credentials, its pauses, and how a call can fail."""

import pytest
import requests

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2_http import Dhis2Http, authorization, retry_after
from gateway.transports.dhis2_verdict import Answer
from tests.gateway.transports.canned import canned, hang_up, say


def header_of(*credentials: str | None) -> str:
    request = requests.Request("GET", "http://127.0.0.1/").prepare()
    return str(authorization(*credentials)(request).headers["Authorization"])


def test_the_token_is_preferred_to_the_password() -> None:
    assert header_of("d2pat_x", "user", "word") == "ApiToken d2pat_x"
    assert header_of(None, "user", "é") == "Basic dXNlcjrDqQ=="


@pytest.mark.parametrize(
    "credentials", [(None, None, None), (None, "user", None), ("d2\n", None, None)]
)
def test_credentials_that_cannot_be_sent(credentials: tuple[str | None, ...]) -> None:
    with pytest.raises(ValueError, match="DHIS2"):
        authorization(*credentials)


def test_an_answer_as_it_came() -> None:
    with canned(say(200, {"a": 1}, Retry_After="7")) as server:
        wire = Dhis2Http(f"{server.url}/api/", authorization("t", None, None), timeout=9, limit=99)
        answer = wire.call("GET", "me", {"fields": "id"}, None)
        wire.close()
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, answer.after) == (200, b'{"a": 1}', 7.0)
    assert server.requests[0].target == "/api/me?fields=id"


def test_a_call_that_left_is_unknown_and_one_that_did_not_is_tried_later() -> None:
    auth = authorization("t", None, None)
    with canned(hang_up) as server:
        wire = Dhis2Http(f"{server.url}/api/", auth, timeout=9, limit=99)
        assert wire.call("POST", "x", {}, {}) == Unknown("cut", "ConnectionError")
        wire.close()
    wire = Dhis2Http("ftp://127.0.0.1/api/", auth, timeout=9, limit=99)
    assert wire.call("GET", "x", {}, None) == TryLater("settings", "InvalidSchema", ours=True)
    wire.close()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": " 30 "}, 30.0),
        ({"Retry-After": "999999"}, 3600.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Wed, 04 Nov 2026 08:02:00 GMT"}, None),
        (
            {
                "Retry-After": "Wed, 04 Nov 2026 07:00:00 GMT",
                "Date": "Wed, 04 Nov 2026 08:00:00 GMT",
            },
            0.0,
        ),
        (
            {
                "Retry-After": "Wed, 04 Nov 2026 08:00:30 -0000",
                "Date": "Wed, 04 Nov 2026 08:00:00 GMT",
            },
            30.0,
        ),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
