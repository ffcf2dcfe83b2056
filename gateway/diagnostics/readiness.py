"""Readiness: whether the database with its schema and Redis answer, and how destinations fare."""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.diagnostics.health_text import describe_health, health_by_destination
from gateway.storage import schema
from gateway.storage.engine import Engine, StorageFault, reading
from gateway.transports.queue import WorkSignal


@dataclass(frozen=True, slots=True)
class Readiness:
    """The parts that are missing, and each destination's health in words, by name."""

    missing: tuple[str, ...]
    destinations: dict[str, str] = field(default_factory=dict)


def check_readiness(engine: Engine, work_signal: WorkSignal, now: datetime) -> Readiness:
    """Ask database and Redis once each; breakers are described as they stand at `now`."""
    missing = []
    destinations: dict[str, str] = {}
    try:
        if not schema.is_current(engine):
            missing.append("database (its schema: run `kibaru migrate`)")
        else:
            destinations = _destinations(engine, now)
    except StorageFault:
        missing.append("database")
    if not work_signal.ping():
        missing.append("redis")
    return Readiness(tuple(missing), destinations)


def _destinations(engine: Engine, now: datetime) -> dict[str, str]:
    with reading(engine) as connection:
        found = health_by_destination(connection)
    return {name: describe_health(health, now) for name, health in found.items()}
