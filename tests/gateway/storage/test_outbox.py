"""Tests of what the rows of the outbox share: what is due, tried again and listed."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from gateway.storage import outbox
from gateway.storage.engine import reading
from gateway.storage.outbox import DHIS2, REFUSED, REPLY, SENDING, SENT, UNKNOWN, WAITING
from gateway.storage.tables import outbox as table
from tests.gateway.harness import NOON
from tests.gateway.storage.outbox_rows import SOON, change, reply, rows, units, want


@pytest.fixture
def unit_ids(engine: Engine) -> list[int]:
    return units(engine)


def test_what_is_back_is_brought_forward(engine: Engine, unit_ids: list[int]) -> None:
    want(engine, unit_ids[:2])
    reply(engine, "a")
    change(engine, next_at=NOON + timedelta(days=6), attempts=3)
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.unit_id == unit_ids[1]).values(attempts=0))
        outbox.make_due(connection, DHIS2, SOON)
    # A row that was never tried waits for its day, and replies for their own far side.
    assert [row.next_at == SOON for row in rows(engine)] == [True, False, False]


@pytest.mark.parametrize(
    ("which", "made_due"),
    [("one refused", ["refused"]), ("one unknown", ["unknown"]), ("one sent", []),
     ("all", ["waiting", "refused"])],
)  # fmt: skip
def test_what_may_be_tried_again(engine: Engine, which: str, made_due: list[str]) -> None:
    states = [WAITING, SENDING, SENT, REFUSED, UNKNOWN]
    reply(engine, *states)
    for row in rows(engine):
        with engine.begin() as connection:
            later = {"next_at": None, "attempts": 9, "unknowns": 1, "reason": "E1", "detail": "d"}
            connection.execute(
                update(table).where(table.c.id == row.id).values(state=row.key, **later)
            )
    ids = [row.id for row in rows(engine) if row.key == which.removeprefix("one ")]
    with engine.begin() as connection:
        changed = outbox.retry(connection, None if which == "all" else ids, SOON)
    due = [row for row in rows(engine) if row.next_at == SOON]
    assert [row.key for row in due] == made_due
    assert changed == [row.id for row in due]
    for row in due:
        assert (row.state, row.attempts, row.unknowns, row.reason) == (WAITING, 0, 0, None)


def test_what_is_open_is_listed_and_counted(engine: Engine, unit_ids: list[int]) -> None:
    want(engine, unit_ids[:1])
    reply(engine, "a", "b")
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.key == "a").values(state=SENT))
        connection.execute(update(table).where(table.c.key == "b").values(state=REFUSED))
    with reading(engine) as connection:
        found = outbox.listing(connection)
        assert [(row.kind, row.site, row.state) for row in found] == [
            (DHIS2, "SITE0", WAITING),
            (REPLY, None, REFUSED),
        ]
        assert outbox.waiting(connection, DHIS2) == (1, NOON)
        assert outbox.waiting(connection, REPLY) == (0, None)
        assert outbox.refused_reasons(connection) == {"": 1}
        assert not outbox.has_due(connection, REPLY, SOON)
        assert outbox.has_due(connection, DHIS2, NOON)
        assert not outbox.has_due(connection, DHIS2, NOON - timedelta(seconds=1))
