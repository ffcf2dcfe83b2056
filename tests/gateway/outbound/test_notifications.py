"""Notices go after replies, slowly, at most once, and say what is true when they go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import Engine

from gateway.context import Context
from gateway.model.outcomes import Delivered, Outcome, TryLater, Unknown
from gateway.outbound import notifications, replies
from gateway.outbound.notifications import Composer
from gateway.storage import delivery_reports, outbox_sms
from gateway.storage.engine import Connection
from gateway.storage.outbox_sms import NewNotice
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, FANTA, NOON, Harness, killed_at
from workers.notification_topics import OPTIONAL

LATER = NOON + timedelta(hours=1)
MOOV = "+22360000001"


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    return Harness(engine, catalogue)


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
    harness: Harness,
    *,
    phone: str = AWA,
    topic: str = "alert",
    text: str | None = "Alerte",
    key: str = "",
) -> None:
    notice = NewNotice(key or f"{topic}:{phone}", phone, topic, NOON, LATER, text, {"about": "ENF"})
    with harness.engine.begin() as connection:
        outbox_sms.add_notices(connection, [notice], harness.clock.now)


def send(harness: Harness, operator: Operator, **composers: notifications.Compose) -> int:
    composer = Composer(harness.context, composers, OPTIONAL)
    return notifications.send_due(harness.engine, operator, composer, harness.clock)


def states(harness: Harness) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in harness.rows("notice")]


def test_a_notice_is_sent_once(harness: Harness) -> None:
    operator = Operator()
    tell(harness)
    assert send(harness, operator) == 1
    tell(harness)
    assert send(harness, operator) == 0
    assert operator.sent == [(AWA, "Alerte")]
    assert states(harness) == [("sent", None)]
    assert harness.counted()["notified"] == 1


def test_replies_go_first(harness: Harness) -> None:
    operator = Operator()
    tell(harness)
    answer = harness.told("PEC 10 VUS 45", FANTA)
    assert send(harness, operator) == 0
    replies.send_due(harness.engine, operator, harness.clock)
    send(harness, operator)
    assert operator.sent == [(FANTA, answer), (AWA, "Alerte")]


def test_a_notice_says_what_is_true_when_it_goes(harness: Harness) -> None:
    operator = Operator()

    def compose(
        connection: Connection,
        context: Context,
        phone: str,
        subject: Mapping[str, Any],
        now: datetime,
    ) -> str | None:
        assert (subject, phone, now) == ({"about": "ENF"}, AWA, NOON)
        return "Rappel" if open_still else None

    tell(harness, topic="reminder", text=None, key="one")
    open_still = True
    send(harness, operator, reminder=compose)
    tell(harness, topic="reminder", text=None, key="two")
    open_still = False
    send(harness, operator, reminder=compose)
    assert operator.sent == [(AWA, "Rappel")]
    assert states(harness) == [("sent", None), ("dropped", "pointless")]
    assert [row.text for row in harness.rows("notice")] == ["Rappel", None]


def test_a_notice_that_comes_too_late_is_not_sent(harness: Harness) -> None:
    operator = Operator()
    tell(harness)
    harness.clock.now = LATER + timedelta(seconds=1)
    assert send(harness, operator) == 0
    assert states(harness) == [("dropped", "expired")]


@pytest.mark.parametrize(
    ("topic", "sent"), [("reminder", 0), ("alert", 1)], ids=["reminder", "alert"]
)
def test_who_wants_no_reminders_gets_none(harness: Harness, topic: str, sent: int) -> None:
    operator = Operator()
    with harness.engine.begin() as connection:
        delivery_reports.opt_out(connection, phone=AWA, sender_id="KIBARU", now=NOON)
    tell(harness, topic=topic)
    assert send(harness, operator) == sent
    harness.told("ETAT")
    replies.send_due(harness.engine, operator, harness.clock)
    assert len(operator.sent) == sent + 1


@pytest.mark.parametrize(
    ("topic", "sent"), [("reminder", 0), ("alert", 1)], ids=["reminder", "alert"]
)
def test_nobody_is_reminded_at_night(harness: Harness, topic: str, sent: int) -> None:
    operator = Operator()
    harness.clock.now = NOON + timedelta(hours=9)
    late = NewNotice("one", AWA, topic, NOON, NOON + timedelta(days=1), "Rappel")
    with harness.engine.begin() as connection:
        outbox_sms.add_notices(connection, [late], harness.clock.now)
    assert send(harness, operator) == sent
    harness.clock.advance(hours=10)
    assert send(harness, operator) == 1 - sent
    assert len(operator.sent) == 1


def test_a_notice_in_doubt_is_not_sent_again(harness: Harness) -> None:
    operator = Operator(lambda: Unknown("timeout"))
    tell(harness)
    send(harness, operator)
    harness.clock.advance(minutes=10)
    send(harness, operator)
    assert len(operator.sent) == 1
    assert states(harness) == [("unknown", "timeout")]


def test_a_sender_that_dies_leaves_no_notice_to_be_sent_twice(harness: Harness) -> None:
    tell(harness)
    with killed_at(harness.engine, "INSERT INTO delivery_reports"):
        send(harness, Operator())
    harness.change_rows("notice", lease_until=0)
    operator = Operator()
    replies.send_due(harness.engine, operator, harness.clock)
    send(harness, operator)
    assert operator.sent == []
    assert states(harness) == [("unknown", "sender_died")]


def test_an_operator_that_is_away_gets_it_later(harness: Harness) -> None:
    tell(harness)
    send(harness, Operator(lambda: TryLater("http_503")))
    assert states(harness) == [("waiting", "http_503")]
    harness.clock.advance(minutes=3)
    operator = Operator()
    assert send(harness, operator) == 1


@pytest.fixture
def slow(harness: Harness) -> Harness:
    """A programme that writes six notices a minute to each network."""
    programme = replace(harness.catalogue.programme, notices_per_minute=6)
    harness.catalogue = replace(harness.catalogue, programme=programme)
    return harness


def test_each_network_is_written_to_at_its_own_rate(slow: Harness) -> None:
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


def test_who_was_dropped_takes_no_room(slow: Harness) -> None:
    operator = Operator()
    for number in range(30):
        tell(slow, phone=f"+223700000{number + 10}", topic="reminder", text=None)
    tell(slow, key="last")
    assert send(slow, operator, reminder=lambda *_: None) == 1
    assert operator.sent == [(AWA, "Alerte")]
