"""Forwards: bringing DHIS2 to hold what is stored here, cell by cell, and knowing that it does.

Many outbox rows of one data set travel in one request. A row is leased from before its request
until its answer; after a timeout the lease is kept, because the far side may still be writing.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from gateway.dhis2 import breaker, claim, refusal_notices, settlement
from gateway.dhis2.claim import Claim
from gateway.dhis2.delivery import Delivery
from gateway.dhis2.metadata import attribute_option_combo, data_set_uid
from gateway.dhis2.sending import renew, send_claims
from gateway.dhis2.server import Clock, Dhis2Target
from gateway.storage import destinations
from gateway.storage.destinations import DHIS2, Health
from gateway.storage.engine import Engine
from gateway.transports.dhis2_verdict import Conflict

# The cells that DHIS2 takes from no unit, by form and cell, as this run has found them.
Unmapped = dict[str, dict[str, Conflict]]


def send_together(
    engine: Engine, target: Dhis2Target, clock: Clock, until: datetime | None = None
) -> int:
    """Do as `send_due`, with as many requests at once as the programme allows."""
    with ThreadPoolExecutor(target.at_once) as pool:
        lanes = [pool.submit(send_due, engine, target, clock, until) for _ in range(target.at_once)]
        return sum(lane.result() for lane in lanes)


def send_due(
    engine: Engine, target: Dhis2Target, clock: Clock, until: datetime | None = None
) -> int:
    """Send what is due; return how many rows were settled, delivered or refused.

    Stop when nothing is due, when DHIS2 is better left alone, when others make as many
    requests as it may be asked, or between two claims once `until` has passed.
    """
    unmapped: Unmapped = {}
    return send_claims(lambda: _send_claim(engine, target, clock, until, unmapped), clock, until)


def _send_claim(
    engine: Engine,
    target: Dhis2Target,
    clock: Clock,
    until: datetime | None,
    unmapped: Unmapped,
) -> int | None:
    """Send one claim; None when there is nothing to do, or DHIS2 is away."""
    now = clock()
    with engine.begin() as connection:
        most = breaker.allowance(connection, target, now)
        health = destinations.health(connection, DHIS2)
        claimed = claim.take(connection, target, most, now) if most else None
    if claimed is None:
        return None

    def may_call() -> bool:
        held = renew(engine, claimed.token, claimed.row_ids, target.lease)
        return held and (until is None or clock() < until)

    delivery = _delivery(target, claimed, health, unmapped, may_call)
    results = delivery.deliver(claim.attempts(claimed, target.context))
    with engine.begin() as connection:
        settled = settlement.settle(connection, target, claimed, results, clock())
        refusal_notices.queue(connection, target.context, claimed, results, clock())
        breaker.note(connection, target, claimed.form.keyword, delivery, clock())
    trouble = delivery.trouble
    return None if trouble and not breaker.is_of_data_set(trouble) else settled


def _delivery(
    target: Dhis2Target,
    claimed: Claim,
    health: Health,
    unmapped: Unmapped,
    before_call: Callable[[], bool],
) -> Delivery:
    return Delivery(
        client=target.client,
        data_set=data_set_uid(claimed.form),
        before_call=before_call,
        attribute_option_combo=attribute_option_combo(claimed.form),
        most=breaker.most_values(target, health),
        # While it fails, one row that upsets it is proof enough.
        upset=1 if health.failures else 0,
        unmapped=unmapped.setdefault(claimed.form.keyword, {}),
    )
