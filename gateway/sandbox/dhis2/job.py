"""One import at work on the state, with its entries in the ledger; both importers use it."""

from dataclasses import dataclass
from datetime import datetime

from gateway.sandbox.dhis2.faults import Standing
from gateway.sandbox.dhis2.ledger import Ledger, Request, Write
from gateway.sandbox.dhis2.model import Cell, Key, Place, Registration, Slot
from gateway.sandbox.dhis2.options import Options, Payload, text
from gateway.sandbox.dhis2.state import State


@dataclass(frozen=True, slots=True)
class Job:
    """One import. Runs under the sandbox's lock."""

    state: State
    ledger: Ledger
    request: Request
    options: Options
    who: str
    now: datetime
    standing: Standing

    @property
    def forced(self) -> bool:
        """Whether closed months count as open: `force` is for superusers alone."""
        return self.options.force and "ALL" in self.state.authorities

    def current(self, place: Place, slot: Slot) -> Cell | None:
        """Return what the cell holds, also when it was deleted."""
        return self.state.cells.get(place, {}).get(slot)

    def put(
        self,
        data_set: str,
        place: Place,
        slot: Slot,
        value: str,
        comment: str,
        *,
        deleted: bool,
        stored_by: str | None = None,
    ) -> None:
        """Write one accepted row, unless the import is a dry run."""
        if self.options.dry_run:
            return
        rows = self.state.cells.setdefault(place, {})
        old = rows.get(slot)
        created = self.now if old is None else old.created
        rows[slot] = Cell(value, comment, stored_by or self.who, created, self.now, deleted)
        before = None if old is None or old.deleted else old.value
        after = None if deleted else value
        self.ledger.writes.append(Write(self.request, data_set, place, slot, before, after))

    def register(self, key: Key, attribute: str, date: str) -> None:
        """Register completeness, as `completeDate` in a payload does."""
        data_set, unit, period = key
        self.state.registrations[data_set, period, unit, attribute] = Registration(
            date, self.who, True
        )


def touched(payload: Payload) -> list[Key]:
    """Return the (data set, org unit, period) that the payload is about, as it names them."""
    data_set = payload.data_set or ""
    header = (payload.org_unit or "", payload.period or "")
    places = {
        (text(raw, "orgUnit") or header[0], text(raw, "period") or header[1])
        for raw in payload.values
    }
    if not payload.values:
        places.add(header)
    return sorted((data_set, unit, period) for unit, period in places)
