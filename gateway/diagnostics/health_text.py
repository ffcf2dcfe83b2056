"""The health of each destination, as words for people and as states for metrics."""

from collections.abc import Mapping
from datetime import datetime

from gateway.dhis2.breaker import is_open, state
from gateway.storage import destinations
from gateway.storage.destinations import DHIS2, OPERATOR, Health
from gateway.storage.engine import Connection
from gateway.transports.dhis2_codes import MEANINGS


def health_by_destination(connection: Connection) -> Mapping[str, Health]:
    """Return the health of operator, DHIS2 and each data set that ever failed, by name."""
    usual = {OPERATOR: Health(), DHIS2: Health()}
    known = [destinations.with_parts(connection, name) for name in usual]
    return usual | {name: health for found in known for name, health in found.items()}


def describe_health(health: Health, now: datetime) -> str:
    """Return `ok`, or the state of the breaker, the reason, and the failures in a row."""
    words = "ok"
    if health.failures:
        words = f"{state(health, now)} ({health.reason}), {health.failures} in a row"
        if health.closed_until is not None and health.closed_until > now:
            words += f", next try {health.closed_until:%H:%M:%S} UTC"
    return words if health.batch is None else f"{words}, {health.batch} values a request"


def describe_trouble(health: Health) -> str:
    """Describe a breaker for `kibaru check`: its state, its failures and the last reason."""
    mark = "open" if is_open(health) else "failing"
    words = f"breaker {mark}, {health.failures} failures in a row: {health.reason} {health.detail}"
    return words.strip()


def describe_refusals(counts: Mapping[str, int]) -> str:
    """Describe refusals counted by reason, the most frequent first.

    For example `2 E7619 (the number does not fit ..), 1 no_dhis2_id`.
    """
    described = []
    for reason, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        meaning = MEANINGS.get(reason)
        described.append(f"{count} {reason} ({meaning.text})" if meaning else f"{count} {reason}")
    return ", ".join(described)
