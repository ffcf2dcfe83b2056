"""Replies: handing those that are due to the operator, each once.

A reply whose outcome is unknown is sent once more, and no third time.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from gateway.model.outcomes import Unknown
from gateway.outbound.sending import CLAIM, LEASE, WAVE, Clock, Operator, columns, send_some
from gateway.storage import outbox, outbox_sms
from gateway.storage.engine import Connection, Engine
from gateway.storage.outbox_sms import SmsRow


def send_due(
    engine: Engine, operator: Operator, clock: Clock, until: datetime | None = None
) -> int:
    """Send the replies that are due; return how many were accepted by the operator.

    Stop when nothing is due, when the operator is better left alone, or between two waves
    once `until` has passed.
    """
    _take_up_lost(engine, clock())
    total = 0
    with ThreadPoolExecutor(WAVE) as pool:
        more = True
        while more and (until is None or clock() < until):
            sent, more = send_some(engine, operator, pool, clock, claim=_claim, until=until)
            total += sent
    return total


def _claim(connection: Connection, most: int, now: datetime) -> tuple[str, list[SmsRow]]:
    return outbox_sms.claim_replies(connection, most, LEASE, now)


def _take_up_lost(engine: Engine, now: datetime) -> None:
    """Settle the SMS whose process died in the middle of the call as if no answer had come."""
    with engine.begin() as connection:
        token, rows = outbox_sms.claim_overdue(connection, CLAIM, LEASE)
        lost = Unknown("sender_died")
        outbox.settle(connection, token, {row.id: columns(row, lost, {}, now) for row in rows})
