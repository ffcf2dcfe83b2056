"""Tests of what all forwards share: a request, a claim, and a verdict on each row."""

from datetime import timedelta

from sqlalchemy import Connection, Engine, Row

from gateway.model.outcomes import Unknown
from gateway.storage import forward_rows, outbox
from gateway.storage.engine import reading
from gateway.storage.forward_rows import Settlement
from gateway.storage.outbox import REFERRAL, REFUSED, SENDING, SENT, WAITING, is_claimable
from tests.gateway.harness import NOON
from tests.gateway.storage.outbox_rows import LEASE, SOON, change, rows

LATER = NOON + timedelta(days=1)


def request(connection: Connection, *keys: str) -> None:
    forward_rows.request(connection, REFERRAL, {key: {"period": "202610"} for key in keys}, NOON)


def claimed(engine: Engine, *keys: str) -> tuple[str, list[Row]]:
    with engine.begin() as connection:
        request(connection, *keys)
        return forward_rows.claim(connection, is_claimable(REFERRAL, NOON), 9, LEASE)


def test_a_request_is_one_row_however_often(engine: Engine) -> None:
    with engine.begin() as connection:
        request(connection, "b", "a")
        request(connection, "a")
        request(connection)
    assert [(row.key, row.revision, row.state, row.period) for row in rows(engine)] == [
        ("a", 2, WAITING, "202610"),
        ("b", 1, WAITING, "202610"),
    ]


def test_each_row_ends_as_its_verdict_says(engine: Engine) -> None:
    token, (sent, refused, later, lost) = claimed(engine, "1", "2", "3", "4")
    verdicts = [
        (sent, Settlement(SENT, sent_revision=1)),
        (refused, Settlement(REFUSED, reason="E1029", detail="words", attempts=1)),
        (later, Settlement(WAITING, LATER, "http_503", attempts=3)),
        (lost, Unknown("timeout")),
    ]
    with engine.begin() as connection:
        assert forward_rows.settle(connection, token, verdicts, LEASE, SOON) == 3
    found = [
        (row.state, row.next_at, row.reason, row.attempts, row.sent_revision)
        for row in rows(engine)
    ]
    assert found == [
        (SENT, None, None, 0, 1),
        (REFUSED, None, "E1029", 1, None),
        (WAITING, LATER, "http_503", 3, None),
        (SENDING, NOON, "timeout", 1, None),
    ]
    # Nobody owns the lease of the lost one, and nobody else gets it before it is over.
    assert [(row.lease, row.lease_until is None) for row in rows(engine)] == [
        (None, True), (None, True), (None, True), (None, False),
    ]  # fmt: skip
    with reading(engine) as connection:
        assert not outbox.has_due(connection, REFERRAL, SOON)


def test_a_row_that_was_requested_meanwhile_is_due_again(engine: Engine) -> None:
    token, (row,) = claimed(engine, "1")
    with engine.begin() as connection:
        request(connection, "1")
        settlement = Settlement(REFUSED, reason="E1029", sent_revision=1)
        forward_rows.settle(connection, token, [(row, settlement)], LEASE, SOON)
    (found,) = rows(engine)
    assert (found.state, found.next_at, found.revision, found.sent_revision) == (
        WAITING, SOON, 2, 1,
    )  # fmt: skip


def test_a_sender_that_lost_its_lease_writes_nothing(engine: Engine) -> None:
    token, claims = claimed(engine, "1", "2")
    change(engine, lease_until=0)
    with engine.begin() as connection:
        forward_rows.claim(connection, is_claimable(REFERRAL, NOON), 9, LEASE)
        verdicts = [(claims[0], Settlement(SENT)), (claims[1], Unknown("timeout"))]
        forward_rows.settle(connection, token, verdicts, LEASE, SOON)
    assert [(row.state, row.reason) for row in rows(engine)] == [(SENDING, None)] * 2
