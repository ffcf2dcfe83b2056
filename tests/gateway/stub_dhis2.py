"""A DHIS2 that answers as a test says, and remembers all that it took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from gateway.dhis2 import forwarding
from gateway.dhis2.server import Dhis2Target
from gateway.transports.dhis2 import Cell, Registration
from gateway.transports.dhis2_verdict import Accepted, Conflict, GroupRefused, Partly, Verdict
from tests.gateway.harness import Harness

Judge = Callable[[Sequence[Cell]], Verdict]
JudgeComplete = Callable[[Sequence[Registration]], Verdict]


@dataclass(slots=True)
class StubDhis2:
    """`values` and `completeness` judge each request; both take everything unless told."""

    values: Judge = lambda cells: Accepted()
    completeness: JudgeComplete = lambda registrations: Accepted()
    requests: list[str] = field(default_factory=list)
    registered: list[tuple[str, bool]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def post_values(
        self, data_set: str, cells: Sequence[Cell], *, attribute_option_combo: str
    ) -> Verdict:
        with self.lock:
            self.requests.append(f"{len(cells)} values")
        return self.values(cells)

    def register_completeness(self, registrations: Sequence[Registration]) -> Verdict:
        with self.lock:
            self.requests.append(f"{len(registrations)} registrations")
            self.registered += [(one.org_unit, one.completed) for one in registrations]
        return self.completeness(registrations)

    def target(self, harness: Harness) -> Dhis2Target:
        return Dhis2Target(self, 60.0, harness.context)  # type: ignore[arg-type]

    def send(self, harness: Harness) -> int:
        return forwarding.send_due(harness.engine, self.target(harness), harness.clock)


def refusing(code: str, text: str = "") -> Judge:
    """Every request is refused as a whole, as 2.43 does."""
    return lambda cells: GroupRefused(Conflict(code, text))


def refusing_first(code: str, text: str = "") -> Judge:
    """One value of every request, always the same, is refused by itself."""

    def judge(cells: Sequence[Cell]) -> Verdict:
        first = min(range(len(cells)), key=lambda place: cells[place].key)
        return Partly({first: Conflict(code, text)})

    return judge
