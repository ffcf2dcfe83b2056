"""The tracker importer's checks of one event (DHIS2, `ValidationCode`, E1000 to E1315)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from gateway.sandbox.dhis2.faults import Kind, Standing
from gateway.sandbox.dhis2.model import Json
from gateway.sandbox.dhis2.options import text
from gateway.sandbox.dhis2.state import State
from gateway.sandbox.dhis2.tracker_model import Event, Program, Stage
from gateway.sandbox.dhis2.tracker_options import TrackerOptions
from gateway.sandbox.dhis2.values import fault_of

WITHOUT_VALUES: Final = ("SCHEDULE", "OVERDUE", "SKIPPED")
UNCOMPLETE: Final = "F_UNCOMPLETE_EVENT"

MESSAGES: Final = {
    "E1000": "User: `{0}`, has no write access to OrganisationUnit: `{1}`.",
    "E1010": "Could not find Program: `{0}`, linked to Event.",
    "E1011": "Could not find OrganisationUnit: `{0}`, linked to Event.",
    "E1013": "Could not find ProgramStage: `{0}`, linked to Event.",
    "E1029": "Event OrganisationUnit: `{0}`, and Program: `{1}`, don't match.",
    "E1030": "Event: `{0}`, already exists.",
    "E1031": "Event OccurredAt date is missing.",
    "E1032": "Event: `{0}`, do not exist.",
    "E1043": "Event: `{0}`, completeness date has expired. Not possible to make changes.",
    "E1076": "`{0}` `{1}` is mandatory and cannot be null",
    "E1082": "Event: `{0}`, is already deleted and can't be modified.",
    "E1083": "User: `{0}`, is not authorized to modify completed events.",
    "E1089": "Event: `{0}`, references a ProgramStage `{1}` that is not in Program `{2}`.",
    "E1091": "User: `{0}`, has no data write access to Program: `{1}`.",
    "E1123": "Missing required event property: `{0}`.",
    "E1125": "Value `{0}` is not a valid option code in option set of DataElement `{1}`",
    "E1302": "DataElement `{0}` is not valid: `{1}`.",
    "E1303": "Mandatory DataElement `{0}` is not present.",
    "E1304": "DataElement `{0}` is not a valid data element.",
    "E1305": "DataElement `{0}` is not part of `{1}` program stage.",
    "E1315": "Status `{0}` does not allow defining data values.",
}


class Fault(NamedTuple):
    """One finding about one event."""

    code: str
    things: tuple[str, ...]

    def as_json(self, uid: str) -> Json:
        """Return the error report of the event with this UID."""
        return {
            "message": MESSAGES[self.code].format(*self.things),
            "errorCode": self.code,
            "trackerType": "EVENT",
            "uid": uid,
        }


@dataclass(slots=True)
class Case:
    """One event as it is imported, with the objects that its names stand for."""

    state: State
    options: TrackerOptions
    standing: Standing
    who: str
    now: datetime
    raw: Json
    uid: str
    old: Event | None
    program: Program | None = None
    stage: Stage | None = None
    unit: str | None = None

    def find(self, kind: str, name: str | None) -> str | None:
        """Return the UID that a name stands for in the kind's id scheme, None for none."""
        return name and self.state.find(kind, self.options.schemes[kind], name)


def faults_of(case: Case) -> list[Fault]:
    """Return all findings of the first level that has any; later levels are not checked."""
    levels: tuple[Callable[[Case], Iterator[Fault]], ...] = (_there,)
    if case.options.strategy != "DELETE":
        levels = (_there, _complete, _known, _allowed, _timely, _values)
    for level in levels:
        if found := list(level(case)):
            return found
    return []


def _there(case: Case) -> Iterator[Fault]:
    """Check the event's UID: that of a deleted event is never free again, not even to create it."""
    strategy = case.options.strategy
    if case.old is not None and case.old.deleted:
        yield Fault("E1082", (case.uid,))
    elif strategy == "CREATE" and case.old is not None:
        yield Fault("E1030", (case.uid,))
    elif strategy in ("UPDATE", "DELETE") and case.old is None:
        yield Fault("E1032", (case.uid,))


