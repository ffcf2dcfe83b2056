"""Tests of the forwards of reports: requested, claimed and settled."""

import pytest
from sqlalchemy import Engine, select

from gateway.model.outcomes import Unknown
from gateway.storage import forward_rows, forwards, outbox
from gateway.storage.engine import connect, db_seconds, reading
from gateway.storage.forwards import Note
from gateway.storage.outbox import DHIS2, REFUSED, SENDING, WAITING
from tests.gateway.harness import NOON
from tests.gateway.storage.outbox_rows import (
    FORMS,
    LEASE,
    SOON,
    change,
    claim,
    rows,
    settle,
    units,
    want,
)


@pytest.fixture
def unit_ids(engine: Engine) -> list[int]:
    return units(engine)


def test_wanted_again_is_one_row_with_a_higher_revision(
    engine: Engine, unit_ids: list[int]
) -> None:
    want(engine, [unit_ids[0], unit_ids[0]])
    change(engine, state=REFUSED, next_at=None, attempts=4, reason="E7640", detail="closed")
    want(engine, [unit_ids[0]])
    (row,) = rows(engine)
    assert (row.revision, row.state, row.next_at) == (2, WAITING, NOON)
    assert (row.attempts, row.reason, row.detail) == (0, None, None)


def test_a_row_in_flight_keeps_its_lease_and_is_due_again_afterwards(
    engine: Engine, unit_ids: list[int]
) -> None:
    want(engine, unit_ids[:1])
    token, _ = claim(engine)
    want(engine, unit_ids[:1])
    (row,) = rows(engine)
    assert (row.state, row.lease, row.revision) == (SENDING, token, 2)
    assert claim(engine)[1] == []
    settle(engine, token, row, sent_values={"a.b": "1"}, sent_to="KolaSite001")
    (row,) = rows(engine)
    assert (row.state, row.next_at, row.lease) == (WAITING, SOON, None)
    assert (row.sent_revision, row.sent_values, row.sent_complete) == (1, {"a.b": "1"}, True)


def test_a_claim_is_of_one_form_the_oldest_first(engine: Engine, unit_ids: list[int]) -> None:
    want(engine, unit_ids[:1], "NUT")
    want(engine, unit_ids[:3], "PEC")
    assert claim(engine, forms=["SMI"]) == ("", [])
    assert claim(engine)[1] == unit_ids[:1]
    assert claim(engine, most=2)[1] == unit_ids[:2]
    assert claim(engine)[1] == unit_ids[2:3]
    assert claim(engine)[1] == []


def test_a_dead_forwarders_rows_are_due_when_the_lease_is_over(
    engine: Engine, unit_ids: list[int]
) -> None:
    want(engine, unit_ids[:2])
    token, _ = claim(engine)
    ids = [row.id for row in rows(engine)]
    with reading(engine) as connection:
        assert not outbox.has_due(connection, DHIS2, SOON)
    change(engine, lease_until=0)
    with reading(engine) as connection:
        assert outbox.has_due(connection, DHIS2, SOON)
    with engine.begin() as connection:
        # They were not claimed meanwhile: the slow sender may go on.
        assert outbox.renew(connection, token, ids, LEASE)
    assert claim(engine)[1] == []
    change(engine, lease_until=0)
    assert claim(engine)[1] == unit_ids[:2]
    with engine.begin() as connection:
        assert not outbox.renew(connection, token, ids, LEASE)
        forwards.note_attempt(connection, token, {ids[0]: Note({"a.b": "9"}, None, False)})
    settle(engine, token, rows(engine)[0])
    assert {(row.state, row.sent_values) for row in rows(engine)} == {(SENDING, None)}


def test_a_lost_answer_keeps_the_row_from_everybody(engine: Engine, unit_ids: list[int]) -> None:
    want(engine, unit_ids[:1])
    token, _ = claim(engine)
    (row,) = rows(engine)
    with engine.begin() as connection:
        noted = Note({"a.b": "1"}, "KolaSite001", doubted=True)
        forwards.note_attempt(connection, token, {row.id: noted})
        assert forwards.in_flight(connection) == 1
        forward_rows.settle(connection, token, [(row, Unknown("timeout"))], 500, SOON)
        now = connection.execute(select(db_seconds())).scalar_one()
    (row,) = rows(engine)
    assert (row.state, row.reason, row.attempts) == (SENDING, "timeout", 1)
    assert (row.sent_revision, row.sent_values) == (None, {"a.b": "1"})
    assert (row.sent_to, row.complete_doubted) == ("KolaSite001", True)
    with reading(engine) as connection:
        # Nobody waits for an answer any more: others may ask DHIS2 for something else.
        assert forwards.in_flight(connection) == 0
    assert 490 <= row.lease_until - now <= 500
    assert claim(engine)[1] == []


def test_two_forwarders_share_what_is_due(postgresql_url: str) -> None:
    one, other = connect(postgresql_url), connect(postgresql_url)
    unit_ids = units(one)
    want(one, unit_ids)
    with one.begin() as first, other.begin() as second:
        _, mine = forwards.claim(first, dict.fromkeys(FORMS, 2), LEASE, NOON)
        _, others = forwards.claim(second, dict.fromkeys(FORMS, 9), LEASE, NOON)
    assert sorted(row.unit_id for row in (*mine, *others)) == unit_ids
    assert len(mine) == 2
    one.dispose()
    other.dispose()


def test_whose_cells_are_on_our_books(engine: Engine, unit_ids: list[int]) -> None:
    want(engine, unit_ids[:2])
    with reading(engine) as connection:
        known = forwards.requested_since(connection, unit_ids, "202610")
        assert sorted(one.unit_id for one in known) == unit_ids[:2]
        assert {(one.form, one.period) for one in known} == {("PEC", "202610")}
        assert forwards.requested_since(connection, unit_ids, "202611") == []


def test_each_claim_counts_as_one_request_under_way(engine: Engine, unit_ids: list[int]) -> None:
    want(engine, unit_ids)
    claim(engine, most=2)
    claim(engine, most=1)
    with reading(engine) as connection:
        assert forwards.in_flight(connection) == 2
    change(engine, lease_until=0)
    with reading(engine) as connection:
        assert forwards.in_flight(connection) == 0, "their senders are dead"
