"""The sandbox server as one object: its state, its ledger and its faults."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock, Thread

from gateway.sandbox.dhis2 import legacy, sql
from gateway.sandbox.dhis2.access import Account
from gateway.sandbox.dhis2.faults import Faults, Kind, Standing
from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.ledger import Ledger, Request
from gateway.sandbox.dhis2.metadata_import import import_metadata
from gateway.sandbox.dhis2.model import Json
from gateway.sandbox.dhis2.options import Options, Payload
from gateway.sandbox.dhis2.state import State
from gateway.sandbox.dhis2.summary import Family, Summary

_IMPORTERS: dict[Family, Callable[[Job, Payload], Summary]] = {
    "legacy": legacy.import_values,
    "sql": sql.import_values,
}


@dataclass(slots=True)
class Sandbox:
    """The object behind `app.extensions["dhis2"]`; tests read it and switch its faults.

    `clock` tells the server's date, `timer` the ledger's seconds, `pause` waits. Code that reads or
    changes `state` while requests run must hold `held()`.
    """

    family: Family
    clock: Callable[[], datetime]
    timer: Callable[[], float]
    pause: Callable[[float], None]
    account: Account = field(default_factory=Account)
    state: State = field(default_factory=State)
    ledger: Ledger = field(default_factory=Ledger)
    faults: Faults = field(default_factory=Faults)
    tasks: dict[str, Json] = field(default_factory=dict)
    _late: list[Thread] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    @contextmanager
    def held(self) -> Iterator[State]:
        """Yield the state, locked against all requests."""
        with self._lock:
            yield self.state

    def load(self, metadata: Json) -> None:
        """Store metadata as `POST /api/metadata` would. Raises ValueError with each fault."""
        with self._lock:
            answer, status = import_metadata(self.state, metadata)
        if status != 200:
            faults = [
                f"{error['mainId']}: {error['message']}"
                for kind in answer["response"]["typeReports"]
                for report in kind["objectReports"]
                for error in report["errorReports"]
            ]
            raise ValueError("\n".join(faults))

    def job(self, request: Request, options: Options, standing: Standing) -> Job:
        """Return an import by the account, at this moment, under these standing faults."""
        who, now = self.account.username, self.clock()
        return Job(self.state, self.ledger, request, options, who, now, standing)

    def trim(self) -> int:
        """Mark the zeros that are not significant as deleted; return how many.

        2.43 does it at night (`DataValueTrimJob`); servers up to 2.42 never stored them.
        """
        standing = self.faults.standing("GET", "/api/")
        with self._lock:
            return self.state.trim(lambda uid: standing.strikes(Kind.ZEROS, uid))

    def import_values(self, job: Job, payload: Payload) -> Summary:
        """Import as the family does. Raises Unreadable for a payload that it cannot parse."""
        return _IMPORTERS[self.family](job, payload)

    def later(self, work: Callable[[], object]) -> None:
        """Do the work in a thread, when the client is not waiting any more."""
        thread = Thread(target=work, name="sandbox-dhis2-late", daemon=True)
        self._late.append(thread)
        thread.start()

    def settle(self, timeout: float) -> None:
        """Wait until all late writes are applied. Raises TimeoutError when one is not."""
        for thread in self._late:
            thread.join(timeout)
            if thread.is_alive():
                raise TimeoutError("a late write is still under way")
        self._late.clear()
