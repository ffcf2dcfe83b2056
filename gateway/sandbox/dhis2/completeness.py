"""Complete data set registrations (`DefaultCompleteDataSetRegistrationExchangeService`).

Its conflicts have no code. The status is ERROR only when every registration was ignored:
otherwise it is SUCCESS, also with conflicts, and `importCount.ignored` must be read. Locks
and approvals are not checked on POST, only on DELETE.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.model import (
    DEFAULT_OPTION_COMBO,
    DataSet,
    Json,
    Key,
    Place,
    Registration,
)
from gateway.sandbox.dhis2.options import Options, Unreadable, text
from gateway.sandbox.dhis2.periods import locked, parse
from gateway.sandbox.dhis2.state import State
from gateway.sandbox.dhis2.summary import Summary


def register(job: Job, body: Json) -> Summary:
    """Import the registrations of the body."""
    summary = Summary(description="Import process complete.")
    entries = entries_of(body)
    for entry in entries:
        conflict = _refuse(job, entry)
        if conflict is not None:
            summary.ignored += 1
            summary.conflicts.append(conflict)
            continue
        _keep(job, entry, summary)
    if entries and summary.ignored == len(entries):
        summary.status = "ERROR"
    return summary


def entries_of(body: Json) -> list[Json]:
    """Return the registrations of the body. Raises Unreadable unless it is a list of objects."""
    entries = body.get("completeDataSetRegistrations") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable("completeDataSetRegistrations is not a list of objects")
    return entries


def touched(body: Json) -> list[Key]:
    """Return the (data set, org unit, period) that the body names."""
    return sorted(
        (str(entry.get("dataSet")), str(entry.get("organisationUnit")), str(entry.get("period")))
        for entry in entries_of(body)
    )


def withdraw(state: State, query: Mapping[str, str], now: datetime) -> str | None:
    """Remove one registration; return the reason, in words, when it may not be removed."""
    key = (query["ds"], query["pe"], query["ou"])
    data_set, period = state.data_sets.get(key[0]), parse(key[1])
    if data_set is None or period is None or key[2] not in state.org_units:
        return "Illegal data set, period or organisation unit"
    closed = locked(period, data_set.expiry_days, now) and key not in state.lock_exceptions
    if closed or key in state.approved:
        return f"Locked Data set(s) : {data_set.uid}_{key[1]}_{key[2]}"
    for registration in [stored for stored in state.registrations if stored[:3] == key]:
        del state.registrations[registration]
    return None


def select(state: State, query: Mapping[str, list[str]]) -> Json:
    """Return the registrations of the data sets, periods and units asked for; `{}` for none."""
    asked = (query.get("dataSet", []), query.get("period", []), query.get("orgUnit", []))
    found = [
        {
            "period": key[1],
            "dataSet": key[0],
            "organisationUnit": key[2],
            "attributeOptionCombo": key[3],
            "date": registration.date,
            "storedBy": registration.stored_by,
            "completed": registration.completed,
        }
        for key, registration in state.registrations.items()
        if all(not wanted or key[place] in wanted for place, wanted in enumerate(asked))
    ]
    return {"completeDataSetRegistrations": found} if found else {}


def _resolve(state: State, options: Options, entry: Json) -> tuple[str | None, str | None]:
    data_set = state.find("dataSets", options.data_set_scheme, text(entry, "dataSet") or "")
    unit = state.find(
        "organisationUnits", options.org_unit_scheme, text(entry, "organisationUnit") or ""
    )
    return data_set, unit


def _refuse(job: Job, entry: Json) -> Json | None:
    state, options = job.state, job.options
    data_set, unit = _resolve(state, options, entry)
    period = text(entry, "period") or ""
    attribute = text(entry, "attributeOptionCombo") or DEFAULT_OPTION_COMBO
    span = parse(period)
    if data_set is None:
        return _conflict(text(entry, "dataSet"), "Data set not found or not accessible")
    if span is None:
        return _conflict(period, "Period not valid")
    if unit is None:
        name = text(entry, "organisationUnit")
        return _conflict(name, "Organisation unit not found or not accessible")
    outside = job.standing.strikes(Kind.OUTSIDE, unit)
    if outside or not state.may_capture(state.org_units[unit]):
        return _conflict(unit, f"Organisation unit is not in hierarchy of user: {job.who}")
    found = _strict(job, state.data_sets[data_set], (unit, span.kind, attribute))
    if found is None and entry.get("completed") is not False:
        found = _compulsory(job, state.data_sets[data_set], (unit, period))
    return found


def _compulsory(job: Job, data_set: DataSet, place: Place) -> Json | None:
    """Return a conflict unless the compulsory values are filled, for a set that needs them."""
    wanted = data_set.compulsory if data_set.compulsory_only else frozenset()
    if job.standing.strikes(Kind.COMPULSORY, data_set.uid, *place):
        wanted = frozenset(
            (element, combo) for element, combos in data_set.members.items() for combo in combos
        )
    name = job.state.missing(place, wanted)
    return _conflict(name, f"{name} needs to be filled. It is compulsory.") if name else None


def _strict(job: Job, data_set: DataSet, asked: tuple[str, str, str]) -> Json | None:
    unit, kind, attribute = asked
    state, options, strikes = job.state, job.options, job.standing.strikes
    if data_set.uid in state.no_data_write or strikes(Kind.NO_SHARING, data_set.uid):
        return _conflict(data_set.uid, "User does not have write access for data set")
    if attribute not in data_set.attribute_combos:
        return _conflict(attribute, "Attribute option combo not found or not accessible")
    if options.strict_periods and kind != data_set.period_type:
        return _conflict(data_set.uid, "Period type of period not valid for data set")
    unassigned = unit not in data_set.org_units or strikes(Kind.UNASSIGNED, unit)
    if options.strict_org_units and unassigned:
        return _conflict(unit, f"Organisation unit is not assigned to data set: {data_set.uid}")
    return None


def _keep(job: Job, entry: Json, summary: Summary) -> None:
    state, options = job.state, job.options
    data_set, unit = _resolve(state, options, entry)
    attribute = text(entry, "attributeOptionCombo") or DEFAULT_OPTION_COMBO
    key = (str(data_set), str(text(entry, "period")), str(unit), attribute)
    there = key in state.registrations
    if options.strategy == "DELETE":
        summary.deleted += there
        summary.ignored += not there
    elif there:
        summary.updated += 1
    else:
        summary.imported += 1
    if options.dry_run:
        return
    if options.strategy == "DELETE":
        state.registrations.pop(key, None)
        return
    date = text(entry, "date") or job.now.date().isoformat()
    stored_by = text(entry, "storedBy") or job.who
    state.registrations[key] = Registration(date, stored_by, entry.get("completed") is not False)


def _conflict(thing: str | None, message: str) -> Json:
    return {"object": thing or "", "value": message}
