"""Whether what the gateway stands on is there: database with its schema, Redis, far sides."""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.diagnostics.health_text import described, every_health
from gateway.storage import schema
from gateway.storage.engine import Engine, StorageFault, reading
from gateway.transports.queue import WorkSignal


@dataclass(frozen=True, slots=True)
class Readiness:
    """`missing` names what is not there; `destinations` tells how each far side fares."""

    missing: tuple[str, ...]
    destinations: dict[str, str] = field(default_factory=dict)


def look(engine: Engine, work_signal: WorkSignal, now: datetime) -> Readiness:
    """Asks each part once; breakers are told as they stand at `now`."""
    missing = []
    state: dict[str, str] = {}
    try:
        if not schema.is_current(engine):
            missing.append("database (its schema: run `kibaru migrate`)")
        else:
            state = _destinations(engine, now)
    except StorageFault:
        missing.append("database")
    if not work_signal.ping():
        missing.append("redis")
    return Readiness(tuple(missing), state)


def _destinations(engine: Engine, now: datetime) -> dict[str, str]:
    with reading(engine) as connection:
        found = every_health(connection)
    return {name: described(health, now) for name, health in found.items()}
