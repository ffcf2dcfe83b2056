"""A sandbox DHIS2 in a process of its own, and what a figure asks of it."""

import json
import secrets
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from gateway.transports.dhis2 import Dhis2
from tests.bench.ground import Ground
from tests.bench.processes import answers, await_that, free_port, running
from tests.bench.programme import Programme

Family = Literal["legacy", "sql"]
FAMILIES: Final[tuple[Family, ...]] = ("legacy", "sql")
TIMEOUT: Final = 60.0  # seconds of one call


@dataclass(frozen=True, slots=True)
class Side:
    """Its address, and the account that it lets in."""

    url: str
    username: str
    password: str

    def client(self) -> Dhis2:
        """The gateway's own way to it."""
        return Dhis2(self.url, username=self.username, password=self.password, timeout=TIMEOUT)

    def switch(self, **fault: object) -> None:
        self._ask("/sandbox/faults", json.dumps(fault).encode())

    def well(self) -> None:
        self._ask("/sandbox/faults", method="DELETE")

    def totals(self) -> dict[str, int]:
        """How many requests and how many writes of a cell it has seen."""
        found: dict[str, int] = self._ask("/sandbox/ledger?limit=1")["totals"]
        return found

    def _ask(self, path: str, body: bytes | None = None, method: str | None = None) -> Any:
        request = urllib.request.Request(self.url + path, body, method=method)  # noqa: S310  loopback
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  loopback
            content = answer.read()
        return json.loads(content) if content else None


@contextmanager
def sandbox_dhis2(ground: Ground, programme: Programme, family: Family) -> Iterator[Side]:
    """One that knows the programme's metadata, empty, for as long as the block lasts."""
    side = Side(f"http://127.0.0.1:{free_port()}", "kibaru", secrets.token_urlsafe(16))
    program = (
        *("gateway", "sandbox", "dhis2", "--family", family),
        *("--port", side.url.rpartition(":")[2], "--metadata", str(programme.metadata)),
    )
    environment = {"DHIS2_USERNAME": side.username, "DHIS2_PASSWORD": side.password}
    environment["DHIS2_URL"] = side.url
    with running(*program, environment=environment, log=ground.folder / "dhis2.log"):
        await_that("DHIS2", lambda: answers(side.url + "/sandbox/faults"))
        yield side
