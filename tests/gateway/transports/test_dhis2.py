"""Tests of the DHIS2 client: its requests, and the meaning of each way of not answering."""

import json
import socket
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Cell, Dhis2, Registration
from gateway.transports.dhis2_server import Account, ServerInfo
from gateway.transports.dhis2_verdict import Accepted, Conflict, GroupRefused, Partly
from tests.gateway.transports.canned import (
    Script,
    canned,
    dribble,
    hang_up,
    raw,
    reset,
    say,
    silence,
)

TOKEN = "d2pat_0123456789abcdefghijklmnopqrstuv0123456789"
COMBO = "HllvX50cXC0"
KANI, KOLA = "kaniKANI001", "kolaKOLA001"
VUS, FIE = "fevrVUS0001", "fevrFIE0001"
SUCCESS = {
    "httpStatusCode": 200,
    "status": "OK",
    "response": {
        "responseType": "ImportSummary",
        "status": "SUCCESS",
        "importCount": {"imported": 1, "updated": 0, "ignored": 0, "deleted": 0},
        "conflicts": [],
        "rejectedIndexes": [],
    },
}
ONE = [Cell(VUS, COMBO, KANI, "202610", "45")]


def conflict(code: str, indexes: list[int], rejected: list[int], status: str) -> dict[str, Any]:
    response = {
        "responseType": "ImportSummary",
        "status": status,
        "importCount": {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0},
        "conflicts": [{"value": "words", "errorCode": code, "indexes": indexes}],
        "rejectedIndexes": rejected,
    }
    return {"status": status, "response": response}


def test_values_are_sent_strictly_sorted_and_each_with_its_own_place() -> None:
    cells = [
        Cell(VUS, COMBO, KOLA, "202610", "7"),
        Cell(VUS, COMBO, KANI, "202610", "45"),
        Cell(FIE, COMBO, KANI, "202610", None),
        Cell(VUS, COMBO, KANI, "202609", "0"),
    ]
    with canned(say(200, SUCCESS)) as server, Dhis2(server.url + "/", token=TOKEN) as client:
        assert client.post_values("dataSetPEC1", cells) == Accepted()
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/api/dataValueSets")
    assert request.params == {
        "dryRun": "false",
        "importStrategy": "CREATE_AND_UPDATE",
        "strictPeriods": "true",
        "strictDataElements": "true",
        "strictCategoryOptionCombos": "true",
        "strictAttributeOptionCombos": "true",
        "strictOrganisationUnits": "true",
        "requireCategoryOptionCombo": "true",
    }
    assert request.json == {
        "dataSet": "dataSetPEC1",
        "attributeOptionCombo": COMBO,
        "dataValues": [
            {"orgUnit": KANI, "period": "202609", "dataElement": VUS,
             "categoryOptionCombo": COMBO, "value": "0"},
            {"orgUnit": KANI, "period": "202610", "dataElement": FIE,
             "categoryOptionCombo": COMBO, "deleted": True},
            {"orgUnit": KANI, "period": "202610", "dataElement": VUS,
             "categoryOptionCombo": COMBO, "value": "45"},
            {"orgUnit": KOLA, "period": "202610", "dataElement": VUS,
             "categoryOptionCombo": COMBO, "value": "7"},
        ],
    }  # fmt: skip


def test_every_call_asks_for_json_and_never_for_the_login_page() -> None:
    with canned(say(200, SUCCESS)) as server, Dhis2(server.url, token=TOKEN) as client:
        client.post_values("dataSetPEC1", ONE)
    headers = server.requests[0].headers
    assert headers["authorization"] == f"ApiToken {TOKEN}"
    assert headers["x-requested-with"] == "XMLHttpRequest"
    assert headers["accept"] == "application/json"
    assert headers["content-type"] == "application/json"


def test_a_password_is_sent_as_utf8_and_a_login_cookie_is_not_kept() -> None:
    with (
        canned(say(200, SUCCESS, Set_Cookie="JSESSIONID=abc; Path=/"), say(200, SUCCESS)) as server,
        Dhis2(server.url, username="kibaru", password="mot-clé-ɲ") as client,
    ):
        client.post_values("dataSetPEC1", ONE)
        client.post_values("dataSetPEC1", ONE)
    pair = b64encode("kibaru:mot-clé-ɲ".encode()).decode()
    assert [request.headers["authorization"] for request in server.requests] == [
        f"Basic {pair}"
    ] * 2
    assert "cookie" not in server.requests[1].headers


