"""Readers and forwarders at work at once neither meet in a cell nor wait in a circle."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine

from gateway.dhis2 import forwarding
from gateway.inbound import reader as intake
from gateway.model.report import Status
from gateway.sandbox.dhis2 import Kind
from gateway.storage.engine import connect
from menus.model.catalogue import Catalogue
from tests.gateway.dhis2_server import PATIENCE, FarSide, far_side
from tests.gateway.harness import Harness, person, unit

SITES = 18
ROUNDS = 5
CLOSED = datetime(2026, 11, 12, 12, tzinfo=UTC)  # every number leaves at once


def phone(site: int) -> str:
    return f"+2237000{1000 + site}"


def enrol(harness: Harness) -> None:
    """Sites of which every third shares the facility's cells, and the others have their own."""
    units, people = [], []
    for site in range(SITES):
        dhis2_id = f"Site{site:07}" if site % 3 else None
        units.append(unit(f"SITE{site}", "site", "KANI", dhis2_id))
        people.append(person(phone(site), "asc", f"SITE{site}"))
    harness.enrol(units, people)


def forward(engine: Engine, dhis2: FarSide, over: Event) -> int:
    sent = 0
    while not over.is_set():
        sent += forwarding.send_due(engine, dhis2.target, dhis2.harness.clock)
        over.wait(0.001)
    return sent


def feed(harness: Harness, dhis2: FarSide) -> None:
    """Corrections of every site, again and again, while answers are lost now and then."""
    for turn in range(ROUNDS):
        for site in range(SITES):
            harness.receive(f"PEC 10 VUS {100 + turn} NUT DEP {turn}", phone(site))
        dhis2.sandbox.faults.set(Kind.RESET if turn % 2 else Kind.DOWN, 1)
        harness.read()
        harness.clock.advance(minutes=3)


def test_readers_and_forwarders_together(postgresql_url: str, catalogue: Catalogue) -> None:
    engines = [connect(postgresql_url) for _ in range(4)]
    harness = Harness(engines[0], catalogue)
    harness.clock.now = CLOSED
    enrol(harness)
    over = Event()
    with far_side(harness, "sql") as dhis2, ThreadPoolExecutor(4) as pool:
        dhis2.gate.set()
        forwarders = [pool.submit(forward, engine, dhis2, over) for engine in engines[1:3]]
        feeder = pool.submit(feed, harness, dhis2)
        reader = pool.submit(read_until, engines[3], harness, over)
        try:
            feeder.result(PATIENCE * 2)
        finally:
            over.set()
        assert sum(one.result(PATIENCE) for one in (*forwarders, reader)) > 0
        dhis2.recover()
        harness.clock.advance(minutes=3)
        harness.read()
        dhis2.send()
        assert_newest_everywhere(harness, dhis2)
    for engine in engines:
        engine.dispose()


def read_until(engine: Engine, harness: Harness, over: Event) -> int:
    read = 0
    while not over.is_set():
        read += intake.read_inbox(engine, harness.context, harness.clock)
        over.wait(0.001)
    return read


def assert_newest_everywhere(harness: Harness, dhis2: FarSide) -> None:
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}
    assert dhis2.sandbox.ledger.overlaps == []
    newest, last = 100 + ROUNDS - 1, ROUNDS - 1
    for site in range(SITES):
        report = harness.report(f"SITE{site}")
        assert (report.values, report.version) == ({"VUS": newest}, ROUNDS)
        assert report.status is Status.FORWARDED
        if site % 3:
            assert dhis2.held(f"Site{site:07}") == {"VUS": str(newest)}
            assert dhis2.held(f"Site{site:07}", "NUT") == {"DEP": str(last)}
    shared = len(range(0, SITES, 3))
    assert dhis2.held("KaniFacil01") == {"VUS": str(shared * newest)}
    assert dhis2.held("KaniFacil01", "NUT") == {"DEP": str(shared * last)}
    assert len(harness.rows("reply")) == SITES * ROUNDS
