"""Tests of notices that tell several things at once."""

from datetime import timedelta

from sqlalchemy import Engine

from gateway.storage.digests import add_to_digest
from gateway.storage.outbox_sms import NewNotice
from tests.gateway.harness import AWA, FANTA, NOON
from tests.gateway.storage.outbox_rows import change, rows

LATER = NOON + timedelta(hours=1)


def add(engine: Engine, key: str, *items: str, phone: str = AWA) -> None:
    subject = {"items": list(items), "site": 7}
    notice = NewNotice(key, phone, "stock_out", NOON, LATER, subject=subject)
    with engine.begin() as connection:
        add_to_digest(connection, notice, items, NOON)


def items(engine: Engine) -> list[tuple[str, list[str]]]:
    return [(row.key, row.subject["items"]) for row in rows(engine)]


def test_what_comes_up_before_sending_is_told_with_it(engine: Engine) -> None:
    add(engine, "first", "ENF")
    add(engine, "second", "BEB", "ENF")
    add(engine, "other", "ENF", phone=FANTA)
    assert items(engine) == [("first", ["ENF", "BEB"]), ("other", ["ENF"])]
    assert rows(engine)[0].subject["site"] == 7


def test_a_notice_that_is_being_sent_takes_no_more(engine: Engine) -> None:
    add(engine, "first", "ENF")
    change(engine, attempts=1)
    add(engine, "second", "BEB")
    change(engine, attempts=0, expires_at=NOON)
    add(engine, "third", "SEL")
    assert items(engine) == [("first", ["ENF"]), ("second", ["BEB"]), ("third", ["SEL"])]