def test_completeness_is_its_own_request() -> None:
    registration = Registration("dataSetPEC1", KANI, "202610", COMBO, date(2026, 11, 4), True)
    withdrawn = Registration("dataSetPEC1", KOLA, "202610", COMBO, date(2026, 11, 5), False)
    with canned(say(200, SUCCESS)) as server, Dhis2(server.url, token=TOKEN) as client:
        assert client.register_completeness([registration, withdrawn]) == Accepted()
    (request,) = server.requests
    assert request.path == "/api/completeDataSetRegistrations"
    assert request.params["strictOrganisationUnits"] == "true"
    assert request.json == {
        "completeDataSetRegistrations": [
            {"dataSet": "dataSetPEC1", "period": "202610", "organisationUnit": KANI,
             "attributeOptionCombo": COMBO, "date": "2026-11-04", "completed": True},
            {"dataSet": "dataSetPEC1", "period": "202610", "organisationUnit": KOLA,
             "attributeOptionCombo": COMBO, "date": "2026-11-05", "completed": False},
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "verdict"),
    [
        (conflict("E7619", [0], [0], "WARNING"), 409, Partly({1: Conflict("E7619", "words")})),
        (conflict("E8122", [0], [0], "WARNING"), 200, Partly({1: Conflict("E8122", "words")})),
        (
            conflict("E8030", [0], [0], "ERROR"),
            409,
            GroupRefused(Conflict("E8030", "words"), frozenset({1})),
        ),
        (conflict("E8104", [-1], [], "ERROR"), 409, GroupRefused(Conflict("E8104", "words"))),
    ],
    ids=["legacy row", "sql row", "sql group", "sql decoding"],
)
def test_positions_are_those_of_the_caller(
    body: dict[str, Any], status: int, verdict: object
) -> None:
    cells = [Cell(VUS, COMBO, KOLA, "202610", "7"), Cell(VUS, COMBO, KANI, "202610", "45")]
    with canned(say(status, body)) as server, Dhis2(server.url, token=TOKEN) as client:
        assert client.post_values("dataSetPEC1", cells) == verdict


LAZY = say(500, {"message": "Lazy"})


@pytest.mark.parametrize(
    ("third", "outcome"),
    [(say(200, SUCCESS), Accepted()), (LAZY, TryLater("http_500", "Lazy", everyone=False))],
)
def test_after_a_first_500_it_says_who_it_is_and_asks_again(third: Script, outcome: object) -> None:
    with (
        canned(LAZY, say(200, {"id": "u"}), third, LAZY) as server,
        Dhis2(server.url, token=TOKEN) as client,
    ):
        assert client.post_values("dataSetPEC1", ONE) == outcome
        paths = [request.path for request in server.requests]
        assert paths == ["/api/dataValueSets", "/api/me", "/api/dataValueSets"]
        # Only the first call of a client can meet that fault.
        again = client.post_values("dataSetPEC1", ONE)
        assert again == TryLater("http_500", "Lazy", everyone=False)
    assert len(server.requests) == 4


