"""What every sender to DHIS2 shares: one claim after another, and the hold on its rows."""

from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.dhis2.server import Clock
from gateway.storage import outbox
from gateway.storage.engine import Engine


def send_claims(send_claim: Callable[[], int | None], clock: Clock, until: datetime | None) -> int:
    """Send claim after claim; return how many rows were settled.

    `send_claim` returns how many rows of one claim were settled, None when there is nothing
    more to do. No claim is begun once `until` has passed.
    """
    total = 0
    while until is None or clock() < until:
        settled = send_claim()
        if settled is None:
            break
        total += settled
    return total


def renew(engine: Engine, token: str, ids: Sequence[int], lease: int) -> bool:
    """Hold rows for another `lease` seconds; return whether all of them are still held."""
    with engine.begin() as connection:
        return outbox.renew(connection, token, ids, lease)
