"""Tests that every fault switch of the sandbox DHIS2 does what it says, as the ledger shows."""

from threading import Event, Thread
from typing import Any

import pytest
import requests

from gateway.sandbox.dhis2 import Kind, create_app
from gateway.sandbox.serving import serving
from tests.gateway.sandbox.dhis2.world import (
    AUTH,
    KOLA,
    NOW,
    SEEN,
    SET,
    STRICT,
    metadata,
    payload,
    registration,
    value,
    world,
)


@pytest.mark.parametrize(
    ("kind", "status", "header", "mimetype"),
    [
        ("down", 503, ("Retry-After", "12"), "text/html"),
        ("moved", 301, ("Location", "https://dhis2.example.org/"), "text/html"),
        ("too_many", 429, ("Retry-After", "12"), "text/html"),
        ("login", 302, ("Location", "/login/"), "text/html"),
        ("html", 200, None, "text/html"),
        ("error", 500, None, "application/json"),
        ("too_large", 413, None, "text/html"),
        ("unauthorized", 401, ("WWW-Authenticate", "Basic"), "application/json"),
        ("pat_expired", 401, ("WWW-Authenticate", "ApiToken"), "application/json"),
        ("pat_bad", 400, None, "application/json"),
        ("pat_first", 500, None, "application/json"),
    ],
)
def test_what_the_frontend_answers(
    kind: str, status: int, header: tuple[str, str] | None, mimetype: str
) -> None:
    here = world()
    here.sandbox.faults.set(kind, 1, seconds=12)

    answer = here.post(payload(value()))

    assert (answer.status_code, answer.mimetype) == (status, mimetype)
    if header is not None:
        assert answer.headers[header[0]] == header[1]
    assert here.stored() is None
    assert here.sandbox.ledger.requests[-1].fault == kind
    assert here.post(payload(value())).status_code == 200


def test_a_fault_holds_for_its_times_then_the_next_strikes() -> None:
    here = world()
    here.sandbox.faults.set("down", 2)
    here.sandbox.faults.set("error", 1)

    assert [here.post(payload(value())).status_code for _ in range(4)] == [503, 503, 500, 200]


def test_a_fault_without_times_holds_until_it_is_cleared() -> None:
    here = world()
    here.sandbox.faults.set(Kind.DOWN)

    assert {here.post(payload(value())).status_code for _ in range(5)} == {503}
    here.sandbox.faults.clear()
    assert here.post(payload(value())).status_code == 200


@pytest.mark.parametrize(
    ("switch", "struck"),
    [
        ({"path": "/api/dataValueSets"}, (True, False)),
        ({"path": "/api/completeDataSetRegistrations"}, (False, True)),
        ({"method": "GET"}, (False, False)),
    ],
)
def test_a_fault_for_one_path_or_method(switch: dict[str, str], struck: tuple[bool, bool]) -> None:
    here = world()
    here.sandbox.faults.set("down", **switch)

    answers = (here.post(payload(value())), here.complete(registration()))

    assert tuple(answer.status_code == 503 for answer in answers) == struck


def test_too_large_strikes_only_above_its_limit() -> None:
    here = world()
    here.sandbox.faults.set("too_large", limit=600)

    assert here.post(payload(value())).status_code == 200
    assert here.post(payload(*[value() for _ in range(20)])).status_code == 413


def test_a_token_used_elsewhere_first_is_spared() -> None:
    here = world()
    here.sandbox.faults.set("pat_first")

    assert here.get("/api/me?fields=id").status_code == 200
    assert here.post(payload(value())).status_code == 200


def test_a_reset_writes_and_a_drop_does_not() -> None:
    here = world()
    here.sandbox.faults.set("drop", 1)
    with pytest.raises(ConnectionResetError):
        here.post(payload(value()))
    assert here.stored() is None

    here.sandbox.faults.set("reset", 1)
    with pytest.raises(ConnectionResetError):
        here.post(payload(value()))
    assert here.stored() == "7"


@pytest.mark.parametrize("kind", ["reset", "drop"])
def test_over_a_socket_no_answer_arrives(kind: str) -> None:
    here = world()
    here.sandbox.faults.set(kind, 1)

    with serving(here.client.application) as url:
        path = f"{url}/api/dataValueSets?{STRICT}"
        with pytest.raises(requests.ConnectionError):
            requests.post(path, json=payload(value()), headers=AUTH, timeout=10)

    assert here.stored() == ("7" if kind == "reset" else None)


def test_slow_answers_normally_after_its_seconds() -> None:
    pauses: list[float] = []
    here = world(pause=pauses.append)
    here.sandbox.faults.set("slow", 2, seconds=45)

    assert here.post(payload(value())).json["response"]["importCount"]["imported"] == 1
    assert here.get("/api/me").status_code == 200
    assert pauses == [45, 45]


