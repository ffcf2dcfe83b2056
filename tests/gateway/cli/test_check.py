"""Tests of `kibaru check`: one line for each part, against stand-ins for operator and DHIS2."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from gateway.sandbox import dhis2
from gateway.sandbox.dhis2 import DEFAULT_PASSWORD, DEFAULT_TOKEN, DEFAULT_USERNAME, Kind, Sandbox
from gateway.sandbox.dhis2.faults import Fault
from gateway.sandbox.operator import create_app as operator_app
from gateway.sandbox.serving import serving
from gateway.storage import counters, destinations
from gateway.storage.engine import connect
from gateway.storage.tables import outbox
from tests.gateway.cli.conftest import Done, Kibaru

NOBODY = "http://127.0.0.1:1"
NOW = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)
FORMS = ("PEC", "NUT", "SMI", "STK")
THINGS = (
    "settings",
    "catalogue",
    "database",
    "messages",
    "outbox",
    "redis",
    "operator",
    "dhis2",
    "dhis2 account",
    *(f"dhis2 {form}" for form in FORMS),
)


@pytest.fixture
def dhis2_app(request: pytest.FixtureRequest) -> Flask:
    """Return a DHIS2, of the older family unless a test asks for the other."""
    return dhis2.create_app(getattr(request, "param", "legacy"))


@pytest.fixture
def context(
    kibaru: Kibaru, roster: list[str], sqlite_url: str, redis_url: str, dhis2_app: Flask
) -> Iterator[dict[str, str]]:
    """Yield the settings of a deployment in which all is well."""
    assert kibaru("roster", "import", *roster, DATABASE_URL=sqlite_url).code == 0
    document = kibaru("dhis2", "metadata", "--org-units", DATABASE_URL=sqlite_url).out
    dhis2_app.extensions["dhis2"].load(json.loads(document))
    operator = operator_app(webhook_base=None, username="sandbox", api_key="key")
    with serving(operator) as at_url, serving(dhis2_app) as dhis2_url:
        yield {
            "DATABASE_URL": sqlite_url,
            "REDIS_URL": redis_url,
            "WEBHOOK_TOKENS": "a-token-of-twenty-two-signs",
            "AT_USERNAME": "sandbox",
            "AT_API_KEY": "key",
            "AT_API_URL": at_url,
            "DHIS2_URL": dhis2_url,
            "DHIS2_TOKEN": DEFAULT_TOKEN,
            "DHIS2_TIMEOUT": "5",
        }


def lines(done: Done) -> dict[str, tuple[str, str]]:
    """Return (mark, words) by what was checked."""
    found = {}
    for line in done.out.splitlines():
        mark, rest = line[:5], line[6:]
        what, _, words = rest.partition(": ")
        found[what] = (mark.strip(), words)
    return found


def faults(done: Done) -> dict[str, str]:
    return {what: words for what, (mark, words) in lines(done).items() if mark == "FAULT"}


@pytest.mark.parametrize("dhis2_app", ["legacy", "sql"], indirect=True)
def test_all_is_well(kibaru: Kibaru, context: dict[str, str], dhis2_app: Flask) -> None:
    done = kibaru("check", **context)
    assert (done.code, done.err, faults(done)) == (0, "", {})
    found = {what: words for what, (_, words) in lines(done).items()}
    assert [what for what in found if what in THINGS] == list(THINGS)
    assert found["catalogue"].startswith("4 forms, ")
    assert found["operator"].startswith("account known, ")
    assert found["dhis2"].startswith("version 2.")
    assert found["dhis2 units"].startswith("2 receive values")
    assert found["dhis2 PEC dry run"] == "the server would take all 16 values"
    sandbox: Sandbox = dhis2_app.extensions["dhis2"]
    assert {call.path for call in sandbox.ledger.requests if call.method != "GET"} == {
        "/api/dataValueSets"
    }
    assert (sandbox.state.cells, sandbox.state.registrations) == ({}, {})


def test_a_password_does_as_well_as_a_token(kibaru: Kibaru, context: dict[str, str]) -> None:
    account = {"DHIS2_USERNAME": DEFAULT_USERNAME, "DHIS2_PASSWORD": DEFAULT_PASSWORD}
    assert kibaru("check", **{**context, **account, "DHIS2_TOKEN": ""}).code == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {
                "WEBHOOK_TOKENS": "",
                "REDIS_URL": "redis://127.0.0.1:1/0",
                "AT_USERNAME": "",
                "AT_API_KEY": "",
                "DHIS2_URL": "",
            },
            {
                "webhooks": "WEBHOOK_TOKENS is missing",
                "redis": "does not answer at REDIS_URL",
                "operator": "AT_USERNAME and AT_API_KEY are not set: replies wait",
                "dhis2": "DHIS2_URL and an account are not set: forwards wait",
            },
        ),
        (
            {"AT_API_KEY": "wrong", "DHIS2_TOKEN": "d2pat_wrong"},
            {"operator": "http_401", "dhis2": ""},
        ),
        (
            {"AT_API_URL": NOBODY, "DHIS2_URL": NOBODY},
            {"operator": "connect", "dhis2": "connect"},
        ),
    ],
    ids=["nothing set", "keys", "addresses"],
)
def test_each_thing_that_is_wrong_is_told(
    kibaru: Kibaru, context: dict[str, str], change: dict[str, str], told: dict[str, str]
) -> None:
    done = kibaru("check", **{**context, **change})
    assert (done.code, done.err) == (1, f"{len(told)} faults\n")
    found = faults(done)
    assert found.keys() == told.keys()
    assert all(found[what].startswith(words) for what, words in told.items())


@pytest.mark.parametrize(
    "fault",
    [Fault(Kind.HTML), Fault(Kind.SLOW, seconds=1)],
    ids=lambda fault: fault.kind.value,
)
def test_dhis2_is_in_trouble(
    kibaru: Kibaru, context: dict[str, str], dhis2_app: Flask, fault: Fault
) -> None:
    dhis2_app.extensions["dhis2"].faults.add(fault)
    done = kibaru("check", **{**context, "DHIS2_TIMEOUT": "0.3"})
    assert (done.code, done.err) == (1, "1 fault\n")
    assert faults(done).keys() == {"dhis2"}


def test_a_server_without_our_metadata(kibaru: Kibaru, context: dict[str, str]) -> None:
    with serving(dhis2.create_app()) as empty:
        done = kibaru("check", **{**context, "DHIS2_URL": empty})
    assert (done.code, done.err) == (1, "5 faults\n")
    assert set(faults(done)) == {"dhis2 units", *(f"dhis2 {form}" for form in FORMS)}


def test_a_data_set_that_lost_a_field(
    kibaru: Kibaru, context: dict[str, str], dhis2_app: Flask
) -> None:
    sandbox: Sandbox = dhis2_app.extensions["dhis2"]
    document = kibaru("dhis2", "metadata").json()
    (pec,) = (data_set for data_set in document["dataSets"] if data_set["code"] == "ASC_PEC")
    element = pec["dataSetElements"].pop(0)["dataElement"]["id"]
    sandbox.load({"dataSets": [pec]})
    (lost,) = (raw["code"] for raw in document["dataElements"] if raw["id"] == element)
    done = kibaru("check", **context)
    assert faults(done) == {"dhis2 PEC": f"the data set lacks {lost.removeprefix('ASC_PEC_')}"}


def test_what_waits_for_a_person_is_a_fault(kibaru: Kibaru, context: dict[str, str]) -> None:
    engine = connect(context["DATABASE_URL"])
    with engine.begin() as connection:
        counters.add(connection, {"failed": 2})
        row = {"kind": "dhis2", "key": "1", "state": "refused", "created_at": NOW}
        row["reason"] = "E7619"
        connection.execute(outbox.insert(), row)
        destinations.note_failure(connection, "dhis2", until=NOW, reason="http_503", detail="away")
    engine.dispose()
    done = kibaru("check", **context)
    assert (done.code, done.err) == (1, "3 faults\n")
    marks = [line[:5] + line[6:].partition(":")[0] for line in done.out.splitlines()]
    assert {"FAULTmessages", "FAULToutbox", "FAULTdhis2", "ok   dhis2"} <= set(marks)
    assert "refused: 1 E7619 (the number does not fit" in done.out
    assert "breaker failing, 1 failures in a row: http_503 away" in done.out


@pytest.mark.parametrize(
    ("url", "mark", "words"),
    [
        ("sqlite:////dev/null/kibaru.db", "FAULT", "sqlite: cannot be used ("),
        ("sqlite:///new.db", "FAULT", "sqlite: old schema or none; run `kibaru migrate`"),
        ("", "ok", "postgresql"),
    ],
)
def test_whatever_the_database_the_rest_is_looked_at(
    kibaru: Kibaru, postgresql_url: str, url: str, mark: str, words: str
) -> None:
    redis = "redis://127.0.0.1:1/0"
    done = kibaru("check", DATABASE_URL=url or postgresql_url, REDIS_URL=redis)
    assert done.code == 1
    found = lines(done)
    assert found["database"][0] == mark
    assert found["database"][1].startswith(words)
    assert {what for what in faults(done) if what != "database"} == {
        "webhooks",
        "redis",
        "operator",
        "dhis2",
    }
