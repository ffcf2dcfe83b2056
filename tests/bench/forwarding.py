"""Figure D: what it takes to bring reports into DHIS2, of either family.

The reports of a month are read and wait in a durable PostgreSQL. Two forwarders, threads of
this process, send them to a sandbox DHIS2, a process of its own that starts empty. Four things
are told:

* values a second from waiting to settled, beside the sandbox's own speed, which is that of
  requests of the same size sent by two clients without a database;
* requests for 1,000 reports, completeness included, when none, 1 % or 5 % of the org units are
  not assigned to the data set: all the others must be in, once, and the bad ones refused;
* the seconds in which all that waited is in after an outage, from the moment DHIS2 is back; the
  pause that the forwarder keeps at that moment is part of it.

A figure with one write too many or too few in the ledger is none.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from gateway.context import Context
from gateway.dhis2 import forwarding
from gateway.dhis2.metadata import data_set_uid, field_target
from gateway.dhis2.server import Dhis2Target
from gateway.inbound import reader
from gateway.storage.engine import connect, reading
from gateway.storage.outbox import DHIS2, REFUSED, SENT
from gateway.storage.tables import outbox
from gateway.transports.dhis2 import Cell, Dhis2
from menus.loading.loader import load
from menus.model.period import Period
from tests.bench.dhis2_server import TIMEOUT, Family, Side, sandbox_dhis2
from tests.bench.ground import Ground
from tests.bench.programme import FORM, VALUES, Programme, prepare, unit_uid

FORWARDERS: Final = 2
LONGEST: Final = 1800.0  # seconds for one run before it counts as stuck
ZONE: Final = ZoneInfo("Africa/Bamako")
BAD: Final = (0, 1, 5)  # per cent
OF: Final = 1000  # reports for which requests are told
ROWS: Final = 76  # reports of one request when the sandbox's own speed is measured


class Wrong(Exception):
    """DHIS2 does not hold what it should, or was told it more than once."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """One family: values a second, the sandbox's own, requests by per cent of bad reports."""

    family: Family
    values: float
    sandbox: float
    requests: dict[int, int]


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds until everything was in, from the moment DHIS2 was back, and the requests."""

    family: Family
    reports: int
    seconds: float
    requests: int


def waiting(ground: Ground, reports: int) -> Programme:
    """A database in which so many complete reports are read and wait for DHIS2."""
    programme = prepare(ground.create("postgresql"), ground.folder, reports, datetime.now(UTC))
    engine = connect(programme.database)
    reader.read_inbox(engine, Context(load(), ZONE), lambda: datetime.now(UTC))
    with engine.connect() as connection:
        # What any database does by itself within a minute of so many new rows.
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()
    return programme


def measure(ground: Ground, programme: Programme, family: Family) -> Forwarding:
    """Both speeds, and the requests for each share of bad reports."""
    runs = {bad: _run(ground, programme, family, bad) for bad in BAD}
    seconds, _ = runs[0]
    requests = {bad: round(sent * OF / programme.reports) for bad, (_, sent) in runs.items()}
    values = programme.reports * VALUES / seconds
    return Forwarding(family, values, _own_speed(ground, programme, family), requests)


def drain(ground: Ground, programme: Programme, family: Family) -> Drained:
    """Lets DHIS2 be away when the reports fall due, and come back."""
    with sandbox_dhis2(ground, programme, family) as side, _copy(ground, programme) as engine:
        side.switch(kind="down")
        _send(engine, side)
        side.well()
        made = side.totals()["requests"]
        seconds = _until_settled(engine, side)
        _check(engine, side, programme.reports, bad=0)
        requests = side.totals()["requests"] - made
    return Drained(family, programme.reports, seconds, requests)


def _run(ground: Ground, programme: Programme, family: Family, bad: int) -> tuple[float, int]:
    """Sends all that waits; the seconds and the requests that it took."""
    # Spread over the whole, so that nearly every request has a bad one among its reports.
    units = [unit_uid(number) for number in range(0, programme.reports, 100 // bad)] if bad else []
    with sandbox_dhis2(ground, programme, family) as side, _copy(ground, programme) as engine:
        for unit in units:
            side.switch(kind="unassigned", where=unit)
        seconds = _until_settled(engine, side)
        _check(engine, side, programme.reports, bad=len(units))
        return seconds, side.totals()["requests"]


def _until_settled(engine: Engine, side: Side) -> float:
    """Both forwarders at work until nothing is open; the seconds that it took."""
    begun = perf_counter()
    while _open(engine):
        if perf_counter() - begun > LONGEST:
            raise TimeoutError("reports still wait for DHIS2")
        if not _send(engine, side):
            time.sleep(0.05)
    return perf_counter() - begun


def _send(engine: Engine, side: Side) -> int:
    with ThreadPoolExecutor(FORWARDERS) as pool:
        return sum(pool.map(lambda _: _send_alone(engine, side), range(FORWARDERS)))


def _send_alone(engine: Engine, side: Side) -> int:
    with side.client() as client:
        target = Dhis2Target(client, TIMEOUT, Context(load(), ZONE))
        return forwarding.send_due(engine, target, lambda: datetime.now(UTC))


def _open(engine: Engine) -> bool:
    settled = (SENT, REFUSED)
    unsettled = select(outbox.c.id).where(outbox.c.kind == DHIS2, outbox.c.state.not_in(settled))
    with reading(engine) as connection:
        return connection.execute(unsettled.limit(1)).first() is not None


def _check(engine: Engine, side: Side, reports: int, *, bad: int) -> None:
    """Counts rows and writes. Raises Wrong when a good cell was not written exactly once."""
    states = select(outbox.c.state, func.count()).where(outbox.c.kind == DHIS2)
    with reading(engine) as connection:
        rows = connection.execute(states.group_by(outbox.c.state))
        found = {row.state: row.count for row in rows}
    held = (found.get(SENT, 0), found.get(REFUSED, 0), side.totals()["writes"])
    if held != (reports - bad, bad, (reports - bad) * VALUES):
        raise Wrong(f"(sent, refused, writes) of {reports} reports, {bad} of them bad: {held}")


def _own_speed(ground: Ground, programme: Programme, family: Family) -> float:
    """Values a second that the sandbox takes from two clients without anything behind them."""
    form = load().forms[FORM]
    month = Period(datetime.now(UTC).year, datetime.now(UTC).month).plus(-1)
    targets = [target for code in form.required if (target := field_target(form, code))]
    cells = [
        [
            Cell(target[0], target[1], unit_uid(number), month.code, "7")
            for number in range(first, min(first + ROWS, programme.reports))
            for target in targets
        ]
        for first in range(0, programme.reports, ROWS)
    ]
    with (
        sandbox_dhis2(ground, programme, family) as side,
        side.client() as first,
        side.client() as two,
    ):
        begun = perf_counter()
        with ThreadPoolExecutor(FORWARDERS) as pool:
            pool.map(_post, (first, two), (cells[0::FORWARDERS], cells[1::FORWARDERS]))
        return side.totals()["writes"] / (perf_counter() - begun)


def _post(client: Dhis2, groups: Sequence[Sequence[Cell]]) -> None:
    for cells in groups:
        client.post_values(data_set_uid(load().forms[FORM]), cells)


@contextmanager
def _copy(ground: Ground, programme: Programme) -> Iterator[Engine]:
    url = ground.copy(programme.database)
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()
        ground.drop(url)
