"""Several forwarders work side by side, and never more than the programme allows."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from threading import Event, Lock, Semaphore

import pytest

from gateway.context import Context
from gateway.dhis2 import forwarding
from gateway.dhis2.server import Dhis2Target
from gateway.transports.dhis2 import Cell
from gateway.transports.dhis2_verdict import Accepted, Verdict
from menus.model.programme import Dhis2Requests
from tests.gateway.dhis2_server import PATIENCE
from tests.gateway.harness import BAMAKO, Harness, killed_at, person, unit
from tests.gateway.stub_dhis2 import StubDhis2

SITES = 24


@dataclass(slots=True)
class Crowd:
    """Counts the requests under way, and holds them until the gate is opened."""

    gate: Event = field(default_factory=Event)
    arrived: Semaphore = field(default_factory=lambda: Semaphore(0))
    lock: Lock = field(default_factory=Lock)
    now: int = 0
    most: int = 0
    cells: set[tuple[str, str, str, str]] = field(default_factory=set)
    twice: set[tuple[str, str, str, str]] = field(default_factory=set)

    def judge(self, cells: Sequence[Cell]) -> Verdict:
        keys = {cell.key for cell in cells}
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.twice |= self.cells & keys
            self.cells |= keys
        self.arrived.release()
        assert self.gate.wait(PATIENCE)
        with self.lock:
            self.cells -= keys
            self.now -= 1
        return Accepted()


def far_of(harness: Harness, stub: StubDhis2, *, at_once: int) -> Dhis2Target:
    """Small requests, so that there are many."""
    requests = Dhis2Requests(requests_at_once=at_once, values_per_request=13)
    programme = replace(harness.catalogue.programme, dhis2=requests)
    catalogue = replace(harness.catalogue, programme=programme)
    return replace(stub.target(harness), context=Context(catalogue, BAMAKO))


def enrol(harness: Harness) -> None:
    """Many sites, each with a report of 13 values that is due."""
    units = [unit(f"SITE{n}", "site", "KANI", f"Site{n:07}") for n in range(SITES)]
    people = [person(f"+2237000{2000 + n}", "asc", f"SITE{n}") for n in range(SITES)]
    harness.enrol(units, people)
    for one in people:
        harness.receive("PEC 10 VUS 9 FIE 5 TDR 4 POS 3 CTA 3 GRV 0 ART 0 IRA 1 AMX 1 DIA 1 SRZ 1 RFS 0 DCD 0", one.phone)  # fmt: skip
    harness.read()


@pytest.mark.parametrize("at_once", [1, 2])
def test_however_many_workers_there_are_so_many_requests_are_under_way(
    harness: Harness, at_once: int
) -> None:
    enrol(harness)
    crowd = Crowd()
    far = far_of(harness, StubDhis2(values=crowd.judge), at_once=at_once)
    with ThreadPoolExecutor(4) as pool:
        lanes = {
            pool.submit(forwarding.send_due, harness.engine, far, harness.clock) for _ in range(4)
        }
        # The others find all places taken, and leave the rest to those at work.
        done = as_completed(lanes, PATIENCE)
        idle = [next(done).result() for _ in range(4 - at_once)]
        assert all(crowd.arrived.acquire(timeout=PATIENCE) for _ in range(at_once))
        assert (idle, crowd.most) == ([0] * len(idle), at_once)
        crowd.gate.set()
        assert sum(one.result(PATIENCE) for one in lanes) == SITES
    assert (crowd.most, crowd.twice) == (at_once, set())
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}


def test_a_job_makes_use_of_every_place(harness: Harness) -> None:
    enrol(harness)
    crowd = Crowd()
    far = far_of(harness, StubDhis2(values=crowd.judge), at_once=2)
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(forwarding.send_together, harness.engine, far, harness.clock)
        crowd.gate.set()
        assert job.result(PATIENCE) == SITES
    assert crowd.twice == set()
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}


def test_one_that_dies_costs_its_place_until_its_lease_is_over(harness: Harness) -> None:
    enrol(harness)
    stub = StubDhis2()
    far = far_of(harness, stub, at_once=1)
    with killed_at(harness.engine, "UPDATE reports"):
        forwarding.send_due(harness.engine, far, harness.clock)
    made = len(stub.requests)
    assert forwarding.send_due(harness.engine, far, harness.clock) == 0
    assert len(stub.requests) == made
    harness.change_rows("dhis2", lease_until=0)
    assert forwarding.send_due(harness.engine, far, harness.clock) == SITES
