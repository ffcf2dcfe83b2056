"""Each reply goes out once, twice only when an answer was lost, and in order."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier, Lock
from typing import Any

import pytest
import requests
from sqlalchemy import Engine

from gateway.model.outcomes import Delivered, Outcome, TryLater, Unknown
from gateway.outbound import replies, sending
from gateway.sandbox.operator import create_app
from gateway.sandbox.serving import serving
from gateway.storage import delivery_reports, destinations, outbox_sms
from gateway.storage.destinations import Health
from gateway.storage.engine import connect, reading
from gateway.storage.outbox_sms import NewReply
from gateway.transports.africastalking import AfricasTalking
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, FANTA, ISSA, NOON, SIRA, Harness, Killed, killed_at

DEADLINE = 1.0  # seconds for which the operator is waited for


def queue(harness: Harness, *texts: str, phone: str = AWA) -> list[int]:
    """Replies that are due now; their ids."""
    for text in texts:
        message = harness.receive("Bonjour", phone)
        reply = NewReply(f"reply:{message}", phone, text, 1, message, None, None, None)
        with harness.engine.begin() as connection:
            outbox_sms.add_replies(connection, [reply], harness.clock.now)
    return [row.id for row in harness.rows("reply")][-len(texts) :]


@dataclass(slots=True)
class Sandbox:
    """The sandbox operator on loopback, and the client that the gateway would use."""

    url: str
    client: AfricasTalking

    def fail(self, **fault: Any) -> None:
        requests.post(f"{self.url}/sandbox/faults", json=fault, timeout=5).raise_for_status()

    def recover(self) -> None:
        requests.delete(f"{self.url}/sandbox/faults", timeout=5).raise_for_status()

    def taken(self) -> list[tuple[str, str]]:
        """Number and text of every message that was accepted, in order."""
        answer = requests.get(f"{self.url}/sandbox/messages", timeout=5).json()
        return [(one["phone"], one["text"]) for one in answer["messages"]]


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    app = create_app(username="kibaru", api_key="key")
    with serving(app) as url:
        client = AfricasTalking("kibaru", "key", base_url=url, deadline=DEADLINE)
        yield Sandbox(url, client)


@pytest.fixture
def operator() -> Iterator[Sandbox]:
    with sandbox() as far:
        yield far


@dataclass(slots=True)
class Scripted:
    """An operator that says what it was told to say, and remembers what it was asked."""

    outcome: Callable[[str, str], Outcome]
    sent: list[tuple[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def send(self, phone: str, text: str) -> Outcome:
        with self.lock:
            self.sent.append((phone, text))
        return self.outcome(phone, text)


def takes_all(phone: str, text: str) -> Outcome:
    return Delivered(f"ATXid_{text}")


def send(harness: Harness, operator: replies.Operator) -> int:
    return replies.send_due(harness.engine, operator, harness.clock)


def health(harness: Harness) -> Health:
    with reading(harness.engine) as connection:
        return destinations.health(connection, destinations.OPERATOR)


def test_a_reply_is_sent_once(harness: Harness, operator: Sandbox) -> None:
    answer = harness.told("PEC 10 VUS 45")
    assert send(harness, operator.client) == 1
    assert operator.taken() == [(AWA, answer)]
    row = harness.only("reply")
    assert (row.state, row.attempts, row.lease, row.next_at) == ("sent", 1, None, None)
    assert row.message_id.startswith("ATXid_")
    assert row.settled_at == NOON
    assert send(harness, operator.client) == 0
    assert len(operator.taken()) == 1
    assert (harness.counted()["replied"], harness.counted()["parts_sent"]) == (1, row.parts)


def test_nothing_due_asks_nobody(harness: Harness) -> None:
    queue(harness, "one")
    harness.change_rows("reply", next_at=NOON + timedelta(seconds=1))
    operator = Scripted(takes_all)
    assert send(harness, operator) == 0
    harness.clock.advance(seconds=1)
    assert send(harness, operator) == 1


@pytest.mark.parametrize("fault", [{"lost": True}, {"slow": 2.0}], ids=["cut", "timeout"])
def test_a_lost_answer_is_asked_for_once_more_and_no_third_time(
    harness: Harness, operator: Sandbox, fault: Mapping[str, Any]
) -> None:
    operator.fail(times=5, **fault)
    queue(harness, "one")
    send(harness, operator.client)
    row = harness.only("reply")
    assert (row.state, row.unknowns) == ("waiting", 1)
    assert row.next_at == NOON + timedelta(seconds=30)
    harness.clock.advance(seconds=30)
    send(harness, operator.client)
    assert (harness.only("reply").state, harness.only("reply").next_at) == ("unknown", None)
    harness.clock.advance(hours=1)
    send(harness, operator.client)
    assert operator.taken() == [(AWA, "one")] * 2
    assert harness.counted()["replies_unknown"] == 1


def test_a_second_try_that_is_answered_ends_it(harness: Harness, operator: Sandbox) -> None:
    operator.fail(lost=True)
    queue(harness, "one")
    send(harness, operator.client)
    harness.clock.advance(seconds=30)
    send(harness, operator.client)
    assert (harness.only("reply").state, harness.only("reply").reason) == ("sent", None)


def test_a_refusal_is_final_and_harms_no_other(harness: Harness, operator: Sandbox) -> None:
    operator.fail(recipient=403, phone=FANTA)
    queue(harness, "one", phone=FANTA)
    queue(harness, "two", phone=ISSA)
    assert send(harness, operator.client) == 1
    refused, sent = harness.rows("reply")
    assert (refused.state, refused.reason) == ("refused", "InvalidPhoneNumber")
    assert (refused.next_at, refused.settled_at) == (None, NOON)
    assert sent.state == "sent"
    assert health(harness).failures == 0
    assert harness.counted()["replies_refused"] == 1


def test_a_replys_own_trouble_backs_off_and_gives_up_at_last(
    harness: Harness, operator: Sandbox
) -> None:
    operator.fail(recipient=502, times=sending.TRIES)
    queue(harness, "one")
    waits = []
    for tried in range(1, sending.TRIES):
        send(harness, operator.client)
        row = harness.only("reply")
        assert (row.state, row.reason, row.attempts) == ("waiting", "RejectedByGateway", tried)
        waits.append((row.next_at - harness.clock.now).total_seconds())
        harness.clock.now = row.next_at
    assert 5 <= waits[0] <= 7
    assert all(120 <= one <= 150 for one in waits[5:])
    send(harness, operator.client)
    assert harness.only("reply").state == "refused"
    assert operator.taken() == []


AWAY = {
    "down": ({"http": 503}, "http_503", (5, 7)),
    "retry-after": ({"http": 429, "headers": {"Retry-After": "40"}}, "http_429", (40, 50)),
    "key": ({"http": 401}, "http_401", (120, 150)),
    "money": ({"recipient": 405}, "InsufficientBalance", (120, 150)),
}


@pytest.mark.parametrize("case", AWAY)
def test_while_the_operator_is_away_nothing_is_hammered_or_lost(
    harness: Harness, operator: Sandbox, case: str
) -> None:
    fault, reason, rest = AWAY[case]
    operator.fail(times=1000, **fault)
    for number in range(40):
        queue(harness, f"{number}", phone=f"+22370001{number:03}")
    send(harness, operator.client)
    found = health(harness)
    assert (found.failures, found.reason) == (1, reason)
    assert found.closed_until is not None
    assert rest[0] <= (found.closed_until - NOON).total_seconds() <= rest[1]
    assert {row.state for row in harness.rows("reply")} == {"waiting"}
    assert {row.lease for row in harness.rows("reply")} == {None}
    probe = Scripted(takes_all)
    assert send(harness, probe) == 0
    assert probe.sent == []
    operator.recover()
    harness.clock.advance(minutes=3)
    assert send(harness, operator.client) == 40
    assert len(set(operator.taken())) == 40
    assert health(harness) == Health()


def test_while_it_is_away_one_reply_is_tried_at_a_time(harness: Harness) -> None:
    for number in range(20):
        queue(harness, f"{number}", phone=f"+22370001{number:03}")
    away = Scripted(lambda phone, text: TryLater("connect"))
    for expected in (replies.WAVE, 1, 1, 1):
        away.sent.clear()
        send(harness, away)
        assert len(away.sent) == expected
        harness.clock.advance(minutes=3)
    assert health(harness).failures == 4


def test_an_operator_that_swallows_everything_is_left_alone(harness: Harness) -> None:
    for number in range(2 * replies.WAVE):
        queue(harness, f"{number}", phone=f"+22370001{number:03}")
    hanging = Scripted(lambda phone, text: Unknown("timeout"))
    send(harness, hanging)
    assert len(hanging.sent) == replies.WAVE
    assert health(harness).reason == "timeout"
    harness.clock.advance(minutes=3)
    hanging.sent.clear()
    send(harness, hanging)
    assert len(hanging.sent) == 1


def test_time_away_does_not_use_up_a_replys_tries(harness: Harness) -> None:
    queue(harness, "one")
    for _ in range(sending.TRIES + 1):
        send(harness, Scripted(lambda phone, text: TryLater("connect")))
        harness.clock.advance(minutes=3)
    send(harness, Scripted(lambda phone, text: TryLater("RejectedByGateway", everyone=False)))
    assert harness.only("reply").state == "waiting"
    harness.clock.advance(minutes=3)
    assert send(harness, Scripted(takes_all)) == 1


def test_a_sender_that_died_in_the_call_is_followed_once(harness: Harness) -> None:
    queue(harness, "one")

    def die(phone: str, text: str) -> Outcome:
        raise Killed

    with pytest.raises(Killed):
        send(harness, Scripted(die))
    assert harness.only("reply").state == "sending"
    operator = Scripted(takes_all)
    assert send(harness, operator) == 0, "somebody may be sending it this very moment"
    harness.change_rows("reply", lease_until=0)
    send(harness, operator)
    row = harness.only("reply")
    assert (row.state, row.unknowns, row.reason) == ("waiting", 1, "sender_died")
    harness.clock.advance(seconds=30)
    assert send(harness, operator) == 1
    assert operator.sent == [(AWA, "one")]


def test_a_sender_that_died_before_the_call_costs_nothing(harness: Harness) -> None:
    queue(harness, *"abc")
    with killed_at(harness.engine, "SET state"):
        send(harness, Scripted(takes_all))
    assert [row.state for row in harness.rows("reply")] == ["waiting"] * 3
    harness.change_rows("reply", lease_until=0)
    assert send(harness, Scripted(takes_all)) == 3


def test_a_delivery_report_may_come_before_the_answer(harness: Harness) -> None:
    queue(harness, "one", "two")

    def take(phone: str, text: str) -> Outcome:
        if text == "one":
            with harness.engine.begin() as connection:
                delivery_reports.note(
                    connection, message_id="ATXid_one", status="Success", reason=None, final=True,
                    now=NOON,
                )  # fmt: skip
        return takes_all(phone, text)

    send(harness, Scripted(take))
    assert {row.text: row.delivery for row in harness.rows("reply")} == {
        "one": "Success",
        "two": None,
    }


def test_one_numbers_replies_go_out_in_order(harness: Harness) -> None:
    expected = defaultdict(list)
    for turn in range(12):
        for phone in (AWA, FANTA, ISSA, SIRA):
            text = f"{phone} {turn}"
            queue(harness, text, phone=phone)
            expected[phone].append(text)
    operator = Scripted(takes_all)
    assert send(harness, operator) == 48
    went = defaultdict(list)
    for phone, text in operator.sent:
        went[phone].append(text)
    assert went == expected


def test_no_number_has_two_replies_in_one_wave(harness: Harness) -> None:
    """Or the last of them would be sent when its lease has long run out."""
    queue(harness, *(f"{number}" for number in range(5)))
    queue(harness, "other", phone=FANTA)
    marked: list[set[str]] = []

    def take(phone: str, text: str) -> Outcome:
        rows = harness.rows("reply")
        marked.append({row.text for row in rows if row.state == "sending"})
        return takes_all(phone, text)

    assert send(harness, Scripted(take)) == 6
    assert sorted(map(len, marked)) == [1, 1, 1, 1, 2, 2]


def test_it_stops_between_two_waves_when_its_time_is_over(harness: Harness) -> None:
    queue(harness, *"abc")
    operator = Scripted(takes_all)

    def take(phone: str, text: str) -> Outcome:
        harness.clock.advance(seconds=10)
        return takes_all(phone, text)

    operator.outcome = take
    until = NOON + timedelta(seconds=15)
    assert replies.send_due(harness.engine, operator, harness.clock, until) == 2
    assert [row.state for row in harness.rows("reply")] == ["sent", "sent", "waiting"]
    assert harness.rows("reply")[2].lease is None
    assert send(harness, operator) == 1


def test_two_senders_never_send_one_reply_twice(postgresql_url: str, catalogue: Catalogue) -> None:
    engines = [connect(postgresql_url), connect(postgresql_url)]
    harness = Harness(engines[0], catalogue)
    for number in range(150):
        queue(harness, f"{number}", phone=f"+22370001{number % 50:03}")
    together = Barrier(2)

    def work(engine: Engine) -> int:
        together.wait(10)
        return replies.send_due(engine, operator.client, harness.clock)

    with sandbox() as operator, ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, engines)) == 150
        taken = operator.taken()
    assert len(taken) == 150
    assert len(set(taken)) == 150
    assert {row.state for row in harness.rows("reply")} == {"sent"}
    for engine in engines:
        engine.dispose()
