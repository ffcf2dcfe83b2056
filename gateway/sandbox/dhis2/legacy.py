"""The importer of DHIS2 2.38 to 2.42: every value is judged alone, good values are written."""

from datetime import date

from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.legacy_checks import (
    Row,
    Sheet,
    exists,
    is_value,
    strict,
    zero_dropped,
)
from gateway.sandbox.dhis2.legacy_codes import Finding, conflict
from gateway.sandbox.dhis2.legacy_timely import timely
from gateway.sandbox.dhis2.model import DEFAULT_OPTION_COMBO, Json
from gateway.sandbox.dhis2.options import Payload, Unreadable, text
from gateway.sandbox.dhis2.periods import parse
from gateway.sandbox.dhis2.summary import Summary


def import_values(job: Job, payload: Payload) -> Summary:
    """Import one payload; return the summary that the real server would give."""
    uid = payload.data_set and job.state.find(
        "dataSets", job.options.data_set_scheme, payload.data_set
    )
    sheet = Sheet(job, payload, job.state.data_sets[uid] if uid else None)
    refusals = _set_level(sheet)
    if refusals:
        summary = Summary(status="ERROR", description="Import process was aborted")
        summary.conflicts = [conflict(refusal) for refusal in refusals]
        return summary
    _complete(sheet)
    for index, raw in enumerate(payload.values):
        _judge(sheet, index, _row(sheet, raw))
    sheet.summary.conflicts = list(sheet.conflicts.values())
    sheet.summary.status = "WARNING" if sheet.conflicts else "SUCCESS"
    return sheet.summary


def _set_level(sheet: Sheet) -> list[Finding]:
    """Return the refusals of the payload as a whole (E7600 to E7604)."""
    payload, options, state = sheet.payload, sheet.job.options, sheet.job.state
    findings: list[Finding] = []
    if payload.data_set is not None and sheet.data_set is None:
        findings.append(Finding("E7600", (payload.data_set,)))
    if sheet.data_set is not None:
        uid = sheet.data_set.uid
        if uid in state.no_data_write or sheet.job.standing.strikes(Kind.NO_SHARING, uid):
            findings.append(Finding("E7601", (uid,)))
    if sheet.data_set is None and options.strict_data_elements:
        findings.append(Finding("E7602", ()))
    if payload.org_unit is not None and not state.find(
        "organisationUnits", options.org_unit_scheme, payload.org_unit
    ):
        findings.append(Finding("E7603", (payload.org_unit,)))
    if payload.attribute_combo is not None and not sheet.combo(payload.attribute_combo):
        findings.append(Finding("E7604", (payload.attribute_combo,)))
    return findings


def _complete(sheet: Sheet) -> None:
    """Register `completeDate` before any value is judged, and even in a dry run."""
    payload = sheet.payload
    if payload.complete_date is None or sheet.data_set is None:
        return
    unit = sheet.resolve("organisationUnits", sheet.job.options.org_unit_scheme, payload.org_unit)
    for missing, name in ((payload.period, "Period"), (unit, "OrganisationUnit")):
        if missing is None:
            informal = {"object": name, "value": "Must be provided to complete data set"}
            sheet.conflicts[Finding(name, ())] = informal
            return
    today = sheet.job.now.date()
    given = payload.complete_date
    try:
        day = today if given == "true" else min(date.fromisoformat(given), today)
    except ValueError as error:
        raise Unreadable(f"Text '{given}' could not be parsed at index 10") from error
    key = (sheet.data_set.uid, str(unit), str(payload.period))
    attribute = sheet.combo(payload.attribute_combo) or DEFAULT_OPTION_COMBO
    sheet.job.register(key, attribute, day.isoformat())
    sheet.summary.complete = day.isoformat()


def _row(sheet: Sheet, raw: Json) -> Row:
    """Resolve a value; up to 2.42 the header wins over what the value says itself."""
    payload, options = sheet.payload, sheet.job.options
    element = text(raw, "dataElement")
    period = payload.period or text(raw, "period")
    unit = payload.org_unit or text(raw, "orgUnit")
    combo = text(raw, "categoryOptionCombo")
    attribute = payload.attribute_combo or text(raw, "attributeOptionCombo")
    return Row(
        raw=raw,
        names=(element or "", period or "", unit or "", combo or "", attribute or ""),
        element=sheet.element(element),
        period=parse(period) if period else None,
        unit=sheet.unit(unit),
        combo=sheet.combo(combo),
        attribute=sheet.combo(attribute),
        value=text(raw, "value"),
        comment=text(raw, "comment"),
        stored_by=text(raw, "storedBy"),
        deleted=raw.get("deleted") is True or options.strategy == "DELETE",
    )


def _judge(sheet: Sheet, index: int, row: Row) -> None:
    finding = exists(sheet, row) or is_value(sheet, row) or strict(sheet, row)
    if finding is None and zero_dropped(sheet, row):
        # It is neither written nor counted nor named: the number is silently lost.
        return
    if finding is None and not sheet.job.forced:
        finding = timely(sheet, row)
    if finding is None:
        _write(sheet, index, row)
        return
    sheet.summary.ignored += 1
    sheet.summary.rejected.append(index)
    if finding not in sheet.conflicts:
        sheet.conflicts[finding] = {**conflict(finding), "indexes": []}
    sheet.conflicts[finding]["indexes"].append(index)


def _write(sheet: Sheet, index: int, row: Row) -> None:
    """Write and count an accepted row; an unchanged one is `ignored`, without conflict."""
    if row.element is None or row.unit is None or row.combo is None or row.attribute is None:
        raise ValueError("an unresolved row cannot be written")
    place, slot = (row.unit.uid, row.names[1]), (row.element.uid, row.combo, row.attribute)
    job, summary = sheet.job, sheet.summary
    old = job.current(place, slot)
    there = old is not None and not old.deleted
    strategy = job.options.strategy
    if (strategy == "CREATE" and there) or (strategy == "UPDATE" and not there):
        summary.ignored += 1
        summary.rejected.append(index)
        return
    value, comment = row.value or "", row.comment or ""
    if row.deleted:
        summary.deleted += there
        summary.ignored += not there
    elif old is not None and there:
        same = old.value == value and old.comment == comment
        summary.ignored += same
        summary.updated += not same
    else:
        summary.imported += 1
    data_set = sheet.closest_data_set(row.element)
    name = data_set.uid if data_set else ""
    deleted, by = row.deleted, row.stored_by
    job.put(name, place, slot, value, comment, deleted=deleted, stored_by=by)
