"""Tests of what a provider reports of an SMS, and of numbers that opt out."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from gateway.outbound import delivery_reports
from gateway.storage import outbox_sms
from gateway.storage.engine import StorageFault
from gateway.storage.tables import delivery_reports as table
from gateway.transports.africastalking_posts import DeliveryReport, OptOut
from tests.gateway.harness import AWA, FANTA, NOON

REPORT = DeliveryReport("ATXid_1", "Success", "", final=True, phone=AWA)


@contextmanager
def busy(engine: Engine, times: int) -> Iterator[None]:
    """The database is busy for so many statements."""
    left = times

    def refuse(_: Connection, _cursor: object, statement: str, *__: object) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise OperationalError(statement, None, Exception("busy"))

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def statuses(engine: Engine) -> list[tuple[str, str, bool]]:
    with engine.begin() as connection:
        rows = connection.execute(table.select())
        return [(row.message_id, row.status, row.final) for row in rows]


def test_a_busy_database_is_asked_once_more(engine: Engine) -> None:
    with busy(engine, 1):
        delivery_reports.note(engine, REPORT, NOON)
    assert statuses(engine) == [("ATXid_1", "Success", True)]


def test_a_database_that_stays_busy_is_a_fault(engine: Engine) -> None:
    with busy(engine, 9), pytest.raises(StorageFault):
        delivery_reports.note(engine, REPORT, NOON)


def test_a_number_that_opts_out_is_stored_once(engine: Engine) -> None:
    for _ in range(2):
        delivery_reports.opt_out(engine, OptOut(AWA, "36000"), NOON)
    with engine.begin() as connection:
        assert outbox_sms.opted_out(connection, [AWA, FANTA]) == {AWA}
