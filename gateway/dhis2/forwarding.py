"""Forwards: bringing DHIS2 to hold what is stored here, cell by cell, and knowing that it does.

Many outbox rows of one data set travel in one request. A row is leased from before its request
until its answer; after a timeout the lease is kept, because the far side may still be writing.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from gateway.dhis2 import breaker as dhis2_breaker
from gateway.dhis2 import claim as dhis2_claim
from gateway.dhis2 import refusal_notices as dhis2_telling
from gateway.dhis2 import settlement as dhis2_settling
from gateway.dhis2.claim import Claim
from gateway.dhis2.delivery import Delivery
from gateway.dhis2.metadata import attribute_option_combo, data_set_uid
from gateway.dhis2.server import Clock, Far
from gateway.storage import destinations, outbox
from gateway.storage.destinations import DHIS2, Health
from gateway.storage.engine import Engine
from gateway.transports.dhis2_verdict import Conflict

__all__ = ["Clock", "Far", "send_due", "send_together"]

# The cells that DHIS2 takes from nobody, by form and cell, as this run has found them.
Unmapped = dict[str, dict[str, Conflict]]


def send_together(engine: Engine, far: Far, clock: Clock, until: datetime | None = None) -> int:
    """Like `send_due`, with as many requests at once as the programme allows."""
    with ThreadPoolExecutor(far.at_once) as pool:
        lanes = [pool.submit(send_due, engine, far, clock, until) for _ in range(far.at_once)]
        return sum(lane.result() for lane in lanes)


def send_due(engine: Engine, far: Far, clock: Clock, until: datetime | None = None) -> int:
    """Sends what is due; returns how many rows were settled, delivered or refused.

    Stops when nothing is due, when DHIS2 is better left alone, when others make as many
    requests as it may be asked, or between two claims once `until` has passed.
    """
    total = 0
    unmapped: Unmapped = {}
    while until is None or clock() < until:
        settled = _send_some(engine, far, clock, until, unmapped)
        if settled is None:
            break
        total += settled
    return total


def _send_some(
    engine: Engine, far: Far, clock: Clock, until: datetime | None, unmapped: Unmapped
) -> int | None:
    """One claim; None when there is nothing to do, or DHIS2 is away."""
    now = clock()
    with engine.begin() as connection:
        most = dhis2_breaker.allowance(connection, far, now)
        health = destinations.health(connection, DHIS2)
        claim = dhis2_claim.take(connection, far, most, now) if most else None
    if claim is None:
        return None

    def may_call() -> bool:
        return _renew(engine, far, claim) and (until is None or clock() < until)

    delivery = _delivery(far, claim, health, unmapped, may_call)
    results = delivery.deliver(dhis2_claim.attempts(claim, far.timezone))
    with engine.begin() as connection:
        settled = dhis2_settling.settle(connection, far, claim, results, clock())
        dhis2_telling.tell(connection, far, claim, results, clock())
        dhis2_breaker.note(connection, far, claim.form.keyword, delivery, clock())
    trouble = delivery.trouble
    return None if trouble and not dhis2_breaker.is_of_data_set(trouble) else settled


def _delivery(
    far: Far,
    claim: Claim,
    health: Health,
    unmapped: Unmapped,
    before_call: Callable[[], bool],
) -> Delivery:
    return Delivery(
        client=far.client,
        data_set=data_set_uid(claim.form),
        before_call=before_call,
        attribute_option_combo=attribute_option_combo(claim.form),
        most=dhis2_breaker.most_values(far, health),
        # While it fails, one row that upsets it is proof enough.
        upset=1 if health.failures else 0,
        unmapped=unmapped.setdefault(claim.form.keyword, {}),
    )


def _renew(engine: Engine, far: Far, claim: Claim) -> bool:
    """Holds all rows of the claim for another call; whether they were all still ours."""
    with engine.begin() as connection:
        return outbox.renew(connection, claim.token, [row.id for row in claim.rows], far.lease)
