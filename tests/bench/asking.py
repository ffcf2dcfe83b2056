"""Figure D: how long an `ETAT` takes, of a district and of one facility, as the country grows.

What is timed is what a worker does with one message that waits: read it, ask PostgreSQL, compose
the answer, store it. Two figures: the time that passes, and the CPU time of the worker and of
its PostgreSQL process together, which other work on the machine does not lengthen (Linux counts
it, in nanoseconds, in `/proc/<pid>/schedstat`). Each is the median of the turns, after two to
warm up.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from gateway.context import Context
from gateway.inbound import reader
from gateway.inbound.accept import accept
from gateway.storage import inbox
from gateway.storage.engine import connect, reading
from gateway.transports.africastalking_posts import InboundSms
from menus.loading.loader import load
from tests.bench import country
from tests.bench.ground import Ground

NOW: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FEW_SITES: Final = 50
WARM_UP: Final = 2


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one answer: passed, and of CPU."""

    passed: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Asking:
    """An ETAT of the district of 500 sites, and of one facility with few sites and with all."""

    sites: int
    district: Cost
    facility_few: Cost
    facility_all: Cost

    @property
    def growth(self) -> float:
        """The CPU time of a facility's ETAT in the whole country as a part of that in a small."""
        return self.facility_all.cpu / self.facility_few.cpu


def measure(ground: Ground, *, sites: int, turns: int) -> Asking:
    """Fills two databases on PostgreSQL and asks in both."""
    few, every = ground.create("postgresql"), ground.create("postgresql")
    country.build(few, FEW_SITES, NOW)
    country.build(every, sites, NOW)
    found = Asking(
        sites,
        district=_cost(every, country.DISTRICT_PHONE, turns),
        facility_few=_cost(few, country.FACILITY_PHONE, turns),
        facility_all=_cost(every, country.FACILITY_PHONE, turns),
    )
    ground.drop(few)
    ground.drop(every)
    return found


def _cost(database: str, phone: str, turns: int) -> Cost:
    engine = connect(database)
    context = Context(load(), ZoneInfo("Africa/Bamako"))
    with reading(engine) as connection:
        key = inbox.hash_key(connection)
    costs = []
    for turn in range(turns + WARM_UP):
        sms = InboundSms(f"{phone}-{turn}", phone, "36000", "ETAT", NOW, "61002", "")
        accept(engine, key, sms, NOW, date_believed_days=45)
        costs.append(_answer(engine, context))
    engine.dispose()
    kept = costs[WARM_UP:]
    return Cost(median(cost.passed for cost in kept), median(cost.cpu for cost in kept))


def _answer(engine: Engine, context: Context) -> Cost:
    with reading(engine) as connection:
        server = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    passed, cpu = time.perf_counter(), time.process_time() + _on_cpu(server)
    reader.read_inbox(engine, context, lambda: NOW)
    spent = time.process_time() + _on_cpu(server) - cpu
    return Cost((time.perf_counter() - passed) * 1000, spent * 1000)


def _on_cpu(process: int) -> float:
    """The seconds that a process has run; of a finished one nothing."""
    path = Path(f"/proc/{process}/schedstat")
    if not path.exists():
        return 0.0
    return int(path.read_text(encoding="ascii").split()[0]) / 1e9
