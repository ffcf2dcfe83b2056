"""Holds up: whoever claimed a row holds it alone, for a time, and what waits can be seen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Row, insert, select, update

from gateway.model.outcomes import Unknown
from gateway.storage import forward_rows, forwards, outbox, outbox_sms
from gateway.storage.engine import connect, db_seconds, reading
from gateway.storage.forwards import CellSettlement, Forward, ForwardRow, Note
from gateway.storage.outbox import DHIS2, NOTICE, REFUSED, REPLY, SENDING, SENT, UNKNOWN, WAITING
from gateway.storage.outbox_sms import NewNotice, NewReply
from gateway.storage.tables import org_units
from gateway.storage.tables import outbox as table
from tests.gateway.harness import AWA, FANTA, NOON

LEASE = 120
FORMS = ["PEC", "NUT"]
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def unit_ids(engine: Engine) -> list[int]:
    return units(engine)


def units(engine: Engine) -> list[int]:
    with engine.begin() as connection:
        connection.execute(insert(org_units), [{"code": f"SITE{number}"} for number in range(4)])
        return list(connection.scalars(select(org_units.c.id).order_by(org_units.c.id)))


def reply(engine: Engine, *keys: str, phone: str = AWA) -> None:
    with engine.begin() as connection:
        new = [NewReply(key, phone, f"text of {key}", 2, None, None, None, None) for key in keys]  # type: ignore[arg-type]
        outbox_sms.add_replies(connection, new, NOON)


def want(engine: Engine, unit_ids: Sequence[int], form: str = "PEC") -> None:
    with engine.begin() as connection:
        forwards.request(connection, [Forward(one, form, "202610") for one in unit_ids], NOON)


def rows(engine: Engine) -> list[Row[Any]]:
    with reading(engine) as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def change(engine: Engine, **columns: object) -> None:
    with engine.begin() as connection:
        connection.execute(update(table).values(**columns))


def claim(engine: Engine, most: int = 10, forms: Sequence[str] = FORMS) -> tuple[str, list[int]]:
    with engine.begin() as connection:
        token, found = forwards.claim(connection, dict.fromkeys(forms, most), LEASE, NOON)
    return token, [row.unit_id for row in found]


def settle(engine: Engine, token: str, row: Row[Any], of: int = 1, **columns: Any) -> None:
    """Settles a row as it was claimed at a revision."""
    known = ForwardRow(row.id, row.unit_id, row.form, row.period, of, 0, None, {}, False)
    settled = CellSettlement(SENT, sent_revision=of, sent_complete=True, **columns)
    with engine.begin() as connection:
        forward_rows.settle(connection, token, [(known, settled)], LEASE, SOON)


# --- Replies


def test_a_claimed_reply_is_nobody_elses_until_its_lease_is_over(engine: Engine) -> None:
    reply(engine, "a", "b", "c")
    with engine.begin() as connection:
        token, found = outbox_sms.claim_replies(connection, 2, LEASE, NOON)
        assert [row.text for row in found] == ["text of a", "text of b"]
        _, others = outbox_sms.claim_replies(connection, 9, LEASE, NOON)
        assert [row.text for row in others] == ["text of c"]
        assert outbox_sms.mark_sending(connection, token, [found[0].id], LEASE) == [found[0].id]
        outbox.release(connection, token)
    assert [row.state for row in rows(engine)] == [SENDING, WAITING, WAITING]
    assert [row.lease is None for row in rows(engine)] == [False, True, False]
    change(engine, lease_until=0)
    with engine.begin() as connection:
        _, found = outbox_sms.claim_replies(connection, 9, LEASE, NOON)
        assert [row.text for row in found] == ["text of b", "text of c"]
        _, lost = outbox_sms.claim_overdue(connection, 9, LEASE)
        assert [(row.text, row.attempts) for row in lost] == [("text of a", 1)]


def test_whoever_lost_the_lease_writes_nothing(engine: Engine) -> None:
    reply(engine, "a")
    with engine.begin() as connection:
        old, (row,) = outbox_sms.claim_replies(connection, 1, LEASE, NOON)
    change(engine, lease_until=0)
    with engine.begin() as connection:
        new, _ = outbox_sms.claim_replies(connection, 1, LEASE, NOON)
        assert outbox_sms.mark_sending(connection, old, [row.id], LEASE) == []
        assert outbox.settle(connection, old, {row.id: {"state": SENT}}) == 0
        assert outbox_sms.mark_sending(connection, new, [row.id], LEASE) == [row.id]
        assert outbox.settle(connection, new, {row.id: {"state": SENT}}) == 1


def test_one_message_has_one_reply(engine: Engine) -> None:
    reply(engine, "a")
    with pytest.raises(Exception, match=r"(?i)unique"):
        reply(engine, "a")


def test_how_many_replies_a_number_was_given(engine: Engine) -> None:
    reply(engine, "a", "b")
    reply(engine, "c", phone=FANTA)
    with reading(engine) as connection:
        assert outbox_sms.replies_since(connection, [AWA, FANTA], NOON) == {AWA: 2, FANTA: 1}
        assert outbox_sms.replies_since(connection, [AWA], SOON) == {}


def test_texts_of_replies_that_are_over_are_blanked(engine: Engine) -> None:
    reply(engine, "sent", "refused", "unknown", "waiting", "sending")
    for row in rows(engine):
        with engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == row.id).values(state=row.key))
    with engine.begin() as connection:
        assert outbox_sms.blank_texts(connection, NOON) == 0
        assert outbox_sms.blank_texts(connection, SOON) == 3
    assert [row.text is None for row in rows(engine)] == [True, True, True, False, False]


# --- Forwards


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
        # Nobody has claimed them meanwhile: whoever was slow may go on.
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
        _, his = forwards.claim(second, dict.fromkeys(FORMS, 9), LEASE, NOON)
    assert sorted(row.unit_id for row in (*mine, *his)) == unit_ids
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


# --- For people


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


def test_an_event_is_told_to_a_person_at_most_once(engine: Engine) -> None:
    notice = NewNotice("out:ENF:7:+22370000101", AWA, "stock_out", NOON, SOON, subject={"site": 7})
    with engine.begin() as connection:
        assert outbox_sms.add_notices(connection, [notice, notice], NOON) == 1
    with engine.begin() as connection:
        assert outbox_sms.add_notices(connection, [replace(notice, text="again")], NOON) == 0
    (row,) = rows(engine)
    assert (row.kind, row.state, row.topic, row.subject) == (
        NOTICE,
        WAITING,
        "stock_out",
        {"site": 7},
    )
    assert (row.text, row.next_at, row.expires_at) == (None, NOON, SOON)
