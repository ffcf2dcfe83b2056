"""The sandbox DHIS2 that a test forwards to, with a gate that holds slow writes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event

from gateway.dhis2 import forwarding
from gateway.dhis2.metadata import data_set_uid, days_out_target, export, field_target
from gateway.dhis2.org_units import org_units_of
from gateway.dhis2.server import Dhis2Target
from gateway.sandbox.dhis2 import DEFAULT_TOKEN, Sandbox, create_app
from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.serving import serving
from gateway.storage import destinations
from gateway.storage.destinations import Health
from gateway.storage.engine import reading
from gateway.transports.dhis2 import Dhis2
from tests.gateway.harness import OCTOBER, PEC_VALUES, Harness

CLOSED = datetime(2026, 11, 10, 1, tzinfo=UTC)  # the closing date, past the hour of spreading
HELD = {code: str(number) for code, number in PEC_VALUES.items()}
FAMILIES = {"sqlite": "sql", "postgresql": "legacy"}
PATIENCE = 20.0  # seconds after which a test that waits for something has failed

HELD_UP = (Kind.SLOW, Kind.LATE)
SOON = 1.0


@dataclass(slots=True)
class FarSide:
    """A DHIS2 that knows the programme's metadata, and the gateway's way to it.

    Slow and late writes wait until `gate` is opened.
    """

    harness: Harness
    sandbox: Sandbox
    target: Dhis2Target
    gate: Event = field(default_factory=Event)

    def learn(self) -> None:
        """Takes in the metadata of the roster as it is now; what was assigned stays assigned."""
        with reading(self.harness.engine) as connection:
            units = org_units_of(connection, OCTOBER)
        with self.sandbox.held() as state:
            before = {uid: one.org_units for uid, one in state.data_sets.items()}
            self.sandbox.load(export(self.harness.catalogue, units))
            for uid, old in before.items():
                one = state.data_sets[uid]
                state.data_sets[uid] = replace(one, org_units=one.org_units | old)

    def send(self) -> int:
        return forwarding.send_due(self.harness.engine, self.target, self.harness.clock)

    def fail(self, kind: Kind, times: int | None = None, *, path: str = "/api/") -> None:
        """Goes wrong in this way; a slow or late write waits for the gate."""
        self.gate.clear()
        self.sandbox.faults.set(kind, times, seconds=SOON if kind in HELD_UP else 0.0, path=path)

    def recover(self) -> None:
        """All is well again, and every lease has run out."""
        self.sandbox.faults.clear()
        self.gate.set()
        self.sandbox.settle(PATIENCE)
        self.harness.change_rows("dhis2", lease_until=0)

    def held(self, unit: str = "KolaSite001", form: str = "PEC") -> Mapping[str, str]:
        """What DHIS2 holds of a form for a unit, by our codes; days out as `ENF J`."""
        found: dict[str, str] = {}
        blank = self.harness.catalogue.forms[form]
        with self.sandbox.held() as state:
            for one in blank.fields:
                for code, target in (
                    (one.code, field_target(blank, one.code)),
                    (f"{one.code} J", days_out_target(blank, one.code)),
                ):
                    value = target and state.value(target[0], OCTOBER, unit, target[1])
                    if value:
                        found[code] = value
        return found

    def completed(self, unit: str = "KolaSite001", form: str = "PEC") -> str | None:
        """The day since which DHIS2 has the form as complete; None for not (any more)."""
        data_set = data_set_uid(self.harness.catalogue.forms[form])
        with self.sandbox.held() as state:
            for key, one in state.registrations.items():
                if key[:3] == (data_set, OCTOBER, unit) and one.completed:
                    return one.date
        return None

    def calls(self) -> list[str]:
        """The last part of the path of every request so far."""
        return [one.path.rpartition("/")[2] for one in self.sandbox.ledger.requests]

    def health(self, form: str = "") -> Health:
        """What the breaker of the server, or of a form's data set, remembers."""
        name = destinations.part(destinations.DHIS2, form) if form else destinations.DHIS2
        with reading(self.harness.engine) as connection:
            return destinations.with_parts(connection, destinations.DHIS2).get(name, Health())


@contextmanager
def far_side(harness: Harness, family: str, *, timeout: float = 10.0) -> Iterator[FarSide]:
    """A sandbox DHIS2 of a family (`legacy`, `sql`) on loopback, on the test's clock."""
    gate = Event()
    pause: Callable[[float], object] = lambda seconds: gate.wait(PATIENCE)  # noqa: E731
    app = create_app(family, clock=harness.clock, pause=pause)  # type: ignore[arg-type]
    sandbox: Sandbox = app.extensions["dhis2"]
    with (
        serving(app) as url,
        Dhis2(url, token=DEFAULT_TOKEN, timeout=timeout) as client,
    ):
        target = Dhis2Target(client, timeout, harness.context)
        side = FarSide(harness, sandbox, target, gate)
        side.learn()
        yield side
        gate.set()