HTML = b"<!DOCTYPE html><html><title>DHIS2</title></html>"
SHORT = raw(200, "application/json", json.dumps(SUCCESS).encode())[:-20]
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
OPEN_END = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (say(302, b"", "", Location="/login/"), TryLater("redirect_login", "/login/", ours=True)),
        (
            say(301, b"", "", Location="https://dhis2.example/api/"),
            TryLater("redirect", "https://dhis2.example/api/", ours=True),
        ),
        (say(200, HTML, "text/html"), TryLater("html")),
        (say(409, HTML, "text/html"), TryLater("html")),
        (say(200, b"ok", "text/plain"), TryLater("not_json")),
        (say(401, {"message": "Unauthorized"}), TryLater("http_401", "Unauthorized", ours=True)),
        (say(403, HTML, "text/html"), TryLater("http_403", ours=True)),
        (say(400, {"message": "Bad token"}), TryLater("http_400", "Bad token", ours=True)),
        (say(404, HTML, "text/html"), TryLater("http_404", ours=True)),
        (say(429, b"", "", Retry_After="17"), TryLater("http_429", after=17.0)),
        (
            say(503, HTML, "text/html", Retry_After="Wed, 04 Nov 2026 08:02:00 GMT",
                Date="Wed, 04 Nov 2026 08:00:00 GMT"),
            TryLater("http_503", after=120.0),
        ),
        (say(502, HTML, "text/html"), TryLater("http_502")),
        (say(504, HTML, "text/html"), Unknown("http_504")),
        (say(500, HTML, "text/html"), TryLater("http_500")),
        (say(413, HTML, "text/html"), GroupRefused(Conflict("too_large"))),
        (say(200, b'{"response": {"stat'), Unknown("truncated")),
        (say(200, {"response": {"responseType": "JobConfiguration"}}), Unknown("unreadable")),
        (hang_up, Unknown("cut", "ConnectionError")),
        (reset, Unknown("cut", "ConnectionError")),
        (lambda peer: peer.sendall(SHORT), Unknown("cut", "ChunkedEncodingError")),
    ],
)  # fmt: skip
def test_what_is_no_import_summary(script: Script, outcome: object) -> None:
    with canned(script) as server, Dhis2(server.url, token=TOKEN) as client:
        assert client.post_values("dataSetPEC1", ONE) == outcome
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "script",
    [
        silence,
        dribble(b""),
        dribble(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        dribble(ENDLESS),
        dribble(CHUNKED + b"ffff\r\n"),
        dribble(OPEN_END),
    ],
    ids=["silence", "status line", "headers", "body", "chunks", "body without end"],
)
def test_the_deadline_is_for_the_whole_call(script: Script) -> None:
    """Each of these answers would last for ever, though never silent for as long as 0.3 s."""
    with canned(script) as server, Dhis2(server.url, token=TOKEN, timeout=0.3) as client:
        outcome = client.post_values("dataSetPEC1", ONE)
    assert isinstance(outcome, Unknown)
    assert outcome.reason == "timeout"
    assert len(server.requests) == 1


def test_a_call_after_one_that_ran_out_of_time_is_not_harmed() -> None:
    with (
        canned(silence, say(200, SUCCESS)) as server,
        Dhis2(server.url, token=TOKEN, timeout=0.3) as client,
    ):
        assert isinstance(client.post_values("dataSetPEC1", ONE), Unknown)
        assert client.post_values("dataSetPEC1", ONE) == Accepted()


def test_nobody_there_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Dhis2(f"http://127.0.0.1:{port}", token=TOKEN) as client:
        assert client.post_values("dataSetPEC1", ONE) == TryLater("connect", "ConnectionError")


def test_a_server_without_tls_is_for_a_person_to_mend() -> None:
    with (
        canned() as server,
        Dhis2(server.url.replace("http:", "https:"), token=TOKEN) as client,
    ):
        assert client.post_values("dataSetPEC1", ONE) == TryLater("tls", "SSLError", ours=True)
    assert server.requests == []


def test_an_answer_that_is_too_long_is_given_up() -> None:
    with (
        canned(say(200, b" " * 5000)) as server,
        Dhis2(server.url, token=TOKEN, response_limit=4000) as client,
    ):
        assert client.post_values("dataSetPEC1", ONE) == Unknown("too_long")


def test_nothing_to_send_is_not_sent() -> None:
    with canned() as server, Dhis2(server.url, token=TOKEN) as client:
        assert client.post_values("dataSetPEC1", []) == Accepted()
        assert client.register_completeness([]) == Accepted()
    assert server.requests == []


@pytest.mark.parametrize(
    "cells",
    [ONE + ONE, [Cell(VUS, COMBO, KANI, "2026-10", "1")]],
    ids=["one cell twice", "no month"],
)
def test_what_could_never_be_imported_is_our_own_mistake(cells: list[Cell]) -> None:
    with (
        canned() as server,
        Dhis2(server.url, token=TOKEN) as client,
        pytest.raises(ValueError, match=r"twice|not a month"),
    ):
        client.post_values("dataSetPEC1", cells)
    assert server.requests == []