def test_a_late_write_lands_over_a_newer_one_and_the_ledger_sees_both() -> None:
    gate = Event()
    here = world(pause=lambda _: gate.wait(20))
    here.sandbox.faults.set("late", 1, seconds=30)

    late = here.post(payload(value(value="1")))
    newer = here.post(payload(value(value="2")))
    assert (late.status_code, newer.status_code, here.stored()) == (504, 200, "2")
    gate.set()
    here.sandbox.settle(20)

    ledger = here.sandbox.ledger
    assert here.stored() == "1"
    assert ledger.history(SEEN, "202610", KOLA) == ["2", "1"]
    assert [(overlap.key, overlap.first, overlap.second) for overlap in ledger.overlaps] == [
        ((SET, KOLA, "202610"), 1, 2)
    ]
    assert [(write.old, write.new) for write in ledger.writes] == [(None, "2"), ("2", "1")]


def test_requests_one_after_the_other_do_not_overlap() -> None:
    here = world()
    for number in range(3):
        here.post(payload(value(value=str(number))))
    here.complete(registration())

    assert here.sandbox.ledger.overlaps == []
    assert len(here.sandbox.ledger.writes) == 3
    assert all(request.ended is not None for request in here.sandbox.ledger.requests)


def test_other_months_and_units_do_not_overlap() -> None:
    entered, gate = Event(), Event()

    def pause(_: float) -> None:
        entered.set()
        gate.wait(20)

    here = world(pause=pause)
    here.sandbox.faults.set("slow", 1, seconds=1)
    thread = Thread(target=here.post, args=(payload(value()),))
    thread.start()
    assert entered.wait(20)
    here.client.application.test_client().post(
        f"/api/dataValueSets?{STRICT}", json=payload(value(period="202609")), headers=AUTH
    )
    gate.set()
    thread.join(20)

    assert here.sandbox.ledger.overlaps == []
    assert len(here.sandbox.ledger.writes) == 2


def test_the_ledger_as_json() -> None:
    here = world(timer=iter(range(100)).__next__)
    here.post(payload(value(value="5")))

    ledger = here.client.get("/sandbox/ledger").json

    (request,), (write,) = ledger["requests"], ledger["writes"]
    assert (request["id"], request["status"], request["keys"]) == (1, 200, [[SET, KOLA, "202610"]])
    assert (write["request"], write["who"], write["old"], write["new"]) == (1, "token", None, "5")
    assert write["started"] < write["ended"]
    assert here.client.delete("/sandbox/ledger").status_code == 204
    assert here.client.get("/sandbox/ledger").json["totals"] == {"requests": 0, "writes": 0}


def test_faults_by_http() -> None:
    here = world()
    client = here.client

    made = client.post("/sandbox/faults", json={"kind": "down", "times": 1})
    assert (made.status_code, made.json[0]["kind"]) == (201, "down")
    assert client.get("/sandbox/faults").json == made.json
    assert here.post(payload(value())).status_code == 503
    client.post("/sandbox/faults", json={"kind": "down"})
    assert client.delete("/sandbox/faults").status_code == 204
    assert client.get("/sandbox/faults").json == []


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"kind": "rain"}, "expected one of down"),
        ({}, "expected one of down"),
        ({"kind": "down", "times": 0}, "times"),
        ({"kind": "down", "seconds": "x"}, "x"),
        ({"kind": "down", "often": 1}, "often"),
        ([], "JSON object"),
    ],
)
def test_a_switch_there_is_not(body: Any, word: str) -> None:
    answer = world().client.post("/sandbox/faults", json=body)

    assert answer.status_code == 400
    assert word in answer.json["error"]


def test_a_thousand_values_from_two_threads_are_all_there() -> None:
    here = world()
    months = [f"20{year}{month:02d}" for year in (24, 25) for month in range(1, 13)]

    def send(number: int) -> None:
        client = here.client.application.test_client()
        for month in months[number::2]:
            body = payload(value(period=month, value=str(number)))
            client.post(f"/api/dataValueSets?{STRICT}", json=body, headers=AUTH)

    threads = [Thread(target=send, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert [here.stored(period=month) for month in months] == ["0", "1"] * 12
    assert here.sandbox.ledger.overlaps == []


def test_the_clock_decides_which_months_are_open() -> None:
    app = create_app("legacy", clock=lambda: NOW.replace(month=12, day=1))
    app.extensions["dhis2"].load(metadata())

    body = payload(value(period="202611"))
    answer = app.test_client().post(f"/api/dataValueSets?{STRICT}", json=body, headers=AUTH)

    assert answer.json["response"]["status"] == "SUCCESS"
