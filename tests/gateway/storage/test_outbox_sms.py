"""Tests of replies and notices in the outbox."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from gateway.storage import delivery_reports, outbox, outbox_sms
from gateway.storage.engine import reading
from gateway.storage.outbox import NOTICE, SENDING, SENT, WAITING
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.tables import outbox as table
from tests.gateway.harness import AWA, FANTA, NOON
from tests.gateway.storage.outbox_rows import LEASE, SOON, change, reply, rows


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


def test_a_sender_that_lost_the_lease_writes_nothing(engine: Engine) -> None:
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


def notice(engine: Engine, *keys: str, phone: str = AWA, **columns: Any) -> None:
    new = [NewNotice(key, phone, "stock_out", NOON, SOON, **columns) for key in keys]
    with engine.begin() as connection:
        outbox_sms.add_notices(connection, new, NOON)


def test_notices_are_claimed_by_network_and_get_their_texts(engine: Engine) -> None:
    notice(engine, "a", "b", subject={"site": 7})
    notice(engine, "c", phone="+22360000001")
    with engine.begin() as connection:
        _, found = outbox_sms.claim_notices(connection, "orange", 1, LEASE, NOON)
        assert [(row.phone, row.subject, row.text) for row in found] == [(AWA, {"site": 7}, None)]
        outbox_sms.set_texts(connection, {found[0].id: ("Alerte", 2)})
        _, others = outbox_sms.claim_notices(connection, "orange", 9, LEASE, NOON)
        assert len(others) == 1
        _, moov = outbox_sms.claim_notices(connection, "moov", 9, LEASE, NOON)
        assert [row.phone for row in moov] == ["+22360000001"]
    first, *_ = rows(engine)
    assert (first.text, first.parts) == ("Alerte", 2)


def test_a_notice_is_dropped_postponed_or_expires(engine: Engine) -> None:
    notice(engine, "drop", "late", "wait")
    ids = {row.key: row.id for row in rows(engine)}
    with engine.begin() as connection:
        outbox_sms.claim_notices(connection, "orange", 9, LEASE, NOON)
        outbox_sms.drop_notices(connection, [ids["drop"]], "pointless", SOON)
        outbox_sms.postpone_notices(connection, [ids["wait"]], SOON + timedelta(hours=1))
        assert outbox_sms.drop_expired(connection, SOON + timedelta(minutes=1)) == 0
    change(engine, lease=None, lease_until=None)
    with engine.begin() as connection:
        assert outbox_sms.drop_expired(connection, SOON + timedelta(minutes=1)) == 1
    found = {row.key: (row.state, row.reason, row.next_at) for row in rows(engine)}
    assert found == {
        "drop": ("dropped", "pointless", None),
        "late": ("dropped", "expired", None),
        "wait": ("waiting", None, SOON + timedelta(hours=1)),
    }


def test_numbers_that_opted_out_are_known(engine: Engine) -> None:
    with engine.begin() as connection:
        delivery_reports.opt_out(connection, phone=AWA, sender_id="36000", now=NOON)
        assert outbox_sms.opted_out(connection, [AWA, FANTA]) == {AWA}