@pytest.mark.parametrize(
    "credentials", [{}, {"username": "kibaru"}, {"token": "d2pat_“quoted”"}, {"token": "a\nb"}]
)
def test_unusable_credentials_are_refused_at_once(credentials: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="DHIS2"):
        Dhis2("http://127.0.0.1:1", **credentials)  # type: ignore[arg-type]


def test_the_environments_proxy_is_used_but_not_its_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine dhis2.invalid login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with canned(say(200, SUCCESS)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        with Dhis2("http://dhis2.invalid", token=TOKEN) as client:
            assert client.post_values("dataSetPEC1", ONE) == Accepted()
    assert proxy.requests[0].target.startswith("http://dhis2.invalid/api/dataValueSets?")
    assert proxy.requests[0].headers["authorization"] == f"ApiToken {TOKEN}"


def test_the_deadline_holds_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with canned(dribble(ENDLESS)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        with Dhis2("http://dhis2.invalid", token=TOKEN, timeout=0.3) as client:
            outcome = client.post_values("dataSetPEC1", ONE)
    assert isinstance(outcome, Unknown)
    assert outcome.reason == "timeout"


def test_a_server_on_this_host_is_reached_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with canned() as proxy, canned(say(200, SUCCESS)) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        with Dhis2(server.url, token=TOKEN) as client:
            assert client.post_values("dataSetPEC1", ONE) == Accepted()
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("version", "family", "supported"),
    [
        ("2.37.9", "legacy", False),
        ("2.38.0", "legacy", True),
        ("2.42.5.2", "legacy", True),
        ("2.43.0", "sql", True),
        ("2.44-SNAPSHOT", "sql", True),
    ],
)
def test_info_tells_the_family(version: str, family: str, supported: bool) -> None:
    said = {"version": version, "serverDate": "2026-11-04T08:00:00.000", "calendar": "iso8601"}
    with canned(say(200, said)) as server, Dhis2(server.url, token=TOKEN) as client:
        info = client.info()
    assert isinstance(info, ServerInfo)
    assert (info.version, info.family, info.supported) == (version, family, supported)
    assert server.requests[0].path == "/api/system/info"


def test_another_calendar_is_not_supported() -> None:
    said = {"version": "2.42.1", "calendar": "ethiopian"}
    with canned(say(200, said)) as server, Dhis2(server.url, token=TOKEN) as client:
        info = client.info()
    assert isinstance(info, ServerInfo)
    assert not info.supported


def test_me_tells_what_the_account_may_do() -> None:
    said = {
        "username": "kibaru",
        "authorities": ["F_DATAVALUE_ADD"],
        "dataSets": ["dataSetPEC1"],
        "organisationUnits": [{"path": "/malimali001/segusegu001"}],
    }
    expected = Account(
        "kibaru",
        frozenset({"F_DATAVALUE_ADD"}),
        frozenset({"dataSetPEC1"}),
        ("/malimali001/segusegu001",),
    )
    with canned(say(200, said)) as server, Dhis2(server.url, token=TOKEN) as client:
        assert client.me() == expected
    assert expected.may_add_values
    assert not Account("kibaru", frozenset({"F_OTHER"}), frozenset(), ()).may_add_values


ASKS: dict[str, Callable[[Dhis2], object]] = {
    "info": lambda client: client.info(),
    "me": lambda client: client.me(),
    "get": lambda client: client.get("dataSets/dataSetPEC1"),
}


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (say(404, {"message": "no such object"}), "http_404"),
        (say(401, {"message": "no"}), "http_401"),
        (say(302, b"", "", Location="/dhis-web-login/"), "redirect_login"),
        (say(200, HTML, "text/html"), "html"),
        (say(200, b"[]"), "unreadable"),
        (say(200, b"{"), "unreadable"),
        (hang_up, "cut"),
    ],
)
def test_questions_never_raise(ask: str, script: Script, reason: str) -> None:
    with canned(script) as server, Dhis2(server.url, token=TOKEN) as client:
        outcome = ASKS[ask](client)
    assert isinstance(outcome, TryLater | Unknown)
    assert outcome.reason == reason
