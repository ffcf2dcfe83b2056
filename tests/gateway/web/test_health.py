"""Tests of the probes and the metrics, when all is well and when it is not."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from gateway.storage import counters, destinations, outbox_sms
from tests.gateway.web.conftest import NOW, Post, application
from tests.servers import Postgres

NOBODY = "redis://127.0.0.1:1/0"
SCHEMA = "database (its schema: run `kibaru migrate`)"


def figures(client: FlaskClient) -> dict[str, float]:
    """Return every sample of /metrics, by its name and, where there is one, its label."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_alive_is_no_question_of_database_or_redis(closed_client: FlaskClient) -> None:
    answer = closed_client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "missing": [],
        "destinations": {"operator": "ok", "dhis2": "ok"},
    }


def test_a_destination_that_fails_is_told_and_is_no_reason_not_to_be_ready(
    client: FlaskClient, engine: Engine
) -> None:
    with engine.begin() as connection:
        for _ in range(2):
            destinations.note_failure(connection, "dhis2", until=NOW, reason="http_503", detail="")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["destinations"] == {
        "operator": "ok",
        "dhis2": "failing (http_503), 2 in a row",
    }
    until = NOW + timedelta(minutes=2)
    with engine.begin() as connection:
        destinations.note_failure(connection, "dhis2 PEC", until=until, reason="E7601", detail="")
        destinations.set_batch(connection, "dhis2", 500)
    found = client.get("/readyz").json
    assert found is not None
    assert found["destinations"]["dhis2"] == "failing (http_503), 2 in a row, 500 values a request"
    told = f"open (E7601), 1 in a row, next try {until:%H:%M:%S} UTC"
    assert found["destinations"]["dhis2 PEC"] == told
    shown = figures(client)
    assert shown["kibaru_destination_open dhis2 PEC"] == 1
    assert shown["kibaru_destination_open dhis2"] == 0
    assert shown["kibaru_destination_failures dhis2"] == 2


def test_without_redis(sqlite_url: str) -> None:
    with application(sqlite_url, NOBODY) as app:
        answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json and answer.json["missing"]) == (503, ["redis"])


def test_without_a_schema(tmp_path: Path, postgres_server: Postgres, redis_url: str) -> None:
    name = postgres_server.create()
    for url in (f"sqlite:///{tmp_path / 'new' / 'kibaru.db'}", postgres_server.url(name)):
        with application(url, redis_url) as app:
            answer = app.test_client().get("/readyz")
            assert (answer.status_code, answer.json and answer.json["missing"]) == (503, [SCHEMA])
            assert figures(app.test_client())["kibaru_database_up"] == 0
    postgres_server.drop(name)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////dev/null/kibaru.db",
        "sqlite:////dev",
        "postgresql+psycopg://127.0.0.1:1/kibaru",
        "postgresql+psycopg://127.0.0.1:1/kibaru?colour=blue",
    ],
)
def test_without_a_database(url: str, redis_url: str) -> None:
    with application(url, redis_url) as app:
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, answer.json and answer.json["missing"]) == (503, ["database"])
        assert figures(app.test_client()) == {"kibaru_database_up": 0}


def test_the_figures_of_a_new_deployment(client: FlaskClient) -> None:
    assert figures(client) == {
        "kibaru_database_up": 1,
        **dict.fromkeys(
            (
                "kibaru_received_total",
                "kibaru_understood_total",
                "kibaru_refused_total",
                "kibaru_strangers_total",
                "kibaru_ussd_groups_total",
                "kibaru_failed_total",
                "kibaru_unanswered_total",
                "kibaru_replied_total",
                "kibaru_replies_refused_total",
                "kibaru_replies_unknown_total",
                "kibaru_notified_total",
                "kibaru_notices_refused_total",
                "kibaru_notices_unknown_total",
                "kibaru_parts_sent_total",
                "kibaru_forwarded_total",
                "kibaru_forwards_refused_total",
                "kibaru_events_total",
                "kibaru_events_refused_total",
                "kibaru_referrals_total",
                "kibaru_referrals_unanswered_total",
                *(
                    f"kibaru_{figure} {what}"
                    for figure in ("waiting", "oldest_waiting_seconds")
                    for what in ("messages", "replies", "notices", "forwards", "events")
                ),
                "kibaru_destination_failures operator",
                "kibaru_destination_failures dhis2",
                "kibaru_destination_open operator",
                "kibaru_destination_open dhis2",
            ),
            0,
        ),
    }


def test_the_figures_count(client: FlaskClient, post: Post, engine: Engine) -> None:
    post("sms", "id=1&from=%2B22370000001&text=PEC")
    post("sms", "id=2&from=%2B22370000001&text=PEC")
    with engine.begin() as connection:
        counters.add(connection, {"read": 5, "understood": 3, "forwarded": 2, "parts_sent": 7})
        since = NOW - timedelta(minutes=2)
        reply = outbox_sms.NewReply("reply:1", "+22370000001", "OK", 1, 1, None, None, None)
        outbox_sms.add_replies(connection, [reply], since)
    found = figures(client)
    assert found["kibaru_received_total"] == 7
    assert found["kibaru_understood_total"] == 3
    assert found["kibaru_forwarded_total"] == 2
    assert found["kibaru_parts_sent_total"] == 7
    assert found["kibaru_waiting messages"] == 2
    assert found["kibaru_waiting replies"] == 1
    assert found["kibaru_oldest_waiting_seconds messages"] == 0
    assert found["kibaru_oldest_waiting_seconds replies"] == 120
