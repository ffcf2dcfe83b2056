"""Tests of the stand-in's administration: ledger, switches, values and the nightly trim."""

from tests.gateway.sandbox.dhis2.world import QUIET, payload, value, world


def test_the_ledger_is_shown_and_forgotten() -> None:
    here = world()
    here.post(payload(value()))
    assert here.client.get("/sandbox/ledger").json["totals"] == {"requests": 1, "writes": 1}
    assert here.client.delete("/sandbox/ledger").status_code == 204
    assert here.client.get("/sandbox/ledger").json["totals"] == {"requests": 0, "writes": 0}


def test_faults_are_switched_on_and_off() -> None:
    client = world().client
    assert client.post("/sandbox/faults", json={"kind": "down", "times": 2}).status_code == 201
    assert [fault["times"] for fault in client.get("/sandbox/faults").json] == [2]
    assert client.post("/sandbox/faults", json={"kind": "rain"}).status_code == 400
    assert client.delete("/sandbox/faults").status_code == 204
    assert client.get("/sandbox/faults").json == []


def test_values_are_shown_with_their_codes() -> None:
    here = world()
    here.post(payload(value()))
    (row,) = here.client.get("/sandbox/values?period=202610").json["values"]
    assert (row["code"], row["orgUnitCode"], row["value"]) == ("SEEN", "KOLA", "7")
    assert here.client.get("/sandbox/values?period=202609").json["values"] == []


def test_the_nightly_trim_can_be_asked_for() -> None:
    here = world("sql")
    here.post(payload(value(dataElement=QUIET, value="0")))
    assert here.client.post("/sandbox/trim").json == {"trimmed": 1}
