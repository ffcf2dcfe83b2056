"""The importer of DHIS2 2.43 and later: it refuses a payload, a group or a row.

What cannot be decoded refuses the payload, what does not fit together or is untimely refuses
all values of a data set, and only a bad value is refused alone (`DefaultDataEntryService`,
`DataEntryPipeline`).
"""

from datetime import date

from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.model import DEFAULT_OPTION_COMBO, Json, Place
from gateway.sandbox.dhis2.options import Payload, text
from gateway.sandbox.dhis2.sql_checks import Refused, Value, fault_of_row, refuse_group
from gateway.sandbox.dhis2.sql_codes import conflict
from gateway.sandbox.dhis2.state import State
from gateway.sandbox.dhis2.summary import Summary

UID_LENGTH = 11


def import_values(job: Job, payload: Payload) -> Summary:
    """Import one payload; return the summary that the real server would give.

    Raises Unreadable for a period that cannot be parsed: the real server answers 500.
    """
    try:
        data_set, completed = _decode_header(job, payload)
        values = [_decode(job, payload, index, raw) for index, raw in enumerate(payload.values)]
    except Refused as refused:
        return Summary(status="ERROR", conflicts=[conflict(refused.code, refused.things, [-1])])
    if not values and completed is None:
        return Summary()
    try:
        data_set = data_set or _only_data_set(job.state, values)
        refuse_group(job, data_set, values)
        return _write_group(job, payload, data_set, values, completed)
    except Refused as refused:
        indexes = [value.position for value in values]
        found = conflict(refused.code, refused.things, indexes)
        return Summary(status="ERROR", conflicts=[found], rejected=indexes)


def _decode_header(job: Job, payload: Payload) -> tuple[str | None, date | None]:
    """Return the data set and the completion date (E8004, E8005, E8008, E8009)."""
    data_set = None
    if payload.data_set is not None:
        scheme = job.options.data_set_scheme
        data_set = job.state.find("dataSets", scheme, payload.data_set)
        if data_set is None:
            uid_like = scheme != "uid" or _is_uid(payload.data_set)
            raise Refused("E8005" if uid_like else "E8004", payload.data_set)
    if payload.complete_date is None:
        return data_set, None
    try:
        completed = date.fromisoformat(payload.complete_date)
    except ValueError as error:
        raise Refused("E8008", payload.complete_date) from error
    if data_set is None or payload.org_unit is None or payload.period is None:
        raise Refused("E8009", payload.complete_date)
    return data_set, completed


def _decode(job: Job, payload: Payload, index: int, raw: Json) -> Value:
    """Decode one value; what it gives itself wins over the header (E8100 to E8111).

    With UIDs only the form is checked: an unknown UID is found with the group.
    """
    options = job.options
    period = text(raw, "period") or payload.period
    if period is None:
        raise Refused("E8100", index)
    element = text(raw, "dataElement")
    if element is None:
        raise Refused("E8102", index)
    unit = text(raw, "orgUnit") or payload.org_unit
    if unit is None:
        raise Refused("E8105", index)
    combo = text(raw, "categoryOptionCombo")
    attribute = text(raw, "attributeOptionCombo") or payload.attribute_combo

    def uid(kind: str, scheme: str, name: str, unknown: str, malformed: str) -> str:
        if scheme != "uid":
            found = job.state.find(kind, scheme, name)
            if found is None:
                raise Refused(unknown, index, name)
            return found
        if not _is_uid(name):
            raise Refused(malformed, index, name)
        return name

    kind, of_combo, of_attribute = (
        "categoryOptionCombos",
        options.option_combo_scheme,
        options.attribute_combo_scheme,
    )
    return Value(
        position=index,
        element=uid("dataElements", options.data_element_scheme, element, "E8103", "E8104"),
        unit=uid("organisationUnits", options.org_unit_scheme, unit, "E8107", "E8106"),
        period=period,
        combo=uid(kind, of_combo, combo, "E8108", "E8109") if combo else DEFAULT_OPTION_COMBO,
        attribute=uid(kind, of_attribute, attribute, "E8110", "E8111")
        if attribute
        else DEFAULT_OPTION_COMBO,
        value=text(raw, "value"),
        comment=text(raw, "comment"),
        deleted=raw.get("deleted") is True or options.strategy == "DELETE",
    )


def _is_uid(name: str) -> bool:
    return len(name) == UID_LENGTH and name.isascii() and name.isalnum() and not name[0].isdigit()


def _only_data_set(state: State, values: list[Value]) -> str:
    """Return the data set that holds every data element, if none is named (E8002, E8003)."""
    found = {uid for value in values for uid in state.data_sets_of.get(value.element, ())}
    if not found:
        raise Refused("E8003", sorted({value.element for value in values}))
    if len(found) > 1:
        raise Refused("E8002", sorted(found))
    return found.pop()


def _write_group(
    job: Job, payload: Payload, data_set: str, values: list[Value], completed: date | None
) -> Summary:
    faults = [found for value in values if (found := fault_of_row(job, value)) is not None]
    bad = {index for index, _, _ in faults}
    good = [value for value in values if value.position not in bad]
    if job.options.atomic and faults:
        if len(values) == 1:
            raise Refused(faults[0][1], *faults[0][2])
        raise Refused("E8000", len(good), len(values))
    for value in good:
        place, slot = (value.unit, value.period), (value.element, value.combo, value.attribute)
        job.put(
            data_set, place, slot, value.value or "", value.comment or "", deleted=value.deleted
        )
    summary = _summary(job, good, faults)
    if completed is not None and not faults and not job.options.dry_run:
        _refuse_incomplete(job, data_set, (str(payload.org_unit), str(payload.period)))
        key = (data_set, str(payload.org_unit), str(payload.period))
        attribute = payload.attribute_combo or DEFAULT_OPTION_COMBO
        day = min(completed, job.now.date()).isoformat()
        job.register(key, attribute, day)
        summary.complete = day
    return summary


def _refuse_incomplete(job: Job, data_set: str, place: Place) -> None:
    """Check the compulsory values for completion; the others are written by now all the same."""
    known = job.state.data_sets[data_set]
    if known.compulsory_only and (name := job.state.missing(place, known.compulsory)):
        raise Refused("E7605", name)


def _summary(
    job: Job, good: list[Value], faults: list[tuple[int, str, tuple[object, ...]]]
) -> Summary:
    """Count every written row as `updated`, new or not (`DataEntrySummary`)."""
    status = "SUCCESS"
    if faults:
        status = "WARNING" if good else "ERROR"
    summary = Summary(status=status, ignored=len(faults))
    if job.options.strategy == "DELETE":
        summary.deleted = len(good)
    else:
        summary.updated = len(good)
    summary.conflicts = [conflict(code, things, [index]) for index, code, things in faults]
    summary.rejected = [index for index, _, _ in faults]
    return summary
