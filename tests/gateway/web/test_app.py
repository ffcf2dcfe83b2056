"""Tests of the operator's other webhooks: delivery reports and opt-outs."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select

from gateway.model.outcomes import Delivered, Outcome
from gateway.outbound.replies import send_due
from gateway.storage.tables import delivery_reports, opt_outs, outbox
from tests.gateway.web.conftest import NOW, TOKEN, Post, posting

REPLY = {
    "kind": "reply",
    "state": "sent",
    "created_at": NOW,
    "phone": "+22370000001",
    "text": "PEC 10 OK",
    "parts": 1,
}


def report(status: str, message_id: str = "ATXid_1", **more: str) -> str:
    fields = {"id": message_id, "status": status, "phoneNumber": "%2B22370000001", **more}
    return "&".join(f"{name}={value}" for name, value in fields.items())


def replied(engine: Engine, **columns: object) -> None:
    with engine.begin() as connection:
        row = {**REPLY, "key": "reply:1", "message_id": "ATXid_1", **columns}
        connection.execute(insert(outbox), row)


def delivery(engine: Engine) -> str | None:
    with engine.connect() as connection:
        found: str | None = connection.scalar(select(outbox.c.delivery))
        return found


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        (["Sent"], "Sent"),
        (["Sent", "Buffered", "Success"], "Success"),
        (["Success", "Sent"], "Success"),
        (["Success", "Failed"], "Success"),
        (["Failed", "Buffered"], "Failed"),
        (["AbsentSubscriber", "Submitted"], "AbsentSubscriber"),
        (["Success", "Success"], "Success"),
        (["Teleported"], "Teleported"),
        (["Teleported", "Success"], "Success"),
        (["Rejected", "Teleported"], "Rejected"),
    ],
)
def test_a_delivery_report_never_takes_back_a_final_one(
    sqlite_client: FlaskClient, statuses: Sequence[str], shown: str
) -> None:
    engine = sqlite_client.application.extensions["kibaru"].engine
    replied(engine)
    post = posting(sqlite_client)
    answers = [post("delivery", report(status)).status_code for status in statuses]
    assert set(answers) == {200}
    assert delivery(engine) == shown


@pytest.mark.parametrize("first", ["Success", "Sent"])
def test_a_report_that_comes_before_the_answer_to_the_send_is_not_lost(
    post: Post, engine: Engine, first: str
) -> None:
    replied(engine, state="waiting", next_at=NOW, message_id=None)

    class Operator:
        def send(self, phone: str, text: str) -> Outcome:
            assert post("delivery", report(first)).status_code == 200
            return Delivered("ATXid_1")

    assert send_due(engine, Operator(), lambda: NOW, NOW + timedelta(hours=1)) == 1
    assert delivery(engine) == first


def test_any_delivery_report_is_answered(post: Post) -> None:
    bodies = [
        report("Success", "ATXid_unknown"),
        report("Failed", failureReason="UserDoesNotExist", networkCode="61002"),
        report("", ""),
        "",
        "status=Success",
        report("S" * 500, "i" * 500, failureReason="f" * 500),
        report("%00", "%ED%A0%80"),
    ]
    answers = {body: [post("delivery", body).status_code for _ in range(2)] for body in bodies}
    assert answers == {body: [200, 200] for body in bodies}


def test_a_report_without_id_touches_nothing(post: Post, engine: Engine) -> None:
    replied(engine, message_id="")
    assert post("delivery", report("Failed", "")).status_code == 200
    assert delivery(engine) is None
    with engine.connect() as connection:
        assert connection.execute(select(delivery_reports)).all() == []


def test_an_opt_out_is_kept_once(post: Post, engine: Engine) -> None:
    body = "senderId=KIBARU&phoneNumber=%2B22370000001"
    assert [post("optout", body).status_code for _ in range(2)] == [200, 200]
    with engine.connect() as connection:
        (row,) = connection.execute(select(opt_outs)).all()
    assert (row.phone, row.sender_id, row.since) == ("+22370000001", "KIBARU", NOW)


def test_an_opt_out_of_nobody_is_refused_by_name(closed_client: FlaskClient) -> None:
    answer = posting(closed_client)("optout", "senderId=KIBARU")
    assert (answer.status_code, answer.text) == (400, "missing field: phoneNumber")


@pytest.mark.parametrize("webhook", ["sms", "ussd", "ussd-events", "delivery", "optout"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_webhooks_take_posts_alone(closed_client: FlaskClient, webhook: str, method: str) -> None:
    assert closed_client.open(f"/at/{TOKEN}/{webhook}", method=method).status_code == 405


@pytest.mark.parametrize("webhook", ["sms", "ussd", "ussd-events", "delivery", "optout"])
def test_a_slash_at_the_end_makes_no_difference(post: Post, webhook: str) -> None:
    body = "id=1&from=1&text=&sessionId=1&phoneNumber=%2B22370000001&senderId=KIBARU"
    answers = [post(path, body) for path in (webhook, f"{webhook}/")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize("path", [f"{TOKEN}/sms/x/", f"{TOKEN}/", "sms/", ""])
def test_no_other_address_is_opened_by_a_slash(closed_client: FlaskClient, path: str) -> None:
    assert closed_client.post(f"/at/{path}", data="id=1&from=1&text=").status_code == 404
    wrong = closed_client.post("/at/wrong-token-of-the-tests/sms/", data="id=1&from=1&text=")
    assert wrong.status_code == 404
