"""The tracker importer, for single events of event programs: one code for all versions.

An update replaces the properties of an event and keeps the data values that it leaves out; a
value of null deletes one (DHIS2 docs, "Tracker"). With atomicMode ALL one bad event refuses the
whole payload: status ERROR and 409. With OBJECT the good ones are stored, and the answer is 200
with status OK even when every event was refused: `stats` and `errorReports` say so.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.sandbox.dhis2.faults import Standing
from gateway.sandbox.dhis2.ledger import EventWrite, Ledger, Request
from gateway.sandbox.dhis2.model import Json
from gateway.sandbox.dhis2.options import text
from gateway.sandbox.dhis2.state import State
from gateway.sandbox.dhis2.tracker_checks import Case, Fault, faults_of
from gateway.sandbox.dhis2.tracker_model import Event
from gateway.sandbox.dhis2.tracker_options import TrackerOptions

Answer = tuple[Json, int]


class Import:
    """One import of events. Runs under the sandbox's lock."""

    def __init__(
        self,
        state: State,
        ledger: Ledger,
        request: Request,
        options: TrackerOptions,
        standing: Standing,
        *,
        who: str,
        now: datetime,
    ) -> None:
        self._state, self._ledger, self._request = state, ledger, request
        self._options, self._standing, self._who, self._now = options, standing, who, now

    def run(self, events: list[Json]) -> Answer:
        """Return the bare ImportReport and its HTTP status."""
        cases = [self._case(raw) for raw in events]
        faults = [(case, found) for case in cases if (found := faults_of(case))]
        if faults and self._options.all_or_nothing:
            stats = _stats(ignored=len(cases))
            return _report("ERROR", faults, stats, {"typeReportMap": {}}), 409
        bad = {id(case) for case, _ in faults}
        good = [case for case in cases if id(case) not in bad]
        counts = {"created": 0, "updated": 0, "deleted": 0}
        for case in good:
            counts[self._keep(case)] += 1
        bundle = {"typeReportMap": {"EVENT": _type_report(good, counts)}}
        return _report("OK", faults, _stats(ignored=len(faults), **counts), bundle), 200

    def _case(self, raw: Json) -> Case:
        uid = text(raw, "event") or f"Evt{len(self._state.events):08d}"
        old = self._state.events.get(uid)
        state, options = self._state, self._options
        return Case(state, options, self._standing, self._who, self._now, raw, uid, old)

    def _keep(self, case: Case) -> str:
        old, deleting = case.old, self._options.strategy == "DELETE"
        new = old._replace(deleted=True) if old is not None and deleting else self._event(case)
        if not self._options.dry_run:
            self._state.events[case.uid] = new
            before = None if old is None else old.as_json()
            after = None if deleting else new.as_json()
            write = EventWrite(self._request, case.uid, new.org_unit, before, after)
            self._ledger.events.append(write)
        return "deleted" if deleting else "created" if old is None else "updated"

    def _event(self, case: Case) -> Event:
        if case.program is None or case.stage is None or case.unit is None:
            raise ValueError("an unresolved event cannot be stored")
        status = text(case.raw, "status") or "ACTIVE"
        completed = case.old.completed_at if case.old is not None else ""
        if status == "COMPLETED":
            completed = completed or self._now.isoformat()
        return Event(
            uid=case.uid,
            program=case.program.uid,
            stage=case.stage.uid,
            org_unit=case.unit,
            occurred_at=text(case.raw, "occurredAt") or "",
            status=status,
            values=_merged(case),
            completed_at=completed if status == "COMPLETED" else "",
        )


def _merged(case: Case) -> Mapping[str, str]:
    """Return the stored values with those sent over them, without those sent as null."""
    values = dict(case.old.values) if case.old is not None else {}
    for sent in case.raw.get("dataValues") or []:
        element, value = case.find("dataElements", text(sent, "dataElement")), text(sent, "value")
        if element is None:
            continue
        if value is None:
            values.pop(element, None)
        else:
            values[element] = value
    return values


def _stats(created: int = 0, updated: int = 0, deleted: int = 0, ignored: int = 0) -> Json:
    counts = {"created": created, "updated": updated, "deleted": deleted, "ignored": ignored}
    return {**counts, "total": sum(counts.values())}


def _type_report(cases: list[Case], counts: Mapping[str, int]) -> Json:
    return {
        "trackerType": "EVENT",
        "stats": _stats(**counts),
        "objectReports": [
            {"trackerType": "EVENT", "uid": case.uid, "errorReports": []} for case in cases
        ],
    }


def _report(status: str, faults: list[tuple[Case, list[Fault]]], stats: Json, bundle: Json) -> Json:
    errors = [fault.as_json(case.uid) for case, found in faults for fault in found]
    return {
        "status": status,
        "validationReport": {"errorReports": errors, "warningReports": []},
        "stats": stats,
        "bundleReport": bundle,
    }
