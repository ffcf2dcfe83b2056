"""Delivery reports come in any order, and what is final stays."""

from collections.abc import Sequence
from threading import Thread

import pytest
from sqlalchemy import Engine, select

from gateway.storage import delivery_reports as deliveries
from gateway.storage import outbox, outbox_sms
from gateway.storage.engine import reading
from gateway.storage.outbox_sms import NewReply
from gateway.storage.tables import delivery_reports, opt_outs
from gateway.storage.tables import outbox as table
from gateway.transports.africastalking_posts import DELIVERY_FINAL
from tests.gateway.harness import AWA, NOON


def note(engine: Engine, *statuses: str, message_id: str = "ATXid_1") -> None:
    for status in statuses:
        with engine.begin() as connection:
            deliveries.note(
                connection, message_id=message_id, status=status, reason=None,
                final=DELIVERY_FINAL[status], now=NOON,
            )  # fmt: skip


def sent(engine: Engine) -> None:
    """A reply that the operator took as ATXid_1."""
    new = NewReply("reply:1", AWA, "text", 1, None, None, None, None)  # type: ignore[arg-type]
    with engine.begin() as connection:
        outbox_sms.add_replies(connection, [new], NOON)
        token, (row,) = outbox_sms.claim_replies(connection, 1, 60, NOON)
        outbox.settle(connection, token, {row.id: {"state": "sent", "message_id": "ATXid_1"}})


@pytest.mark.parametrize(
    ("statuses", "stands"),
    [
        (["Sent"], "Sent"),
        (["Sent", "Success"], "Success"),
        (["Success", "Sent"], "Success"),
        (["Buffered", "Sent", "Buffered"], "Buffered"),
        (["Failed", "Success"], "Failed"),
        (["Success", "Success"], "Success"),
    ],
)
def test_a_final_state_is_never_downgraded(
    engine: Engine, statuses: Sequence[str], stands: str
) -> None:
    sent(engine)
    note(engine, *statuses)
    with reading(engine) as connection:
        assert connection.execute(select(table.c.delivery)).scalar_one() == stands
        assert connection.execute(select(delivery_reports.c.status)).scalar_one() == stands


def test_a_report_about_nothing_we_know_of_is_kept(engine: Engine) -> None:
    sent(engine)
    note(engine, "Success", message_id="ATXid_other")
    with reading(engine) as connection:
        assert connection.execute(select(table.c.delivery)).scalar_one() is None
        assert connection.execute(select(delivery_reports.c.message_id)).scalar_one()


def test_room_is_made_for_the_reports_that_will_come(engine: Engine) -> None:
    note(engine, "Sent", message_id="ATXid_early")
    with engine.begin() as connection:
        found = deliveries.expect(connection, ["ATXid_early", "ATXid_1", "ATXid_1"], NOON)
        assert found == {"ATXid_early": "Sent"}
        assert deliveries.expect(connection, [], NOON) == {}
    sent(engine)
    note(engine, "Success")
    with reading(engine) as connection:
        assert connection.execute(select(table.c.delivery)).scalar_one() == "Success"


def test_a_report_that_comes_while_an_earlier_one_is_settled_is_not_lost(engine: Engine) -> None:
    note(engine, "Sent")
    late = Thread(target=note, args=(engine, "Success"))
    new = NewReply("reply:1", AWA, "text", 1, None, None, None, None)  # type: ignore[arg-type]
    with engine.begin() as connection:
        outbox_sms.add_replies(connection, [new], NOON)
        token, (row,) = outbox_sms.claim_replies(connection, 1, 60, NOON)
        found = deliveries.expect(connection, ["ATXid_1"], NOON)
        late.start()
        # Time enough to overtake the settlement, for a report that is not made to wait.
        late.join(0.5)
        columns = {"state": "sent", "message_id": "ATXid_1", "delivery": found["ATXid_1"]}
        outbox.settle(connection, token, {row.id: columns})
    late.join()
    with reading(engine) as connection:
        assert connection.execute(select(table.c.delivery)).scalar_one() == "Success"


def test_an_opt_out_is_kept_once(engine: Engine) -> None:
    for _ in range(2):
        with engine.begin() as connection:
            deliveries.opt_out(connection, phone=AWA, sender_id="36000", now=NOON)
    with reading(engine) as connection:
        rows = connection.execute(select(opt_outs)).all()
    assert [(row.phone, row.sender_id, row.since) for row in rows] == [(AWA, "36000", NOON)]