def _complete(case: Case) -> Iterator[Fault]:
    for name in ("orgUnit", "programStage"):
        if text(case.raw, name) is None:
            yield Fault("E1123", (name,))
    if text(case.raw, "occurredAt") is None:
        yield Fault("E1031", ())


def _known(case: Case) -> Iterator[Fault]:
    """Resolve the references; a program may be left to its stage to name."""
    state = case.state
    stage = case.find("programStages", text(case.raw, "programStage"))
    case.stage = state.stages.get(stage or "")
    named = text(case.raw, "program")
    program = case.find("programs", named) or (case.stage and not named and case.stage.program)
    case.program = state.programs.get(program or "")
    case.unit = case.find("organisationUnits", text(case.raw, "orgUnit"))
    if case.program is None:
        yield Fault("E1010", (named or "",))
    if case.unit is None:
        yield Fault("E1011", (str(case.raw["orgUnit"]),))
    if case.stage is None:
        yield Fault("E1013", (str(case.raw["programStage"]),))
    elif case.program is not None and case.stage.program != case.program.uid:
        yield Fault("E1089", (case.uid, case.stage.uid, case.program.uid))


def _allowed(case: Case) -> Iterator[Fault]:
    program, unit = case.program, case.unit
    if program is None or unit is None:
        return
    state, strikes = case.state, case.standing.strikes
    if unit not in program.org_units or strikes(Kind.UNASSIGNED, unit, program.uid):
        yield Fault("E1029", (unit, program.uid))
    if strikes(Kind.OUTSIDE, unit) or not state.may_capture(state.org_units[unit]):
        yield Fault("E1000", (case.who, unit))
    if program.uid in state.no_data_write or strikes(Kind.NO_SHARING, program.uid):
        yield Fault("E1091", (case.who, program.uid))
    reopened = case.raw.get("status", "ACTIVE") != "COMPLETED"
    completed = case.old is not None and case.old.status == "COMPLETED"
    if completed and reopened and not state.authorities & {UNCOMPLETE, "ALL"}:
        yield Fault("E1083", (case.who,))


def _timely(case: Case) -> Iterator[Fault]:
    program, old = case.program, case.old
    if program is None:
        return
    expired = False
    if old is not None and old.completed_at and program.expiry_days:
        until = datetime.fromisoformat(old.completed_at) + timedelta(days=program.expiry_days)
        expired = case.now > until
    if expired or case.standing.strikes(Kind.LOCKED, program.uid, case.unit):
        yield Fault("E1043", (case.uid,))


def _values(case: Case) -> Iterator[Fault]:
    stage, given = case.stage, case.raw.get("dataValues") or []
    if stage is None:
        return
    status = case.raw.get("status", "ACTIVE")
    if given and status in WITHOUT_VALUES:
        yield Fault("E1315", (status,))
    present: set[str] = set()
    for sent in given:
        name = text(sent, "dataElement") or ""
        element = case.find("dataElements", name)
        if element is None:
            yield Fault("E1304", (name,))
        elif element not in stage.members:
            yield Fault("E1305", (name, stage.uid))
        else:
            present.add(element)
            yield from _value(case, element, name, text(sent, "value"))
    for element, compulsory in stage.members.items():
        if compulsory and status == "COMPLETED" and element not in present:
            yield Fault("E1303", (element,))


def _value(case: Case, element: str, name: str, value: str | None) -> Iterator[Fault]:
    known = case.state.elements[element]
    if value is None:
        if case.stage is not None and case.stage.members[element]:
            yield Fault("E1076", ("DataElement", name))
        return
    fault = fault_of(value, known.value_type)
    if case.standing.strikes(Kind.VALUE_TYPE, element, case.unit):
        fault = "value_not_valid"
    if fault is not None:
        yield Fault("E1302", (name, fault))
    elif known.options is not None and value not in known.options:
        yield Fault("E1125", (value, name))
