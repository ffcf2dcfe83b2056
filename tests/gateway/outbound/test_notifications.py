"""Holds up: notices go after replies, slowly, at most once, and say what is true when they go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import Engine

from gateway.conversation.interpretation import House
from gateway.model.outcomes import Delivered, Outcome, TryLater, Unknown
from gateway.outbound import notifications, replies
from gateway.outbound.notifications import Teller
from gateway.storage import delivery_reports, outbox_sms
from gateway.storage.engine import Connection
from gateway.storage.outbox_sms import NewNotice
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, FANTA, NOON, Pipes, killed_at

LATER = NOON + timedelta(hours=1)
MOOV = "+22360000001"


@pytest.fixture
def pipes(engine: Engine, catalogue: Catalogue) -> Pipes:
    return Pipes(engine, catalogue)


@dataclass(slots=True)
class Operator:
    """Remembers what it was asked to send, and says what it was told to say."""

    outcome: Callable[[], Outcome] = lambda: Delivered("ATXid_1")
    sent: list[tuple[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def send(self, phone: str, text: str) -> Outcome:
        with self.lock:
            self.sent.append((phone, text))
        return self.outcome()


def tell(
    pipes: Pipes,
    *,
    phone: str = AWA,
    topic: str = "alert",
    text: str | None = "Alerte",
    key: str = "",
) -> None:
    notice = NewNotice(key or f"{topic}:{phone}", phone, topic, NOON, LATER, text, {"about": "ENF"})
    with pipes.engine.begin() as connection:
        outbox_sms.add_notices(connection, [notice], pipes.clock.now)


def send(pipes: Pipes, operator: Operator, **composers: notifications.Compose) -> int:
    teller = Teller(pipes.house, composers)
    return notifications.send_due(pipes.engine, operator, teller, pipes.clock)


def states(pipes: Pipes) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in pipes.rows("notice")]


def test_a_notice_is_sent_once(pipes: Pipes) -> None:
    operator = Operator()
    tell(pipes)
    assert send(pipes, operator) == 1
    tell(pipes)
    assert send(pipes, operator) == 0
    assert operator.sent == [(AWA, "Alerte")]
    assert states(pipes) == [("sent", None)]
    assert pipes.counted()["notified"] == 1


def test_replies_go_first(pipes: Pipes) -> None:
    operator = Operator()
    tell(pipes)
    answer = pipes.told("PEC 10 VUS 45", FANTA)
    assert send(pipes, operator) == 0
    replies.send_due(pipes.engine, operator, pipes.clock)
    send(pipes, operator)
    assert operator.sent == [(FANTA, answer), (AWA, "Alerte")]


def test_a_notice_says_what_is_true_when_it_goes(pipes: Pipes) -> None:
    operator = Operator()

    def compose(
        connection: Connection, house: House, phone: str, subject: Mapping[str, Any], now: datetime
    ) -> str | None:
        assert (subject, phone, now) == ({"about": "ENF"}, AWA, NOON)
        return "Rappel" if open_still else None

    tell(pipes, topic="reminder", text=None, key="one")
    open_still = True
    send(pipes, operator, reminder=compose)
    tell(pipes, topic="reminder", text=None, key="two")
    open_still = False
    send(pipes, operator, reminder=compose)
    assert operator.sent == [(AWA, "Rappel")]
    assert states(pipes) == [("sent", None), ("dropped", "pointless")]
    assert [row.text for row in pipes.rows("notice")] == ["Rappel", None]


def test_a_notice_that_comes_too_late_is_not_sent(pipes: Pipes) -> None:
    operator = Operator()
    tell(pipes)
    pipes.clock.now = LATER + timedelta(seconds=1)
    assert send(pipes, operator) == 0
    assert states(pipes) == [("dropped", "expired")]


@pytest.mark.parametrize(
    ("topic", "sent"), [("reminder", 0), ("alert", 1)], ids=["reminder", "alert"]
)
def test_who_wants_no_reminders_gets_none(pipes: Pipes, topic: str, sent: int) -> None:
    operator = Operator()
    with pipes.engine.begin() as connection:
        delivery_reports.opt_out(connection, phone=AWA, sender_id="KIBARU", now=NOON)
    tell(pipes, topic=topic)
    assert send(pipes, operator) == sent
    pipes.told("ETAT")
    replies.send_due(pipes.engine, operator, pipes.clock)
    assert len(operator.sent) == sent + 1


@pytest.mark.parametrize(
    ("topic", "sent"), [("reminder", 0), ("alert", 1)], ids=["reminder", "alert"]
)
def test_nobody_is_reminded_at_night(pipes: Pipes, topic: str, sent: int) -> None:
    operator = Operator()
    pipes.clock.now = NOON + timedelta(hours=9)
    late = NewNotice("one", AWA, topic, NOON, NOON + timedelta(days=1), "Rappel")
    with pipes.engine.begin() as connection:
        outbox_sms.add_notices(connection, [late], pipes.clock.now)
    assert send(pipes, operator) == sent
    pipes.clock.advance(hours=10)
    assert send(pipes, operator) == 1 - sent
    assert len(operator.sent) == 1


def test_a_notice_in_doubt_is_not_sent_again(pipes: Pipes) -> None:
    operator = Operator(lambda: Unknown("timeout"))
    tell(pipes)
    send(pipes, operator)
    pipes.clock.advance(minutes=10)
    send(pipes, operator)
    assert len(operator.sent) == 1
    assert states(pipes) == [("unknown", "timeout")]


def test_a_sender_that_dies_leaves_no_notice_to_be_sent_twice(pipes: Pipes) -> None:
    tell(pipes)
    with killed_at(pipes.engine, "INSERT INTO delivery_reports"):
        send(pipes, Operator())
    pipes.change_rows("notice", lease_until=0)
    operator = Operator()
    replies.send_due(pipes.engine, operator, pipes.clock)
    send(pipes, operator)
    assert operator.sent == []
    assert states(pipes) == [("unknown", "sender_died")]


def test_an_operator_that_is_away_gets_it_later(pipes: Pipes) -> None:
    tell(pipes)
    send(pipes, Operator(lambda: TryLater("http_503")))
    assert states(pipes) == [("waiting", "http_503")]
    pipes.clock.advance(minutes=3)
    operator = Operator()
    assert send(pipes, operator) == 1


@pytest.fixture
def slow(pipes: Pipes) -> Pipes:
    """A programme that writes six notices a minute to each network."""
    programme = replace(pipes.catalogue.programme, notices_per_minute=6)
    pipes.catalogue = replace(pipes.catalogue, programme=programme)
    return pipes


def test_each_network_is_written_to_at_its_own_rate(slow: Pipes) -> None:
    operator = Operator()
    for number in range(5):
        tell(slow, phone=f"+2237000001{number}")
        tell(slow, phone=f"+2236000001{number}")
    assert send(slow, operator) == 2
    assert send(slow, operator) == 0
    slow.clock.advance(seconds=10)
    assert send(slow, operator) == 2
    slow.clock.advance(seconds=60)
    assert send(slow, operator) == 2
    assert [phone for phone, _ in operator.sent].count("+22360000010") == 1


def test_who_was_dropped_takes_no_room(slow: Pipes) -> None:
    operator = Operator()
    for number in range(30):
        tell(slow, phone=f"+223700000{number + 10}", topic="reminder", text=None)
    tell(slow, key="last")
    assert send(slow, operator, reminder=lambda *_: None) == 1
    assert operator.sent == [(AWA, "Alerte")]
