"""Tests of the sandbox operator: as strict as Africa's Talking, and wrong only where asked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from flask import Flask

from gateway.sandbox.operator import create_app
from gateway.sandbox.operator_posts import (
    direct_session,
)
from gateway.sandbox.serving import LoopbackServer, serving
from tests.gateway.sandbox.noting_gateway import Gateway

PHONE = "+22370000001"
OTHER = "+22370000002"
AT = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)


class OperatorClient:
    """The operator at `url`, as a customer uses it."""

    def __init__(self, url: str, http: requests.Session) -> None:
        self.url, self.http = url, http

    def send(self, *, key: str = "key", **changes: str | None) -> requests.Response:
        form = {"username": "kibaru", "to": PHONE, "message": "PEC 10"} | changes
        return self.http.post(
            f"{self.url}/version1/messaging", data=form, headers={"apiKey": key}, timeout=5
        )

    def first(self, **changes: str | None) -> dict[str, Any]:
        found: dict[str, Any] = self.send(**changes).json()["SMSMessageData"]["Recipients"][0]
        return found

    def messages(self, **params: str) -> dict[str, Any]:
        answer = self.http.get(f"{self.url}/sandbox/messages", params=params, timeout=5)
        found: dict[str, Any] = answer.json()
        return found

    def plan(self, fault: object) -> requests.Response:
        return self.http.post(f"{self.url}/sandbox/faults", json=fault, timeout=5)

    def deliveries(self, count: int) -> list[dict[str, Any]]:
        """Return the delivery reports posted, once there are so many."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            answer = self.http.get(f"{self.url}/sandbox/deliveries", timeout=5)
            found: list[dict[str, Any]] = answer.json()["deliveries"]
            if len(found) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"fewer than {count} delivery reports")


@contextmanager
def operator(webhook_base: str | None = None) -> Iterator[OperatorClient]:
    app = create_app(webhook_base=webhook_base, username="kibaru", api_key="key")
    with serving(app) as url, direct_session() as http:
        yield OperatorClient(url, http)


@pytest.fixture
def client() -> Iterator[OperatorClient]:
    with operator() as found:
        yield found


# ---- sending ---------------------------------------------------------------------------------


def test_an_accepted_sms_is_answered_as_recorded(client: OperatorClient) -> None:
    response = client.send()
    assert response.status_code == 201
    assert response.headers["Content-Type"] == "application/json"
    data = response.json()["SMSMessageData"]
    assert data["Message"] == "Sent to 1/1 Total Cost: KES 0.8000 Message parts: 1"
    (recipient,) = data["Recipients"]
    assert recipient.pop("messageId").startswith("ATXid_")
    assert recipient == {
        "statusCode": 101, "number": PHONE, "cost": "KES 0.8000", "status": "Success",
        "messageParts": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "changes", "status", "body"),
    [
        ("wrong", {}, 401, "The supplied authentication is invalid"),
        ("", {}, 401, "The supplied authentication is invalid"),
        ("key", {"username": "other"}, 401, "The supplied authentication is invalid"),
        ("key", {"to": None}, 400, "Request is missing required form field 'to'"),
        ("key", {"message": None}, 400, "Request is missing required form field 'message'"),
        ("key", {"username": None}, 400, "Request is missing required form field 'username'"),
    ],
)
def test_what_the_real_one_refuses_is_refused(
    client: OperatorClient, key: str, changes: dict[str, str | None], status: int, body: str
) -> None:
    response = client.send(key=key, **changes)
    assert (response.status_code, response.text) == (status, body)
    assert response.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert client.messages() == {"count": 0, "messages": []}


def test_json_is_not_taken_for_a_form(client: OperatorClient) -> None:
    url = f"{client.url}/version1/messaging"
    assert client.http.post(url, json={"to": PHONE}, timeout=5).status_code == 415


