"""Tests of the USSD webhooks: the operator's fields in, CON or END out, whatever is down."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from menus.gsm7 import is_gsm7, septets
from menus.loading.loader import load
from tests.gateway.harness import Harness
from tests.gateway.web.conftest import NOW, Post, application, posting

CAPTURED = (
    "phoneNumber=%2B22370000001&serviceCode=%2A384%2A44135%23&text="
    "&sessionId=ATUid_7c898d72eb11f723ed8ea05ef232f279&networkCode=99999"
)
NOBODY = "redis://127.0.0.1:1/0"
LABEL = "at-ussd-hop-metadata"


def hop(text: str = "", **more: str) -> str:
    fields = {"phoneNumber": "+22370000001", "text": text, "sessionId": "ATUid_1", **more}
    return urlencode(fields)


@pytest.fixture
def harness(app: Flask) -> Harness:
    made = Harness(app.extensions["kibaru"].engine, load())
    made.clock.now = NOW
    return made


def test_the_operators_own_request(harness: Harness, post: Post) -> None:
    answer = post("ussd", CAPTURED)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("CON Kibaru Kola\n")
    assert answer.headers[LABEL] == "menu"


@pytest.mark.parametrize(
    "body",
    [
        CAPTURED.replace("%2B", "+"),
        CAPTURED.replace("%2B223", ""),
        CAPTURED.replace("99999", "61002"),
        CAPTURED.replace("networkCode=99999", ""),
        CAPTURED.replace("text=", "text=5"),
        hop("1*1*3"),
        hop("\0ɛ" + "9" * 300),
    ],
)
def test_any_spelling_of_a_request(harness: Harness, post: Post, body: str) -> None:
    answer = post("ussd", body)
    assert answer.status_code == 200
    assert answer.text.startswith("CON ")
    assert is_gsm7(answer.text)
    assert septets(answer.text) <= 160
    assert len(answer.headers[LABEL]) <= 99
    assert "|" not in answer.headers[LABEL]


@pytest.mark.parametrize("name", ["sessionId", "phoneNumber"])
def test_what_is_missing_is_named(closed_client: FlaskClient, name: str) -> None:
    answer = posting(closed_client)("ussd", hop(**{name: ""}))
    assert (answer.status_code, answer.text) == (400, f"missing field: {name}")


def test_with_redis_down_the_dialogue_ends_in_words(sqlite_url: str) -> None:
    with application(sqlite_url, NOBODY) as app:
        Harness(app.extensions["kibaru"].engine, load())
        answer = posting(app.test_client())("ussd", hop())
    assert answer.text.startswith("END Le menu ne marche pas en ce moment.")
    assert "Ce qui est confirme est garde." in answer.text
    assert answer.headers[LABEL] == "ussd_no_redis"


def test_with_the_database_down_it_says_what_is_lost(redis_url: str) -> None:
    with application("postgresql+psycopg://127.0.0.1:1/kibaru", redis_url) as app:
        answer = posting(app.test_client())("ussd", hop())
    assert answer.status_code == 200
    assert answer.text.startswith("END Panne chez nous: ces nombres ne sont pas gardes.")


@pytest.fixture
def without_catalogue(app: Flask) -> Iterator[Flask]:
    """Yield an application with an error of ours: the catalogue cannot be used."""
    here = app.extensions["kibaru"]
    kept = here.services.context.catalogue.ussd
    object.__setattr__(here.services.context.catalogue, "ussd", None)
    yield app
    object.__setattr__(here.services.context.catalogue, "ussd", kept)


def test_a_fault_of_ours_ends_the_dialogue(
    harness: Harness, without_catalogue: Flask, post: Post
) -> None:
    assert post("ussd", hop()).text.startswith("END Panne chez nous")


def test_redis_holds_no_telephone_number(harness: Harness, post: Post, redis_url: str) -> None:
    post("ussd", hop())
    post("ussd", hop("1"))
    with redis.Redis.from_url(redis_url) as client:
        (key,) = client.keys("kibaru:dialogue:*")
        kept = b" ".join([key, *client.lrange(key, 0, -1)])
        assert 0 < client.ttl(key) <= 600
    assert b"0000001" not in kept


EVENT = {"sessionId": "ATUid_1", "phoneNumber": "+22370000001", "status": "Incomplete"}


def test_who_left_off_is_reminded_once(harness: Harness, post: Post, engine: Engine) -> None:
    for text in ("", "1", "1*1", "1*1*45*38*37*28*27", "1*1*45*38*37*28*27*1"):
        post("ussd", hop(text))
    for status in ("Success", "Incomplete", "Incomplete"):
        assert post("ussd-events", urlencode({**EVENT, "status": status})).text == "OK"
    notice = harness.only("notice")
    assert notice.topic == "ussd_nudge"
    assert notice.text is None, "it is worded when it is sent"


def test_who_confirmed_nothing_is_not_reminded(harness: Harness, post: Post) -> None:
    for text in ("", "1", "1*1", "1*1*45*38*37*28*27"):
        post("ussd", hop(text))
    post("ussd-events", urlencode(EVENT))
    assert harness.rows("notice") == []


@pytest.mark.parametrize("body", ["", "sessionId=ATUid_1&status=Incomplete&durationInMillis=1"])
@pytest.mark.parametrize("database", ["sqlite:////dev/null/kibaru.db", None])
def test_any_end_is_answered(
    sqlite_url: str, redis_url: str, body: str, database: str | None
) -> None:
    with application(database or sqlite_url, redis_url) as app:
        assert posting(app.test_client())("ussd-events", body).status_code == 200
