"""Tests of how the forwards of a month stand, and of doubting them."""

from sqlalchemy import Engine

from gateway.storage import forward_status
from gateway.storage.forward_status import ForwardStatus
from gateway.storage.outbox import SENDING, SENT, WAITING
from tests.gateway.harness import AWA, FANTA, NOON, OCTOBER, Harness
from tests.gateway.storage.outbox_rows import SOON, change, claim, rows, units, want


def test_every_forward_of_a_form_and_month(engine: Engine) -> None:
    unit_ids = units(engine)
    want(engine, [unit_ids[1], unit_ids[0]])
    want(engine, unit_ids[:1], "NUT")
    change(engine, state=SENT, sent_values={"a.b": "1"})
    with engine.begin() as connection:
        found = forward_status.of_month(connection, "PEC", OCTOBER)
        assert found == [
            ForwardStatus(row.id, row.unit_id, SENT, {"a.b": "1"})
            for row in sorted(rows(engine), key=lambda row: row.unit_id)
            if row.form == "PEC"
        ]
        assert forward_status.of_month(connection, "PEC", "202611") == []


def test_sites_that_ever_reported(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45", AWA)
    harness.told("NUT 10 MAM 4", FANTA)
    with harness.engine.begin() as connection:
        found = forward_status.sites_with_reports(connection, "PEC", OCTOBER)
    assert found == [harness.unit_id("KOLA")]


def test_doubted_forwards_are_due_and_keep_what_dhis2_may_hold(engine: Engine) -> None:
    want(engine, units(engine)[:2])
    claim(engine, most=1)
    with engine.begin() as connection:
        doubtful = {row.id: {"a.b": "9"} for row in rows(engine)}
        forward_status.mark_doubtful(connection, doubtful, SOON)
        forward_status.mark_doubtful(connection, {}, NOON)
    assert [(row.state, row.next_at, row.revision) for row in rows(engine)] == [
        (SENDING, SOON, 2),
        (WAITING, SOON, 2),
    ]
    assert {(str(row.sent_values), row.sent_revision) for row in rows(engine)} == {
        ("{'a.b': '9'}", None)
    }
