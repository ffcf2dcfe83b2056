"""An accepted message is committed once, with a date and a sender that can be used."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from gateway.inbound import accept as accepting
from gateway.storage.engine import StorageFault, connect, reading
from gateway.storage.tables import inbox
from gateway.transports.africastalking_posts import InboundSms
from tests.gateway.harness import AWA, NOON


def sms(provider_id: str, *, phone: str = AWA, sent: datetime | None = NOON) -> InboundSms:
    return InboundSms(provider_id, phone, "36000", "PEC 10 VUS 45", sent, "61002", "")


def accept(engine: Engine, key: bytes, message: InboundSms, now: datetime) -> bool:
    return accepting.accept(engine, key, message, now, date_believed_days=45)


def test_a_message_is_kept_once_however_often_it_comes(engine: Engine) -> None:
    assert accept(engine, b"key", sms("a"), NOON)
    assert not accept(engine, b"key", sms("a"), NOON + timedelta(hours=1))
    assert accept(engine, b"key", sms("b"), NOON)
    with reading(engine) as connection:
        rows = connection.execute(select(inbox).order_by(inbox.c.id)).all()
    assert [(row.provider, row.provider_id, row.received_at, row.state) for row in rows] == [
        ("africastalking", "a", NOON, "new"),
        ("africastalking", "b", NOON, "new"),
    ]


SENT = {
    NOON - timedelta(days=40): NOON - timedelta(days=40),
    NOON - timedelta(days=45): NOON - timedelta(days=45),
    NOON - timedelta(days=45, seconds=1): NOON,
    NOON.replace(year=NOON.year - 1): NOON,  # the year set wrongly
    datetime(2036, 2, 7, 6, 28, 16, tzinfo=UTC): NOON,
    datetime(2004, 1, 1, 0, 3, tzinfo=UTC): NOON,
    datetime(2000, 1, 1, 0, 0, 12, tzinfo=UTC): NOON,  # a modem without battery
    datetime(1970, 1, 1, tzinfo=UTC): NOON,
    datetime(1, 1, 1, tzinfo=UTC): NOON,
    NOON + timedelta(hours=1): NOON + timedelta(hours=1),
    NOON + timedelta(hours=1, seconds=1): NOON,
    None: NOON,
}
SENDERS = {"22370000001": AWA, AWA: AWA, "36777": "36777", "Orange" * 9: "Orange" * 6 + "Oran"}


def test_the_operators_date_counts_while_it_can_be_true(engine: Engine) -> None:
    for number, said in enumerate(SENT):
        accept(engine, b"key", sms(f"{number}", sent=said), NOON)
    with reading(engine) as connection:
        kept = connection.scalars(select(inbox.c.sent_at).order_by(inbox.c.id)).all()
    assert kept == list(SENT.values())


@pytest.mark.parametrize("days", [1, 45, 10_000])
def test_the_programme_says_how_old_a_date_may_be(engine: Engine, days: int) -> None:
    oldest = NOON - timedelta(days=days)
    for number, said in enumerate((oldest, oldest - timedelta(seconds=1))):
        message = sms(f"{number}", sent=said)
        assert accepting.accept(engine, b"key", message, NOON, date_believed_days=days)
    with reading(engine) as connection:
        kept = connection.scalars(select(inbox.c.sent_at).order_by(inbox.c.id)).all()
    assert kept == [oldest, NOON]


def test_senders_are_kept_in_one_spelling(engine: Engine) -> None:
    for number, phone in enumerate(SENDERS):
        accept(engine, b"key", sms(f"{number}", phone=phone), NOON)
    with reading(engine) as connection:
        kept = connection.scalars(select(inbox.c.phone).order_by(inbox.c.id)).all()
    assert kept == list(SENDERS.values())


def test_a_database_that_is_away_is_told_to_the_caller() -> None:
    away = connect("postgresql+psycopg://127.0.0.1:1/kibaru")
    with pytest.raises(StorageFault):
        accept(away, b"key", sms("a"), NOON)
    away.dispose()
