"""When DHIS2 is left alone, and how much it is given at a time: a memory all workers share.

The server has a breaker, and so has each data set, since one that is missing or not shared
must not hold up the others. A fault that only a person can mend (account, configuration)
opens it at once; an outage leaves it closed for the first few, with short pauses. While
anything fails, one single row is tried after each pause, by one worker.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog

from gateway.dhis2.delivery import Delivery
from gateway.dhis2.server import Dhis2Target, rows_to_claim
from gateway.model.outcomes import TryLater, Unknown
from gateway.outbound.health import Destination, note_answer, note_trouble
from gateway.storage import destinations, forwards, outbox
from gateway.storage.destinations import DHIS2, Health
from gateway.storage.engine import Connection
from gateway.transports.dhis2_codes import concerns_data_set

log = structlog.get_logger()

SERVER: Final = Destination(DHIS2, "dhis2_away", "dhis2_back", (outbox.DHIS2,))
FEW: Final = 3  # outages in a row before the breaker counts as open
FEWEST_VALUES: Final = 20  # of one request, however often it timed out
GROWTH: Final = 10  # successes after which a request may be as large as ever
# After these the server may have had too much to do with the request.
_TOO_SLOW: Final = frozenset({"timeout", "http_504", "http_408"})


class State(StrEnum):
    """Of a breaker: `failing` tries again soon, `half-open` tries one row now, `open` waits."""

    CLOSED = "closed"
    FAILING = "failing"
    OPEN = "open"
    HALF_OPEN = "half-open"


def state(health: Health, now: datetime) -> State:
    """Return the state of the breaker with this memory at a moment."""
    if not health.failures:
        return State.CLOSED
    if not is_open(health):
        return State.FAILING
    return State.OPEN if health.rests(now) else State.HALF_OPEN


def is_open(health: Health) -> bool:
    """Return whether it is more than a passing outage: a few in a row, or for a person to mend."""
    return health.failures >= FEW or (health.failures > 0 and _is_for_a_person(health.reason))


def allowance(connection: Connection, target: Dhis2Target, now: datetime) -> Mapping[str, int]:
    """Return how many rows of each form may be claimed now; none while DHIS2 is to be left alone.

    The caller decides alone until the transaction ends, so that there are never more requests
    under way than the programme allows.
    """
    destinations.lock(connection, DHIS2)
    known = destinations.with_parts(connection, DHIS2)
    server = known.get(DHIS2, Health())
    at_once = 1 if server.failures else target.at_once
    if server.rests(now) or forwards.in_flight(connection) >= at_once:
        return {}
    values = most_values(target, server)
    allowed = {}
    for keyword, form in target.context.catalogue.forms.items():
        health = known.get(destinations.part(DHIS2, keyword), Health())
        if not health.rests(now):
            probing = bool(server.failures or health.failures)
            allowed[keyword] = 1 if probing else rows_to_claim(form, values)
    return allowed


def most_values(target: Dhis2Target, server: Health) -> int:
    """Return the most values of one request just now."""
    return min(server.batch or target.most_values, target.most_values)


def note(
    connection: Connection, target: Dhis2Target, form: str, delivery: Delivery, now: datetime
) -> None:
    """Note how a claim of a form fared: DHIS2 answers, fails, or is slow."""
    trouble = delivery.trouble
    _resize(connection, target, delivery)
    of_data_set = trouble is not None and is_of_data_set(trouble)
    if delivery.calls and (trouble is None or of_data_set):
        note_answer(connection, SERVER, now)
    if delivery.calls and trouble is None:
        note_answer(connection, _data_set(form), now)
    if trouble is not None:
        later = trouble if isinstance(trouble, TryLater) else TryLater(trouble.reason)
        if later.everyone:
            note_trouble(connection, _data_set(form) if of_data_set else SERVER, later, now)


def is_of_data_set(trouble: TryLater | Unknown) -> bool:
    """Return whether only one data set is in trouble."""
    return concerns_data_set(trouble.reason)


def _data_set(form: str) -> Destination:
    name = destinations.part(DHIS2, form)
    return Destination(name, "dhis2_away", "dhis2_data_set_back", (outbox.DHIS2,), form)


def _resize(connection: Connection, target: Dhis2Target, delivery: Delivery) -> None:
    """Halve the requests after one that took too long or was too large.

    After each claim that went well they may be a little larger again.
    """
    trouble, full = delivery.trouble, target.most_values
    now = most_values(target, destinations.health(connection, DHIS2))
    slow = isinstance(trouble, TryLater | Unknown) and trouble.reason in _TOO_SLOW
    if slow or delivery.too_large:
        smaller = min(now, max(FEWEST_VALUES, delivery.most // 2))
        log.warning("dhis2_smaller_requests", values=smaller)
        destinations.set_batch(connection, DHIS2, min(smaller, full))
    elif trouble is None and delivery.calls and now < full:
        larger = now + max(1, full // GROWTH)
        destinations.set_batch(connection, DHIS2, larger if larger < full else None)


def _is_for_a_person(reason: str) -> bool:
    """Return whether only a person can mend what failed: account, address, configuration."""
    named = ("redirect_login", "redirect", "settings", "tls", "http_400", "http_401", "http_403")
    return reason in named or reason == "http_404" or concerns_data_set(reason)
