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
from gateway.dhis2.server import Far, rows_to_claim
from gateway.model import backoff
from gateway.model.outcomes import TryLater, Unknown
from gateway.storage import destinations, forwards, outbox
from gateway.storage.destinations import DHIS2, Health
from gateway.storage.engine import Connection
from gateway.transports.dhis2_codes import concerns_data_set

log = structlog.get_logger()

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
    """The breaker as this memory has it at a moment."""
    if not health.failures:
        return State.CLOSED
    if not is_open(health):
        return State.FAILING
    return State.OPEN if _rests(health, now) else State.HALF_OPEN


def is_open(health: Health) -> bool:
    """Whether it is more than a passing outage: a few in a row, or a person must mend it."""
    return health.failures >= FEW or (health.failures > 0 and _is_for_a_person(health.reason))


def allowance(connection: Connection, far: Far, now: datetime) -> Mapping[str, int]:
    """How many rows of each form may be claimed now; nothing while DHIS2 is to be left alone.

    Whoever asks decides alone until the transaction ends, so that there are never more
    requests under way than the programme allows.
    """
    destinations.hold(connection, DHIS2)
    known = destinations.with_parts(connection, DHIS2)
    server = known.get(DHIS2, Health())
    at_once = 1 if server.failures else far.at_once
    if _rests(server, now) or forwards.in_flight(connection) >= at_once:
        return {}
    values = most_values(far, server)
    allowed = {}
    for keyword, form in far.catalogue.forms.items():
        health = known.get(destinations.part(DHIS2, keyword), Health())
        if not _rests(health, now):
            probing = bool(server.failures or health.failures)
            allowed[keyword] = 1 if probing else rows_to_claim(form, values)
    return allowed


def most_values(far: Far, server: Health) -> int:
    """The most values of one request just now."""
    return min(server.batch or far.most_values, far.most_values)


def note(connection: Connection, far: Far, form: str, delivery: Delivery, now: datetime) -> None:
    """Remembers how a claim of a form fared: DHIS2 answers, fails, or is slow."""
    trouble = delivery.trouble
    _resize(connection, far, delivery)
    if trouble is None or is_of_data_set(trouble):
        _works(connection, delivery, now)
    part = destinations.part(DHIS2, form)
    if trouble is None:
        if delivery.calls and destinations.worked(connection, part):
            log.info("dhis2_data_set_back", form=form)
            outbox.bring_forward(connection, outbox.DHIS2, now, form)
        return
    later = trouble if isinstance(trouble, TryLater) else TryLater(trouble.reason)
    if later.everyone:
        _fails(connection, part if is_of_data_set(trouble) else DHIS2, later, now)


def is_of_data_set(trouble: TryLater | Unknown) -> bool:
    """Whether only one data set is in trouble."""
    return concerns_data_set(trouble.reason)


def _works(connection: Connection, delivery: Delivery, now: datetime) -> None:
    if delivery.calls and destinations.worked(connection, DHIS2):
        log.info("dhis2_back")
        outbox.bring_forward(connection, outbox.DHIS2, now)


def _fails(connection: Connection, name: str, trouble: TryLater, now: datetime) -> None:
    failures = destinations.health(connection, name).failures + 1
    until = now + backoff.pause(failures, trouble.after, ours=trouble.ours)
    detail = trouble.detail[:300]
    destinations.failed(connection, name, until=until, reason=trouble.reason, detail=detail)
    log.warning("dhis2_away", destination=name, reason=trouble.reason, failures=failures)


def _resize(connection: Connection, far: Far, delivery: Delivery) -> None:
    """Half as much after a request that took too long or was too large, a little more again
    after each claim that went well."""
    trouble, full = delivery.trouble, far.most_values
    now = most_values(far, destinations.health(connection, DHIS2))
    slow = isinstance(trouble, TryLater | Unknown) and trouble.reason in _TOO_SLOW
    if slow or delivery.too_large:
        smaller = min(now, max(FEWEST_VALUES, delivery.most // 2))
        log.warning("dhis2_smaller_requests", values=smaller)
        destinations.limit(connection, DHIS2, min(smaller, full))
    elif trouble is None and delivery.calls and now < full:
        larger = now + max(1, full // GROWTH)
        destinations.limit(connection, DHIS2, larger if larger < full else None)


def _rests(health: Health, now: datetime) -> bool:
    return health.closed_until is not None and health.closed_until > now


def _is_for_a_person(reason: str) -> bool:
    """Whether only a person can mend what stopped us: account, address, configuration."""
    named = ("redirect_login", "redirect", "settings", "tls", "http_400", "http_401", "http_403")
    return reason in named or reason == "http_404" or concerns_data_set(reason)
