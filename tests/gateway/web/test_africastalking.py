"""Tests of the webhook for inbound SMS: what is taken, what is kept of it, and every answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, Row, select

from gateway.storage.tables import inbox
from gateway.transports.queue import flag_key
from tests.gateway.web.conftest import NOW, OTHER_TOKEN, TOKEN, Post, posting

# Field order and encoding as captured from the operator.
CAPTURED = (
    "date=2026-11-03+08%3A15%3A00&from=%2B22370000001&id=0c1e5bd5-1f1c&linkId=L-9"
    "&text=PEC+10+VUS+45&to=38400&cost=None&networkCode=61002"
)
SENT = datetime(2026, 11, 3, 8, 15, tzinfo=UTC)
BARE = "id=1&from=%2B22370000001&text="


def kept(engine: Engine) -> list[Row[Any]]:
    with engine.connect() as connection:
        return [*connection.execute(select(inbox).order_by(inbox.c.id))]


def test_the_captured_post_is_kept(post: Post, engine: Engine) -> None:
    answer = post("sms", CAPTURED)
    assert (answer.status_code, answer.text) == (200, "OK")
    (row,) = kept(engine)
    assert (row.provider, row.provider_id) == ("africastalking", "0c1e5bd5-1f1c")
    assert (row.phone, row.text, row.network) == ("+22370000001", "PEC 10 VUS 45", "61002")
    assert (row.sent_at, row.received_at, row.state) == (SENT, NOW, "new")


@pytest.mark.parametrize(
    ("old", "new", "column", "value"),
    [
        ("from=%2B22370000001", "from=+22370000001", "phone", "+22370000001"),
        ("from=%2B22370000001", "from=22370000001", "phone", "+22370000001"),
        ("from=%2B22370000001", "from=Orange", "phone", "Orange"),
        ("from=%2B22370000001", "from=" + "7" * 300, "phone", "7" * 40),
        ("&linkId=L-9", "", "text", "PEC 10 VUS 45"),
        ("&networkCode=61002", "&networkCode=99999", "network", "99999"),
        ("&networkCode=61002", "", "network", ""),
        ("date=2026-11-03+08%3A15%3A00", "date=2026-11-03T08%3A15%3A00Z", "sent_at", SENT),
        ("date=2026-11-03+08%3A15%3A00", "date=2026-11-03T08:15:00.000Z", "sent_at", SENT),
        (
            "date=2026-11-03+08%3A15%3A00",
            "date=2026-11-03 08:15:00.445",
            "sent_at",
            SENT + timedelta(milliseconds=445),
        ),
        ("08%3A15%3A00", "09%3A20%3A00", "sent_at", NOW + timedelta(hours=1)),
        ("08%3A15%3A00", "09%3A20%3A01", "sent_at", NOW),
        ("date=2026-", "date=2027-", "sent_at", NOW),
        ("date=2026-", "date=9999-", "sent_at", NOW),
        ("date=2026-", "date=0001-", "sent_at", NOW),
        ("date=2026-", "date=1970-", "sent_at", NOW),
        ("date=2026-11", "date=yesterday", "sent_at", NOW),
        ("date=2026-11-03+08%3A15%3A00&", "", "sent_at", NOW),
        ("date=2026-11-03", "date=2026-09-20", "sent_at", SENT.replace(month=9, day=20)),
        ("date=2026-11-03", "date=2026-09-19", "sent_at", NOW),
        ("date=2026-", "date=2025-", "sent_at", NOW),
        ("date=2026-11-03+08%3A15%3A00", "date=2000-01-01T00:00:12Z", "sent_at", NOW),
        ("date=2026-11-03+08%3A15%3A00", "date=2004-01-01+00:03:00", "sent_at", NOW),
        ("text=PEC+10+VUS+45", "text=", "text", ""),
        ("text=PEC+10+VUS+45", "text=PEC+10&text=other", "text", "PEC 10"),
    ],
)
def test_what_varies_in_a_post(
    sqlite_client: FlaskClient, old: str, new: str, column: str, value: object
) -> None:
    assert old in CAPTURED
    assert posting(sqlite_client)("sms", CAPTURED.replace(old, new)).status_code == 200
    rows = kept(sqlite_client.application.extensions["kibaru"].engine)
    assert [getattr(row, column) for row in rows] == [value]


def test_what_a_database_could_choke_on(post: Post, engine: Engine) -> None:
    changes = {
        "from=%2B22370000001": "from=" + "7" * 300,
        "networkCode=61002": "networkCode=" + "9" * 300,
        "linkId=L-9": "linkId=" + "L" * 300,
        "0c1e5bd5-1f1c": "%00%ED%A0%80" + "i" * 300,
        "date=2026-": "date=0001-",
        "38400": "%00",
    }
    body = CAPTURED
    for old, new in changes.items():
        body = body.replace(old, new)
    assert [post("sms", body).status_code for _ in range(2)] == [200, 200]
    assert [row.phone for row in kept(engine)] == ["7" * 40]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (BARE + "PEC%00VUS", "PEC\ufffdVUS"),
        (BARE + "a%ED%A0%80b", "a\ufffd\ufffd\ufffdb"),
        (BARE + "%F0%9F%98%80" * 3, "\U0001f600" * 3),
        (BARE + "9" * 10_000, "9" * 10_000),
        (BARE + "d%E9c%E8s", "d\ufffdc\ufffds"),
        ((BARE + "décès").encode("latin-1"), "d\ufffdc\ufffds"),
        (BARE + "%2", "%2"),
        (BARE + "' OR 1=1; DROP TABLE inbox", "' OR 1=1; DROP TABLE inbox"),
    ],
)
def test_a_poison_text_is_kept_and_answered(
    post: Post, engine: Engine, body: str | bytes, text: str
) -> None:
    assert post("sms", body).status_code == 200
    assert [row.text for row in kept(engine)] == [text]


def test_a_charset_in_the_content_type_changes_nothing(post: Post, engine: Engine) -> None:
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert post("sms", BARE + "%C9t%C3%A9", content_type=kind).status_code == 200
    assert [row.text for row in kept(engine)] == ["\ufffdté"]


def test_a_repeat_is_answered_and_kept_once(post: Post, engine: Engine) -> None:
    changed = CAPTURED.replace("VUS+45", "VUS+46")
    answers = [post("sms", body) for body in (CAPTURED, changed, CAPTURED)]
    assert {answer.status_code for answer in answers} == {200}
    assert [row.text for row in kept(engine)] == ["PEC 10 VUS 45"]


def test_overlong_ids_are_told_apart(post: Post, engine: Engine) -> None:
    for end in "aab":
        assert post("sms", CAPTURED.replace("0c1e5bd5", "0" * 300 + end)).status_code == 200
    assert len(kept(engine)) == 2


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("from=%2B22370000001&text=PEC", "id"),
        ("id=&from=%2B22370000001&text=PEC", "id"),
        ("id=1&text=PEC", "from"),
        ("id=1&from=+&text=PEC", "from"),
        ("id=1&from=%2B22370000001", "text"),
        ("", "text"),
        ("{}", "text"),
    ],
)
def test_a_missing_field_is_named(closed_client: FlaskClient, body: str, name: str) -> None:
    answer = posting(closed_client)("sms", body)
    assert (answer.status_code, answer.text) == (400, f"missing field: {name}")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/at",
        "/at/",
        "/at/sms",
        f"/at/{TOKEN[:-1]}/sms",
        f"/at/{TOKEN}x/sms",
        f"/at/{TOKEN.upper()}/sms",
        "/at/wrong/sms",
        "/at/wrong/no-such-path",
        "/at/%FF%00/sms",
        f"/at/wrong/{TOKEN}/sms",
        f"/at/{TOKEN},{OTHER_TOKEN}/sms",
    ],
)
@pytest.mark.parametrize("body", [CAPTURED, "x" * 20_000], ids=["small", "large"])
def test_without_the_token_there_is_nothing(
    closed_client: FlaskClient, method: str, path: str, body: str
) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = closed_client.open(path, method=method, data=body, content_type=kind)
    assert answer.status_code == 404
    assert TOKEN not in answer.text


def test_each_of_several_tokens_opens(post: Post, engine: Engine) -> None:
    tokens = (TOKEN, OTHER_TOKEN)
    answers = [post("sms", f"id={token}&from=1&text=", token=token) for token in tokens]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [row.provider_id for row in kept(engine)] == [TOKEN, OTHER_TOKEN]


@pytest.mark.parametrize("webhook", ["sms", "ussd", "ussd-events", "delivery", "optout"])
@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 200), (16 * 1024 + 1, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused(
    sqlite_client: FlaskClient, webhook: str, size: int, status: int, chunked: bool
) -> None:
    body = "id=1&from=%2B22370000001&sessionId=1&phoneNumber=1&text="
    body += "9" * (size - len(body))
    # What a server says of a body that came in chunks.
    chunks = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = sqlite_client.post(
        f"/at/{TOKEN}/{webhook}",
        data=body,
        content_type="application/x-www-form-urlencoded",
        environ_overrides=chunks if chunked else {},
    )
    assert answer.status_code == status


def test_a_body_that_broke_off_is_not_read(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.post(
        f"/at/{TOKEN}/sms",
        data=CAPTURED,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "4000"},
    )
    assert answer.status_code == 400


def test_a_new_message_rings_and_a_repeat_does_not(app: Flask, post: Post, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server:
        post("sms", CAPTURED)
        assert server.delete(flag_key("read")) == 1
        post("sms", CAPTURED)
        assert server.exists(flag_key("read")) == 0
