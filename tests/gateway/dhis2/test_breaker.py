"""DHIS2 is left alone when it must be, by all workers, and given as much as it bears."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.dhis2 import breaker as dhis2_breaker
from gateway.dhis2.breaker import State, state
from gateway.dhis2.cells import codes_of
from gateway.dhis2.delivery import Delivery
from gateway.model.outcomes import TryLater, Unknown
from gateway.storage import destinations
from gateway.storage.destinations import DHIS2, Health
from gateway.storage.engine import reading
from gateway.transports.dhis2 import Cell
from gateway.transports.dhis2_verdict import Accepted, Verdict
from tests.gateway.harness import AWA, FANTA, ISSA, NOON, PEC, Harness
from tests.gateway.stub_dhis2 import StubDhis2, refusing

SOON, BEFORE = NOON + timedelta(minutes=1), NOON - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("health", "found"),
    [
        (Health(), State.CLOSED),
        (Health(batch=500), State.CLOSED),
        (Health(1, SOON, "http_503"), State.FAILING),
        (Health(2, SOON, "timeout"), State.FAILING),
        (Health(3, SOON, "http_503"), State.OPEN),
        (Health(3, BEFORE, "http_503"), State.HALF_OPEN),
        # What only a person can mend opens it at once.
        *((Health(1, SOON, reason), State.OPEN) for reason in ("http_401", "http_403", "E7600")),
        *((Health(1, SOON, reason), State.OPEN) for reason in ("redirect_login", "E8010")),
        (Health(1, BEFORE, "http_401"), State.HALF_OPEN),
    ],
)
def test_the_state_of_a_breaker(health: Health, found: State) -> None:
    assert state(health, NOON) is found


def allowed(harness: Harness) -> dict[str, int]:
    with harness.engine.begin() as connection:
        far = StubDhis2().target(harness)
        return dict(dhis2_breaker.allowance(connection, far, harness.clock()))


def fail(engine: Engine, name: str, reason: str = "http_503", **since: float) -> None:
    until = NOON + timedelta(**since)
    with engine.begin() as connection:
        destinations.note_failure(connection, name, until=until, reason=reason, detail="")


def test_what_may_be_claimed(harness: Harness) -> None:
    # Four requests of 76 reports of 13 values each, so that completeness travels in one.
    assert allowed(harness)["PEC"] == 304
    fail(harness.engine, "dhis2 PEC", "E7601", minutes=2)
    assert allowed(harness).keys() == {"NUT", "SMI", "STK"}
    harness.clock.advance(minutes=3)
    assert allowed(harness)["PEC"] == 1
    fail(harness.engine, DHIS2, minutes=5)
    assert allowed(harness) == {}
    harness.clock.advance(minutes=3)
    assert set(allowed(harness).values()) == {1}


def test_one_worker_alone_probes_a_server_that_fails(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("NUT 10 DEP 180")
    fail(harness.engine, DHIS2, minutes=0)
    stub = StubDhis2(values=lambda cells: look(harness))
    stub.send(harness)
    assert stub.requests[0] == "13 values"


def look(harness: Harness) -> Verdict:
    """A worker that asks while the probe is under way may claim nothing."""
    assert allowed(harness) == {}
    return Accepted()


def note(
    harness: Harness, most: int = 1000, trouble: TryLater | Unknown | None = None
) -> int | None:
    """A claim fares like this; the most values of one request from now on."""
    stub = StubDhis2()
    delivery = Delivery(stub, "set", lambda: True, most=most, trouble=trouble, calls=1)
    with harness.engine.begin() as connection:
        dhis2_breaker.note(connection, stub.target(harness), "PEC", delivery, NOON)
    with reading(harness.engine) as connection:
        return destinations.health(connection, DHIS2).batch


def test_requests_shrink_after_a_timeout_and_grow_again(harness: Harness) -> None:
    late = Unknown("timeout")
    assert note(harness) is None
    assert note(harness, 1000, late) == 500
    # Another worker's request of the same size was lost too: that says nothing new.
    assert note(harness, 1000, late) == 500
    assert note(harness, 500, Unknown("http_504")) == 250
    assert note(harness, 250, TryLater("http_503")) == 250
    grown = [note(harness, 250) for _ in range(8)]
    assert grown == [350, 450, 550, 650, 750, 850, 950, None]
    for _ in range(9):
        smallest = note(harness, 20, late)
    assert smallest == 20


def test_a_data_set_in_trouble_does_not_hold_up_the_others(harness: Harness) -> None:
    for phone in (AWA, FANTA, ISSA):
        harness.receive(PEC, phone)
    harness.read()
    harness.clock.advance(seconds=1)
    harness.told("NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST 6")
    pec = {key.partition(".")[0] for key in codes(harness, "PEC")}

    def judge(cells: Sequence[Cell]) -> Verdict:
        mine = any(cell.data_element in pec for cell in cells)
        return refusing("E8005")(cells) if mine else Accepted()

    stub = StubDhis2(values=judge)
    assert stub.send(harness) >= 1
    assert {row.form: row.state for row in harness.rows("dhis2")} == {
        "PEC": "waiting",
        "NUT": "sent",
    }
    stub.values = lambda cells: Accepted()
    harness.clock.advance(minutes=3)
    stub.send(harness)
    assert {row.state for row in harness.rows("dhis2")} == {"sent"}


def codes(harness: Harness, form: str) -> dict[str, str]:
    return codes_of(harness.catalogue.forms[form])
