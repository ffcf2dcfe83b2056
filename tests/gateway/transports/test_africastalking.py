"""Tests of sending through Africa's Talking: the requests, and the meaning of each answer."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests

from gateway.model.outcomes import Delivered, Outcome, Refused, TryLater, Unknown
from gateway.sandbox import operator
from gateway.sandbox.serving import LoopbackServer, serving
from gateway.transports.africastalking import AfricasTalking
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

PHONE = "+22370000001"
TEXT = "PEC 10 bien recu de KANI"
KEY = "a-key-of-the-sandbox"


@contextmanager
def sandbox() -> Iterator[str]:
    with serving(operator.create_app(username="kibaru", api_key=KEY)) as url:
        yield url


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with sandbox() as base:
        yield base


def client(url: str, **more: Any) -> AfricasTalking:
    return AfricasTalking("kibaru", KEY, base_url=url, **more)


def plan(url: str, **fault: Any) -> None:
    assert requests.post(f"{url}/sandbox/faults", json=fault, timeout=5).status_code == 200


def accepted(url: str, phone: str = PHONE) -> list[dict[str, Any]]:
    answer = requests.get(f"{url}/sandbox/messages", params={"phone": phone}, timeout=5)
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


def sent(*recipients: Any, message: str = "Sent to 1/1 Total Cost: KES 0.8000") -> dict[str, Any]:
    return {"SMSMessageData": {"Message": message, "Recipients": list(recipients)}}


def recipient(code: Any = 101, **more: Any) -> dict[str, Any]:
    return {
        "statusCode": code, "number": PHONE, "cost": "KES 0.8000", "status": "Success",
        "messageId": "ATXid_1",
    } | more  # fmt: skip


TAKEN = Delivered("ATXid_1", {"cost": "KES 0.8000"})


@pytest.mark.parametrize("code", [100, 101, 102])
def test_a_recipient_of_100_to_102_is_delivered(code: int) -> None:
    with canned(say(201, sent(recipient(code)))) as server:
        assert client(server.url).send(PHONE, TEXT) == TAKEN


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (401, Refused("RiskHold")),
        (402, TryLater("InvalidSenderId", everyone=True, ours=True)),
        (403, Refused("InvalidPhoneNumber")),
        (404, Refused("UnsupportedNumberType")),
        (405, TryLater("InsufficientBalance", everyone=True, ours=True)),
        (406, Refused("UserInBlacklist")),
        (407, TryLater("CouldNotRoute", everyone=False)),
        (409, Refused("DoNotDisturbRejection")),
        (500, TryLater("InternalServerError", everyone=False)),
        (501, TryLater("GatewayError", everyone=False)),
        (502, TryLater("RejectedByGateway", everyone=False)),
        (499, Unknown("recipient_499")),
        (103, Unknown("recipient_103")),
    ],
)
def test_every_other_recipient_code_has_its_fate(url: str, code: int, outcome: Outcome) -> None:
    if code < 400:
        with canned(say(201, sent(recipient(code)))) as server:
            assert client(server.url).send(PHONE, TEXT) == outcome
        return
    plan(url, recipient=code)
    assert client(url).send(PHONE, TEXT) == outcome


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("InvalidSenderId", TryLater("InvalidSenderId", ours=True)),
        ("InsufficientBalance", TryLater("InsufficientBalance", ours=True)),
        ("UserInBlacklist", Refused("UserInBlacklist")),
        ("Sent to 0/1 Total Cost: 0", TryLater("no_recipients", everyone=False)),
    ],
)
def test_no_recipients_is_never_a_success(url: str, message: str, outcome: Outcome) -> None:
    plan(url, message=message)
    assert client(url).send(PHONE, TEXT) == outcome


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        (sent(recipient(messageParts=2)), {"cost": "KES 0.8000", "parts": 2}),
        (
            sent(recipient(), message="Sent to 1/1 Total Cost: USD 0.0079 Message parts: 3"),
            {"cost": "KES 0.8000", "parts": 3},
        ),
        (sent(recipient(cost=None)), {}),
    ],
)
def test_cost_and_parts_are_told_where_they_are_known(
    body: dict[str, Any], facts: dict[str, Any]
) -> None:
    with canned(say(201, body)) as server:
        assert client(server.url).send(PHONE, TEXT) == Delivered("ATXid_1", facts)


@pytest.mark.parametrize("message_id", ["None", None, 7])
def test_a_message_id_that_is_none_is_no_reference(message_id: object) -> None:
    with canned(say(201, sent(recipient(messageId=message_id)))) as server:
        assert client(server.url).send(PHONE, TEXT) == Delivered("", {"cost": "KES 0.8000"})


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "text/plain;charset=ISO-8859-1", ""],
)
def test_json_is_read_whatever_its_content_type(content_type: str) -> None:
    with canned(say(201, sent(recipient()), content_type)) as server:
        assert client(server.url).send(PHONE, TEXT) == TAKEN


OURS = "look at AT_USERNAME, AT_API_KEY and AT_API_URL"
DATE = "Sun, 22 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (400, {}, Refused("http_400")),
        (413, {}, Refused("http_413")),
        (401, {}, TryLater("http_401", OURS, ours=True)),
        (403, {}, TryLater("http_403", OURS, ours=True)),
        (404, {}, TryLater("http_404", OURS, ours=True)),
        (302, {"Location": "http://127.0.0.1:1/login"}, TryLater("http_302", OURS, ours=True)),
        (429, {"Retry-After": "7"}, TryLater("http_429", after=7.0)),
        (429, {"Retry-After": "999999"}, TryLater("http_429", after=3600.0)),
        (429, {"Retry-After": "soon"}, TryLater("http_429")),
        (429, {"Retry-After": "-5"}, TryLater("http_429")),
        (
            503,
            {"Retry-After": "Sun, 22 Nov 2026 08:01:30 GMT", "Date": DATE},
            TryLater("http_503", after=90.0),
        ),
        (
            503,
            {"Retry-After": "Sun, 22 Nov 2026 07:00:00 GMT", "Date": DATE},
            TryLater("http_503", after=0.0),
        ),
        (503, {"Retry-After": "Sun, 22 Nov 2026 08:01:30 GMT"}, TryLater("http_503")),
        (500, {}, TryLater("http_500")),
        (502, {}, TryLater("http_502")),
        (504, {}, TryLater("http_504")),
        (200, {}, Unknown("http_200")),
        (202, {}, Unknown("http_202")),
    ],
)
def test_every_http_status_has_its_fate(
    status: int, headers: dict[str, str], outcome: Outcome
) -> None:
    answer = raw(status, "text/html", b"<html>no</html>", headers)
    with canned(lambda peer: peer.sendall(answer)) as server:
        assert client(server.url).send(PHONE, TEXT) == outcome


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sent</html>",
        b'{"SMSMessageData":{"Message":"Sent to 1/1","Recip',
        b"[" * 5000,
        b"\xff\xfe{",
        b"null",
        b'{"SMSMessageData":[]}',
        b'{"SMSMessageData":{"Recipients":[]}}',
        b'{"SMSMessageData":{"Message":"Sent","Recipients":[{"statusCode":"ok"}]}}',
    ],
)
def test_a_201_that_cannot_be_read_is_unknown(body: bytes) -> None:
    with canned(say(201, body)) as server:
        assert client(server.url).send(PHONE, TEXT) == Unknown("unreadable")


HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"


def half(peer: Any) -> None:
    peer.sendall(HEAD + b'Content-Length: 90\r\n\r\n{"SMSMess')


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (hang_up, Unknown("reset")),
        (reset, Unknown("reset")),
        (half, Unknown("reset")),
        (silence, Unknown("timeout")),
        (dribble(HEAD + b"Content-Length: 100000\r\n\r\n"), Unknown("timeout")),
        (dribble(HEAD + b"\r\n"), Unknown("timeout")),
    ],
    ids=["hang up", "reset", "half", "silence", "dribble", "dribble without length"],
)
def test_a_lost_answer_is_unknown(script: Script, outcome: Outcome) -> None:
    with canned(script) as server:
        assert client(server.url, deadline=0.4).send(PHONE, TEXT) == outcome
        assert len(server.requests) == 1, "an SMS is never sent twice by itself"


def test_the_sandbox_takes_an_sms_whose_answer_it_loses() -> None:
    with sandbox() as url:
        plan(url, lost=True)
        assert client(url).send(PHONE, TEXT) == Unknown("reset")
        plan(url, slow=5)
        assert client(url, deadline=0.3).send(PHONE, TEXT) == Unknown("timeout")
        assert len(accepted(url)) == 2


def _closed_port() -> str:
    server = LoopbackServer(no_app)
    server.server_close()
    return server.url


def no_app(_environ: WSGIEnvironment, _start: StartResponse) -> list[bytes]:
    raise AssertionError("never serving")


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (lambda: client(_closed_port()), TryLater("connect")),
        (lambda: client("http://"), TryLater("settings", ours=True)),
        (lambda: AfricasTalking("a", "kéy\n", base_url=_closed_port()), TryLater("settings")),
        (lambda: AfricasTalking("a", "k€y", base_url=_closed_port()), TryLater("settings")),
    ],
)
def test_what_never_left_is_tried_later(
    make: Callable[[], AfricasTalking], outcome: TryLater
) -> None:
    found = make().send(PHONE, TEXT)
    assert isinstance(found, TryLater)
    assert (found.reason, found.everyone) == (outcome.reason, True)
    assert found.ours == (found.reason == "settings")


def test_no_secure_connection_means_nothing_was_sent(url: str) -> None:
    found = client(url.replace("http://", "https://")).send(PHONE, TEXT)
    assert isinstance(found, TryLater)
    assert (found.reason, found.ours) == ("tls", True)


def test_a_wrong_key_is_ours_to_mend(url: str) -> None:
    wrong = AfricasTalking("kibaru", "another-key", base_url=url)
    assert wrong.send(PHONE, TEXT) == TryLater("http_401", OURS, ours=True)
    assert wrong.check() == TryLater("http_401", OURS, ours=True)


def test_check_asks_for_the_balance(url: str) -> None:
    assert client(url).check() == Delivered(facts={"balance": "KES 1785.5000"})


@pytest.mark.parametrize("body", [b"{}", b"<html>", b'{"UserData":"x"}'])
def test_a_balance_that_cannot_be_read_is_unknown(body: bytes) -> None:
    with canned(say(200, body)) as server:
        assert client(server.url).check() == Unknown("unreadable")


@pytest.mark.parametrize(
    "phone",
    ["", "70000001", "+223 70000001", "+22370000001,+22370000002", "+22370000001\n", "KANI"],
)
def test_only_one_number_in_e164_form_is_sent_to(phone: str) -> None:
    with canned() as server:
        found = client(server.url).send(phone, TEXT)
        assert isinstance(found, Refused)
        assert server.requests == []


def test_the_request_is_what_the_operator_documents() -> None:
    with canned(say(201, sent(recipient()))) as server:
        client(server.url, sender_id="KIBARU").send(PHONE, "Reçu 5+5\0\ud800")
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/version1/messaging")
    assert request.headers["apikey"] == KEY
    assert request.headers["accept"] == "application/json"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.body == (
        b"username=kibaru&to=%2B22370000001&message=Re%C3%A7u+5%2B5%EF%BF%BD%EF%BF%BD"
        b"&bulkSMSMode=1&from=KIBARU"
    )


@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("kibaru", "https://api.africastalking.com/version1/messaging"),
        ("sandbox", "https://api.sandbox.africastalking.com/version1/messaging"),
    ],
)
def test_without_a_base_url_the_sdk_chooses(username: str, address: str) -> None:
    assert AfricasTalking(username, KEY)._sms._make_url("/messaging") == address


def test_proxies_of_the_environment_are_not_asked_for_loopback(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", _closed_port())
    assert isinstance(client(url).send(PHONE, TEXT), Delivered)
    assert client("http://192.0.2.1").send(PHONE, TEXT) == TryLater("connect")


def test_many_threads_share_few_connections() -> None:
    app = operator.create_app(username="kibaru", api_key=KEY)
    peers: set[str] = set()

    def watched(environ: WSGIEnvironment, start: StartResponse) -> Any:
        peers.add(str(environ["sandbox.socket"].getpeername()))
        return app(environ, start)

    with serving(watched) as url, ThreadPoolExecutor(8) as pool:
        shared = client(url)
        outcomes = list(pool.map(lambda n: shared.send(f"+2237000{n:04}", TEXT), range(200)))
    assert len({found.reference for found in outcomes if isinstance(found, Delivered)}) == 200
    assert 1 <= len(peers) <= 8


def test_neither_text_nor_number_is_told(caplog: pytest.LogCaptureFixture, url: str) -> None:
    caplog.set_level(logging.DEBUG)
    plan(url, http=500, body=f"cannot send {TEXT} to {PHONE}")
    plan(url, message=f"{TEXT} {PHONE}")
    plan(url, lost=True)
    told = [repr(client(url).send(PHONE, TEXT)) for _ in range(3)]
    told += [repr(client(_closed_port()).send(PHONE, TEXT)), caplog.text]
    assert "KANI" not in "".join(told)
    assert "0000001" not in "".join(told)