def test_each_number_has_its_recipient(client: OperatorClient) -> None:
    data = client.send(to=f"{PHONE},{OTHER},70000003").json()["SMSMessageData"]
    codes = [
        (recipient["number"], recipient["statusCode"], recipient["status"])
        for recipient in data["Recipients"]
    ]
    assert codes == [
        (PHONE, 101, "Success"),
        (OTHER, 101, "Success"),
        ("70000003", 403, "InvalidPhoneNumber"),
    ]
    assert data["Message"] == "Sent to 2/3 Total Cost: KES 1.6000 Message parts: 1"
    assert data["Recipients"][2]["messageId"] == "None"


def test_enqueued_is_102(client: OperatorClient) -> None:
    assert client.first(enqueue="1")["statusCode"] == 102


def test_cost_grows_with_the_parts(client: OperatorClient) -> None:
    found = client.first(message="ɛ" * 71)
    assert (found["messageParts"], found["cost"]) == (2, "KES 1.6000")


def test_the_balance_is_told_to_the_account_only(client: OperatorClient) -> None:
    url = f"{client.url}/version1/user"
    known = client.http.get(
        url, params={"username": "kibaru"}, headers={"apiKey": "key"}, timeout=5
    )
    assert known.json() == {"UserData": {"balance": "KES 1785.5000"}}
    stranger = client.http.get(url, params={"username": "kibaru"}, timeout=5)
    assert (stranger.status_code, stranger.headers["WWW-Authenticate"]) == (
        401,
        'Basic realm="api"',
    )


# ---- the ledger ------------------------------------------------------------------------------


def test_the_ledger_tells_what_was_accepted_in_order(client: OperatorClient) -> None:
    for phone, text in ((PHONE, "un"), (OTHER, "deux"), (PHONE, "trois, ɛ")):
        client.send(to=phone, message=text, **{"from": "KIBARU"})
    every = client.messages()
    assert every["count"] == 3
    assert [(message["id"], message["text"]) for message in every["messages"]] == [
        (1, "un"), (2, "deux"), (3, "trois, ɛ"),
    ]  # fmt: skip
    assert every["messages"][0]["sender"] == "KIBARU"
    of_phone = client.messages(phone=PHONE, after="1")["messages"]
    assert [message["text"] for message in of_phone] == ["trois, ɛ"]
    assert client.messages(phone="+22379999999")["messages"] == []
    assert [message["id"] for message in client.messages(after="-4")["messages"]] == [1, 2, 3]


def test_many_at_once_are_all_kept_with_an_id_each(client: OperatorClient) -> None:
    def send(number: int) -> str:
        with direct_session() as http:
            return str(OperatorClient(client.url, http).first(message=f"n{number}")["messageId"])

    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(send, range(120)))
    kept = client.messages()["messages"]
    assert [message["id"] for message in kept] == list(range(1, 121))
    assert {message["message_id"] for message in kept} == references


# ---- faults ----------------------------------------------------------------------------------


def test_a_fault_is_used_up_and_then_all_is_well(client: OperatorClient) -> None:
    assert client.plan({"recipient": 405, "times": 2}).json() == {"left": 2}
    assert [client.first()["statusCode"] for _ in range(3)] == [405, 405, 101]
    assert client.messages()["count"] == 1


def test_a_fault_may_wait_for_one_phone(client: OperatorClient) -> None:
    client.plan({"http": 503, "phone": OTHER, "headers": {"Retry-After": "3"}, "body": "no"})
    assert client.send().status_code == 201
    hit = client.send(to=OTHER)
    assert (hit.status_code, hit.headers["Retry-After"], hit.text) == (503, "3", "no")
    assert client.messages()["count"] == 1


def test_an_empty_list_of_recipients(client: OperatorClient) -> None:
    client.plan({"message": "InvalidSenderId"})
    response = client.send()
    assert response.status_code == 201
    assert response.json() == {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}
    assert client.messages()["count"] == 0


