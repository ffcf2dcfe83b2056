"""Tests of how an outcome ends in the row, and of the waves in which SMS are sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from gateway.model.outcomes import Delivered, Outcome, Refused, TryLater, Unknown
from gateway.outbound import sending
from gateway.outbound.sending import AGAIN, LEASE, TRIES, WAVE, columns
from gateway.storage import destinations, outbox_sms
from gateway.storage.destinations import OPERATOR
from gateway.storage.engine import Connection
from gateway.storage.outbox import REFUSED, SENT, UNKNOWN, WAITING
from gateway.storage.outbox_sms import NewReply, SmsRow
from tests.gateway.harness import AWA, NOON, Harness

ROW = SmsRow(1, AWA, "text", 2, 3, 0)


def ending(outcome: Outcome, row: SmsRow = ROW) -> dict[str, object]:
    return columns(row, outcome, {"ATXid_1": "Success"}, NOON)


def test_an_accepted_sms_is_sent_with_the_status_reported_already() -> None:
    found = ending(Delivered("ATXid_1"))
    assert (found["state"], found["message_id"], found["delivery"]) == (SENT, "ATXid_1", "Success")
    assert ending(Delivered("ATXid_2"))["delivery"] is None


@pytest.mark.parametrize(
    ("outcome", "row", "state", "reason"),
    [
        (Refused("403", "words"), ROW, REFUSED, "403"),
        (TryLater("http_500", everyone=False), ROW, WAITING, "http_500"),
        (
            TryLater("http_500", everyone=False),
            SmsRow(1, AWA, "", 1, TRIES - 1, 0),
            REFUSED,
            "http_500",
        ),
        (TryLater("http_503"), SmsRow(1, AWA, "", 1, TRIES - 1, 0), WAITING, "http_503"),
        (Unknown("timeout"), ROW, WAITING, "timeout"),
        (Unknown("timeout"), SmsRow(1, AWA, "", 1, 0, 1), UNKNOWN, "timeout"),
        (Unknown("timeout"), SmsRow(1, AWA, "", 1, 0, 0, once=True), UNKNOWN, "timeout"),
    ],
)
def test_how_a_row_ends(outcome: Outcome, row: SmsRow, state: str, reason: str) -> None:
    found = ending(outcome, row)
    assert (found["state"], found["reason"]) == (state, reason)


def test_a_reply_uses_up_its_own_tries_alone() -> None:
    assert ending(TryLater("http_503"))["attempts"] == 3
    assert ending(TryLater("http_503"))["next_at"] == NOON
    assert ending(TryLater("http_500", everyone=False))["attempts"] == 4
    again = ending(Unknown("timeout"))
    assert (again["next_at"], again["unknowns"]) == (NOON + AGAIN, 1)


@dataclass(slots=True)
class Operator:
    """An operator that answers as it is told, and remembers the texts."""

    outcome: Callable[[str], Outcome]
    sent: list[str] = field(default_factory=list)

    def send(self, phone: str, text: str) -> Outcome:
        self.sent.append(text)
        return self.outcome(text)


def queue(harness: Harness, count: int) -> None:
    texts = [f"text {number:02}" for number in range(count)]
    with harness.engine.begin() as connection:
        new = [
            NewReply(text, f"+2237000{number:04}", text, 1, None, None, None, None)
            for number, text in enumerate(texts)
        ]  # type: ignore[arg-type]
        outbox_sms.add_replies(connection, new, NOON)


def send(harness: Harness, operator: Operator) -> tuple[int, bool]:
    def claim(connection: Connection, most: int, now: datetime) -> tuple[str, list[SmsRow]]:
        return outbox_sms.claim_replies(connection, most, LEASE, now)

    with ThreadPoolExecutor(WAVE) as pool:
        return sending.send_some(
            harness.engine, operator, pool, harness.clock, claim=claim, until=None
        )


def test_a_claim_goes_out_in_waves(harness: Harness) -> None:
    queue(harness, WAVE + 3)
    operator = Operator(lambda text: Delivered(f"id {text}"))
    assert send(harness, operator) == (WAVE + 3, True)
    assert sorted(operator.sent) == [f"text {number:02}" for number in range(WAVE + 3)]
    assert {row.state for row in harness.rows("reply")} == {SENT}
    assert (harness.counted()["replied"], harness.counted()["parts_sent"]) == (WAVE + 3, WAVE + 3)
    assert send(harness, operator) == (0, False)


def test_the_other_waves_wait_once_the_operator_is_away(harness: Harness) -> None:
    queue(harness, WAVE + 3)
    away = Operator(lambda text: TryLater("http_503", "words"))
    assert send(harness, away) == (0, False)
    assert len(away.sent) == WAVE
    assert {(row.state, row.lease) for row in harness.rows("reply")} == {(WAITING, None)}
    with harness.engine.begin() as connection:
        assert destinations.health(connection, OPERATOR).reason == "http_503"
    assert send(harness, Operator(Delivered)) == (0, False)
    harness.clock.advance(minutes=3)
    back = Operator(Delivered)
    assert send(harness, back) == (1, True), "one is tried first"
    assert send(harness, back) == (WAVE + 2, True)
