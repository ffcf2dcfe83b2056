"""Check that a month is open to a unit, as the importer up to 2.42 does (E7638 to E7644)."""

from collections.abc import Callable
from typing import Final

from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.legacy_checks import Row, Sheet
from gateway.sandbox.dhis2.legacy_codes import Finding
from gateway.sandbox.dhis2.model import DataSet, Key
from gateway.sandbox.dhis2.periods import Span, locked, too_early

Check = Callable[[Sheet, DataSet, Key, Span], Finding | None]


def timely(sheet: Sheet, row: Row) -> Finding | None:
    """Check that the month is open for the unit; an element without a data set passes."""
    if row.element is None or row.unit is None or row.period is None:
        return None
    data_set = sheet.closest_data_set(row.element)
    if data_set is None:
        return None
    unit, code, attribute = row.unit.uid, row.names[1], str(row.attribute)
    strikes = sheet.job.standing.strikes
    if strikes(Kind.OPTION_PERIOD, attribute, code):
        return Finding("E7638", (code, attribute))
    if strikes(Kind.OPTION_UNIT, attribute, unit):
        return Finding("E7639", (unit, attribute))
    key, period = (data_set.uid, unit, code), row.period
    if key not in sheet.timely:
        asked = (check(sheet, data_set, key, period) for check in _CHECKS)
        sheet.timely[key] = next((found for found in asked if found is not None), None)
    finding = sheet.timely[key]
    if finding is not None and finding.code == "E7641":
        return Finding("E7641", (code, row.element.uid))
    return finding


def _expired(sheet: Sheet, data_set: DataSet, key: Key, period: Span) -> Finding | None:
    job, (uid, unit, code) = sheet.job, key
    excepted = (uid, code, unit) in job.state.lock_exceptions
    past = locked(period, data_set.expiry_days, job.now) and not excepted
    if past or job.standing.strikes(Kind.LOCKED, *key):
        return Finding("E7640", (code, uid))
    return None


def _early(sheet: Sheet, data_set: DataSet, key: Key, period: Span) -> Finding | None:
    early = too_early(period, data_set.open_future_periods, sheet.job.now)
    if early or sheet.job.standing.strikes(Kind.TOO_EARLY, *key):
        return Finding("E7641", (key[2], ""))
    return None


def _approved(sheet: Sheet, _data_set: DataSet, key: Key, _period: Span) -> Finding | None:
    uid, unit, code = key
    approved = (uid, code, unit) in sheet.job.state.approved
    if approved or sheet.job.standing.strikes(Kind.APPROVED, *key):
        return Finding("E7642", (unit, code, uid))
    return None


def _input_period(sheet: Sheet, data_set: DataSet, key: Key, _period: Span) -> Finding | None:
    """Check the input periods: without a data set in the payload, all that hold the element."""
    uid, _, code = key
    shut = sheet.job.standing.strikes(Kind.INPUT_PERIOD, *key)
    if data_set.input_periods:
        window = data_set.input_periods.get(code)
        shut = shut or window is None or not window.holds(sheet.job.now)
    if not shut:
        return None
    return Finding("E7644", (code,)) if sheet.data_set is None else Finding("E7643", (code, uid))


_CHECKS: Final[tuple[Check, ...]] = (_expired, _early, _approved, _input_period)
