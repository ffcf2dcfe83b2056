"""The sandbox operator and DHIS2 of a journey, served from threads of the test."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import Any

import requests

from gateway.model.uids import uid
from gateway.sandbox import operator
from gateway.sandbox.dhis2.app import create_app
from gateway.sandbox.dhis2.ledger import Request
from gateway.sandbox.dhis2.sandbox import Sandbox
from gateway.sandbox.dhis2.summary import Family
from gateway.sandbox.operator_posts import direct_session
from gateway.sandbox.serving import serving
from tests.journeys.processes import free_port, wait_for

HELD = 60.0  # seconds after which a request goes on by itself, should a test forget it
ACCOUNT = {"username": "sandbox", "api_key": "journey"}


class Dhis2:
    """The sandbox DHIS2 at one address, where it can go away and come back with all its data."""

    def __init__(self, family: Family) -> None:
        self._app = create_app(family, pause=self._pause)
        self._port, self._running, self._go_on = free_port(), ExitStack(), Event()
        self.sandbox: Sandbox = self._app.extensions["dhis2"]
        self.url = f"http://127.0.0.1:{self._port}"

    def _pause(self, _: float) -> None:
        self._go_on.wait(HELD)

    def start(self) -> None:
        self._running.enter_context(serving(self._app, self._port))

    def stop(self) -> None:
        self._running.close()

    def hold(self) -> None:
        """Stop in the middle of every import of values from now on, until `let_go`."""
        self._go_on.clear()
        self.sandbox.faults.set("slow", seconds=HELD, path="/api/dataValueSets", method="POST")

    def let_go(self) -> None:
        self.sandbox.faults.clear()
        self._go_on.set()
        wait_for(lambda: not self.under_way(), "DHIS2 has done its part")

    def under_way(self) -> list[Request]:
        """Return the imports of values that it is in the middle of."""
        requests = list(self.sandbox.ledger.requests)
        return [
            request
            for request in requests
            if request.ended is None and request.path == "/api/dataValueSets"
        ]

    def values(self, org_unit: str, period: str) -> dict[str, str]:
        """Return the values of a place, by the codes of the data elements."""
        with self.sandbox.held() as state:
            return {
                state.elements[slot[0]].code: cell.value
                for slot, cell in state.cells.get((org_unit, period), {}).items()
                if not cell.deleted
            }

    def is_complete(self, org_unit: str, period: str, form: str) -> bool:
        """Return whether the form's data set is registered as complete for a place."""
        data_set = uid("dataSet", form)
        with self.sandbox.held() as state:
            return any(
                key[:3] == (data_set, period, org_unit) and registration.completed
                for key, registration in state.registrations.items()
            )

    def histories(self, period: str) -> dict[str, dict[str, list[str | None]]]:
        """Return everything that was ever written for a month, by org unit and code, in order."""
        found: dict[str, dict[str, list[str | None]]] = {}
        with self.sandbox.held() as state:
            for write in self.sandbox.ledger.writes:
                if write.place[1] == period:
                    code = state.elements[write.slot[0]].code
                    found.setdefault(write.place[0], {}).setdefault(code, []).append(write.new)
        return found


class Operator:
    """The sandbox operator, asked over HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url

    def sent(self, phone: str) -> list[str]:
        """Return the SMS to this number, oldest first."""
        with direct_session() as http:
            found = http.get(f"{self.url}/sandbox/messages", params={"phone": phone}, timeout=5)
        return [message["text"] for message in found.json()["messages"]]

    def replies_by_phone(self) -> dict[str, list[str]]:
        """Return all SMS, by number."""
        found: dict[str, list[str]] = {}
        after = 0
        with direct_session() as http:
            while page := self._page(http, after):
                after = page[-1]["id"]
                for message in page:
                    found.setdefault(message["phone"], []).append(message["text"])
        return found

    def count(self) -> int:
        """Return the number of all SMS."""
        with direct_session() as http:
            answer = http.get(f"{self.url}/sandbox/messages?after=1000000", timeout=5)
        return int(answer.json()["count"])

    def _page(self, http: requests.Session, after: int) -> list[dict[str, Any]]:
        asked = {"after": str(after)}
        found = http.get(f"{self.url}/sandbox/messages", params=asked, timeout=5)
        messages: list[dict[str, Any]] = found.json()["messages"]
        return messages

    def fault(self, **fault: Any) -> None:
        """Let the next sends fail, see `operator_ledger.Fault`."""
        with direct_session() as http:
            answer = http.post(f"{self.url}/sandbox/faults", json=fault, timeout=5)
        answer.raise_for_status()

    def well(self) -> None:
        with direct_session() as http:
            http.delete(f"{self.url}/sandbox/faults", timeout=5).raise_for_status()


@contextmanager
def sandbox_operator(webhook_base: str) -> Iterator[Operator]:
    """Yield an operator for as long as the block lasts."""
    with serving(operator.create_app(webhook_base=webhook_base, **ACCOUNT)) as url:
        yield Operator(url)
