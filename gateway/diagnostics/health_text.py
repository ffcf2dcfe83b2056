"""How each far side fares, in words and as refusals by reason: for people and for metrics."""

from collections.abc import Mapping
from datetime import datetime

from gateway.dhis2.breaker import is_open, state
from gateway.storage import destinations
from gateway.storage.destinations import DHIS2, OPERATOR, Health
from gateway.storage.engine import Connection
from gateway.transports.dhis2_codes import MEANINGS


def every_health(connection: Connection) -> Mapping[str, Health]:
    """Operator and DHIS2, and each data set that was ever in trouble, by name."""
    usual = {OPERATOR: Health(), DHIS2: Health()}
    known = [destinations.with_parts(connection, name) for name in usual]
    return usual | {name: one for found in known for name, one in found.items()}


def described(health: Health, now: datetime) -> str:
    """`ok`, or the state of its breaker, why, and for how long it has been failing."""
    words = "ok"
    if health.failures:
        words = f"{state(health, now)} ({health.reason}), {health.failures} in a row"
        if health.closed_until is not None and health.closed_until > now:
            words += f", next try {health.closed_until:%H:%M:%S} UTC"
    return words if health.batch is None else f"{words}, {health.batch} values a request"


def trouble_described(health: Health) -> str:
    """For `kibaru check`: whether the breaker is open, how often it failed, and why."""
    mark = "open" if is_open(health) else "failing"
    words = f"breaker {mark}, {health.failures} failures in a row: {health.reason} {health.detail}"
    return words.strip()


def refusals_described(counts: Mapping[str, int]) -> str:
    """`2 E7619 (the number does not fit ..), 1 no_dhis2_id`, the most frequent first."""
    told = []
    for reason, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        meaning = MEANINGS.get(reason)
        told.append(f"{count} {reason} ({meaning.text})" if meaning else f"{count} {reason}")
    return ", ".join(told)
