"""Holds up: DHIS2 is left alone when it must be, by all workers, and given as much as it bears."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.dhis2 import breaker as dhis2_breaker
from gateway.dhis2.breaker import State, state
from gateway.dhis2.claim import codes_of
from gateway.dhis2.delivery import Delivery
from gateway.model.outcomes import TryLater, Unknown
from gateway.storage import destinations
from gateway.storage.destinations import DHIS2, Health
from gateway.storage.engine import reading
from gateway.transports.dhis2 import Cell
from gateway.transports.dhis2_verdict import Accepted, Verdict
from tests.gateway.harness import AWA, FANTA, ISSA, NOON, PEC, Pipes
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


def allowed(pipes: Pipes) -> dict[str, int]:
    with pipes.engine.begin() as connection:
        far = StubDhis2().far(pipes)
        return dict(dhis2_breaker.allowance(connection, far, pipes.clock()))


def fail(engine: Engine, name: str, reason: str = "http_503", **since: float) -> None:
    until = NOON + timedelta(**since)
    with engine.begin() as connection:
        destinations.failed(connection, name, until=until, reason=reason, detail="")


def test_what_may_be_claimed(pipes: Pipes) -> None:
    # Four requests of 76 reports of 13 values each, so that completeness travels in one.
    assert allowed(pipes)["PEC"] == 304
    fail(pipes.engine, "dhis2 PEC", "E7601", minutes=2)
    assert allowed(pipes).keys() == {"NUT", "SMI", "STK"}
    pipes.clock.advance(minutes=3)
    assert allowed(pipes)["PEC"] == 1
    fail(pipes.engine, DHIS2, minutes=5)
    assert allowed(pipes) == {}
    pipes.clock.advance(minutes=3)
    assert set(allowed(pipes).values()) == {1}


def test_one_worker_alone_probes_a_server_that_fails(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.told("NUT 10 DEP 180")
    fail(pipes.engine, DHIS2, minutes=0)
    stub = StubDhis2(values=lambda cells: look(pipes))
    stub.send(pipes)
    assert stub.requests[0] == "13 values"


def look(pipes: Pipes) -> Verdict:
    """Whoever asks while the probe is under way may claim nothing."""
    assert allowed(pipes) == {}
    return Accepted()


def note(pipes: Pipes, most: int = 1000, trouble: TryLater | Unknown | None = None) -> int | None:
    """A claim fares like this; the most values of one request from now on."""
    stub = StubDhis2()
    delivery = Delivery(stub, "set", lambda: True, most=most, trouble=trouble, calls=1)
    with pipes.engine.begin() as connection:
        dhis2_breaker.note(connection, stub.far(pipes), "PEC", delivery, NOON)
    with reading(pipes.engine) as connection:
        return destinations.health(connection, DHIS2).batch


def test_requests_shrink_after_a_timeout_and_grow_again(pipes: Pipes) -> None:
    late = Unknown("timeout")
    assert note(pipes) is None
    assert note(pipes, 1000, late) == 500
    # Another worker's request of the same size was lost too: that says nothing new.
    assert note(pipes, 1000, late) == 500
    assert note(pipes, 500, Unknown("http_504")) == 250
    assert note(pipes, 250, TryLater("http_503")) == 250
    grown = [note(pipes, 250) for _ in range(8)]
    assert grown == [350, 450, 550, 650, 750, 850, 950, None]
    for _ in range(9):
        smallest = note(pipes, 20, late)
    assert smallest == 20


def test_a_data_set_in_trouble_does_not_hold_up_the_others(pipes: Pipes) -> None:
    for phone in (AWA, FANTA, ISSA):
        pipes.receive(PEC, phone)
    pipes.read()
    pipes.clock.advance(seconds=1)
    pipes.told("NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST 6")
    pec = {key.partition(".")[0] for key in codes(pipes, "PEC")}

    def judge(cells: Sequence[Cell]) -> Verdict:
        mine = any(cell.data_element in pec for cell in cells)
        return refusing("E8005")(cells) if mine else Accepted()

    stub = StubDhis2(values=judge)
    assert stub.send(pipes) >= 1
    assert {row.form: row.state for row in pipes.rows("dhis2")} == {"PEC": "waiting", "NUT": "sent"}
    stub.values = lambda cells: Accepted()
    pipes.clock.advance(minutes=3)
    stub.send(pipes)
    assert {row.state for row in pipes.rows("dhis2")} == {"sent"}


def codes(pipes: Pipes, form: str) -> dict[str, str]:
    return codes_of(pipes.catalogue.forms[form])
