"""Whether what the gateway stands on is there: database with its schema, Redis, far sides."""

from dataclasses import dataclass, field

from gateway.storage import destinations, schema
from gateway.storage.engine import Engine, StorageFault, reading
from gateway.transports.queue import Bell


@dataclass(frozen=True, slots=True)
class Readiness:
    """`missing` names what is not there; `destinations` tells how each far side fares."""

    missing: tuple[str, ...]
    destinations: dict[str, str] = field(default_factory=dict)


def look(engine: Engine, bell: Bell) -> Readiness:
    """Asks each part once."""
    missing = []
    state: dict[str, str] = {}
    try:
        if not schema.is_current(engine):
            missing.append("database (its schema: run `kibaru migrate`)")
        else:
            state = _destinations(engine)
    except StorageFault:
        missing.append("database")
    if not bell.ping():
        missing.append("redis")
    return Readiness(tuple(missing), state)


def _destinations(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        found = {
            name: destinations.health(connection, name)
            for name in (destinations.OPERATOR, destinations.DHIS2)
        }
    return {
        name: f"failing ({health.reason}), {health.failures} in a row" if health.failures else "ok"
        for name, health in found.items()
    }
