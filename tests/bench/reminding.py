"""Figure: a round of reminders for every agent of the country, from the calendar to the outbox.

One process queues the round on PostgreSQL, in seconds of wall time. Memory is the peak of what
Python allocates meanwhile (tracemalloc), in a run of its own, with few agents and with many: the
round goes through the units a chunk at a time, so the two should be alike.
"""

import time
import tracemalloc
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.context import Context
from gateway.notifications import reminders
from gateway.storage.engine import connect
from menus.loading.loader import load
from menus.model.period import Period
from tests.bench import programme
from tests.bench.ground import Ground

WHEN: Final = datetime(2026, 11, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reminding:
    """Agents, seconds until all are queued, and the peak of memory in MiB, there and with few."""

    agents: int
    seconds: float
    peak: float
    few: int
    peak_with_few: float


def measure(ground: Ground, *, agents: int, few: int) -> Reminding:
    many_at = _prepared(ground, agents)
    few_at = _prepared(ground, few)
    seconds = _timed(ground.copy(many_at), agents)
    figures = Reminding(agents, seconds, _peak(many_at, agents), few, _peak(few_at, few))
    for url in (many_at, few_at):
        ground.drop(url)
    return figures


def rows(found: Reminding) -> list[str]:
    return [
        f"reminding {found.agents:,} agents: {found.seconds:.1f} s until all wait in the outbox,",
        f"  {found.peak:.0f} MiB at most, and {found.peak_with_few:.0f} MiB with {found.few:,}",
    ]


def _prepared(ground: Ground, agents: int) -> str:
    """A database whose agents have sent nothing yet."""
    url = ground.create("postgresql")
    programme.enrol(url, ground.folder, agents, Period(2026, 9))
    return url


def _queue(url: str, agents: int) -> None:
    engine = connect(url)
    queued = reminders.queue_due(engine, Context(load(), ZoneInfo("Africa/Bamako")), WHEN)
    engine.dispose()
    if queued != agents:
        raise RuntimeError(f"{queued} of {agents} reminders were queued")


def _timed(url: str, agents: int) -> float:
    begun = time.perf_counter()
    _queue(url, agents)
    return time.perf_counter() - begun


def _peak(url: str, agents: int) -> float:
    tracemalloc.start()
    _queue(url, agents)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20