def test_an_answer_lost_after_accepting(client: OperatorClient) -> None:
    client.plan({"lost": True})
    with pytest.raises(requests.ConnectionError):
        client.send()
    assert client.messages()["count"] == 1


def test_a_slow_answer_was_accepted_at_once(client: OperatorClient) -> None:
    client.plan({"slow": 0.2})
    started = time.monotonic()
    assert client.send().status_code == 201
    assert time.monotonic() - started >= 0.2


def test_another_content_type(client: OperatorClient) -> None:
    client.plan({"content_type": "application/json; charset=utf-8"})
    assert client.send().headers["Content-Type"] == "application/json; charset=utf-8"


def test_faults_can_be_counted_and_forgotten(client: OperatorClient) -> None:
    client.plan({"http": 500, "times": 9})
    url = f"{client.url}/sandbox/faults"
    assert client.http.get(url, timeout=5).json() == {"left": 9}
    assert client.http.delete(url, timeout=5).json() == {"left": 0}
    assert client.send().status_code == 201


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"htpp": 503}, "htpp"),
        ({"http": "503"}, "http"),
        ({"http": True}, "http"),
        ({"times": 0}, "times"),
        ({"delivery": "Success"}, "delivery"),
        ({"slow": "long"}, "slow"),
        ({"headers": []}, "headers"),
        ([], "object"),
        (None, "object"),
    ],
)
def test_a_fault_that_means_nothing_is_refused_in_words(
    client: OperatorClient, fault: Any, word: str
) -> None:
    response = client.plan(fault)
    assert response.status_code == 400
    assert word in response.text
    assert client.send().status_code == 201


# ---- delivery reports ------------------------------------------------------------------------


def test_delivery_reports_follow_in_order() -> None:
    gateway = Gateway()
    with serving(gateway.app) as base, operator(f"{base}/at/secret") as client:
        message_id = client.first()["messageId"]
        posted = client.deliveries(2)
    assert posted == [
        {"message_id": message_id, "status": "Sent", "answer": 200},
        {"message_id": message_id, "status": "Success", "answer": 200},
    ]
    path, body = gateway.posts[0]
    assert path == "secret/delivery"
    assert parse_qsl(body.decode()) == [
        ("id", message_id), ("status", "Sent"), ("phoneNumber", PHONE), ("networkCode", "99999"),
    ]  # fmt: skip


def test_delivery_reports_come_out_of_order_and_before_the_answer_on_demand() -> None:
    gateway = Gateway()
    with serving(gateway.app) as base, operator(f"{base}/at/secret") as client:
        client.plan({"delivery": ["Success", "Sent", "Unheard"], "early": True})
        client.first()
        assert [body.split(b"&")[1] for _, body in gateway.posts] == [
            b"status=Success", b"status=Sent", b"status=Unheard",
        ]  # fmt: skip


def test_a_gateway_that_is_away_does_not_stop_the_operator() -> None:
    away = LoopbackServer(Flask("nobody"))
    away.server_close()
    with operator(f"{away.url}/at/secret") as client:
        assert client.send().status_code == 201
        assert [report["answer"] for report in client.deliveries(2)] == [None, None]


# ---- as a program ---------------------------------------------------------------------------


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    running: list[subprocess.Popen[str]] = []

    def launch(*arguments: str, **settings: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "gateway.sandbox.operator", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | settings,
        )  # fmt: skip
        running.append(process)
        return process

    yield launch
    for process in running:
        process.kill()
        process.communicate()


def test_it_runs_as_a_program_and_ends_on_sigterm(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    process = start("--port", "0", AT_USERNAME="kibaru", AT_API_KEY="key")
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    with direct_session() as http:
        assert OperatorClient(url, http).send().status_code == 201
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_bad_setting_is_told_in_words(start: Callable[..., "subprocess.Popen[str]"]) -> None:
    process = start("--port", "0", PORT="eight")
    _, told = process.communicate(timeout=20)
    assert process.returncode == 1
    assert told.startswith("PORT: expected a number")
