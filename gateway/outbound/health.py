"""The health of a destination, as its senders note it for all workers: away, or back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from gateway.model import backoff
from gateway.model.outcomes import TryLater
from gateway.storage import destinations, outbox
from gateway.storage.engine import Connection

log = structlog.get_logger()

DETAIL: Final = 300  # characters of the far side's words that are kept


@dataclass(frozen=True, slots=True)
class Destination:
    """A far side, or a part of it, whose health is noted by itself.

    `name` is its row in `destinations`. `away` and `back` are log events. `kinds` are the
    outbox rows that wait for it, all of them or those of one `form`.
    """

    name: str
    away: str
    back: str
    kinds: tuple[str, ...]
    form: str | None = None


def note_trouble(
    connection: Connection, destination: Destination, trouble: TryLater, now: datetime
) -> None:
    """Count a failure, and have every worker leave the destination alone for a while."""
    failures = destinations.health(connection, destination.name).failures + 1
    destinations.note_failure(
        connection,
        destination.name,
        until=now + backoff.pause(failures, trouble.after, ours=trouble.ours),
        reason=trouble.reason,
        detail=trouble.detail[:DETAIL],
    )
    log.warning(
        destination.away, destination=destination.name, reason=trouble.reason, failures=failures
    )


def note_answer(connection: Connection, destination: Destination, now: datetime) -> None:
    """Note that the destination answers; where it was away, what waited for it is due at once."""
    if not destinations.note_success(connection, destination.name):
        return
    for kind in destination.kinds:
        outbox.make_due(connection, kind, now, destination.form)
    facts = {} if destination.form is None else {"form": destination.form}
    log.info(destination.back, **facts)
