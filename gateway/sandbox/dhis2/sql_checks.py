"""The checks of the importer from 2.43 on: of all values of a data set, and of one value."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.model import DataSet
from gateway.sandbox.dhis2.options import Unreadable
from gateway.sandbox.dhis2.periods import Span, locked, parse, too_early
from gateway.sandbox.dhis2.values import fault_of

LONGEST_COMMENT: Final = 5000


class Refused(Exception):
    """Raised when the payload, or a group of it, is refused; `things` fill the message."""

    def __init__(self, code: str, *things: object) -> None:
        super().__init__(code)
        self.code = code
        self.things = things


class Value(NamedTuple):
    """One decoded value: every name is a UID by now, known or not."""

    position: int
    element: str
    unit: str
    period: str
    combo: str
    attribute: str
    value: str | None
    comment: str | None
    deleted: bool


def refuse_group(job: Job, data_set: str, values: list[Value]) -> None:
    """Raise Refused with the first thing that does not fit (E8010 to E8033, E8128).

    Raises Unreadable when a period is none at all.
    """
    known = job.state.data_sets[data_set]
    for check in _CHECKS if job.forced else (*_CHECKS, *_LOCKS):
        check(job, known, values)


def fault_of_row(job: Job, value: Value) -> tuple[int, str, tuple[object, ...]] | None:
    """Return (position, code, things) of the fault of one value (E8120 to E8125), or None."""
    element = job.state.elements[value.element]
    if value.value is None:
        return None if value.deleted else (value.position, "E8120", (value.position,))
    fault = fault_of(value.value, element.value_type)
    if job.standing.strikes(Kind.VALUE_TYPE, value.element, value.unit, value.period):
        fault = "value_not_zero_or_positive_integer"
    if fault is not None:
        things = (value.position, value.value, element.value_type, fault)
        return value.position, "E8122", things
    if element.options is not None and value.value not in element.options:
        return value.position, "E8123", (value.position, value.value, value.element)
    if value.comment is not None and len(value.comment) > LONGEST_COMMENT:
        return value.position, "E8125", (value.position, LONGEST_COMMENT)
    return None


def _access(job: Job, data_set: DataSet, values: list[Value]) -> None:
    strikes = job.standing.strikes
    if data_set.uid in job.state.no_data_write or strikes(Kind.NO_SHARING, data_set.uid):
        raise Refused("E8010", data_set.uid)
    units = job.state.org_units
    outside = [
        unit
        for unit in _distinct(value.unit for value in values)
        if unit not in units
        or not job.state.may_capture(units[unit])
        or strikes(Kind.OUTSIDE, unit)
    ]
    if outside:
        raise Refused("E8011", outside)
    combos = _distinct(combo for value in values for combo in (value.combo, value.attribute))
    closed = [combo for combo in combos if combo in job.state.no_option_write]
    closed += [value.combo for value in values if strikes(Kind.OPTION_SHARING, value.combo)]
    if closed:
        raise Refused("E8012", _distinct(closed))


def _members(job: Job, data_set: DataSet, values: list[Value]) -> None:
    elements = _distinct(value.element for value in values)
    if strangers := [element for element in elements if element not in data_set.members]:
        raise Refused("E8020", data_set.uid, strangers)
    units = _distinct(value.unit for value in values)
    struck = job.standing.strikes
    if unassigned := [
        unit for unit in units if unit not in data_set.org_units or struck(Kind.UNASSIGNED, unit)
    ]:
        raise Refused("E8022", data_set.uid, unassigned)


def _periods(_job: Job, data_set: DataSet, values: list[Value]) -> None:
    periods = _distinct(value.period for value in values)
    if unusable := [period for period in periods if _span(period).kind != data_set.period_type]:
        raise Refused("E8021", data_set.uid, unusable)


def _combos(_job: Job, data_set: DataSet, values: list[Value]) -> None:
    attributes = _distinct(value.attribute for value in values)
    if unusable := [
        attribute for attribute in attributes if attribute not in data_set.attribute_combos
    ]:
        raise Refused("E8023", data_set.uid, unusable)
    for element, combo in dict.fromkeys((value.element, value.combo) for value in values):
        if combo not in data_set.members[element]:
            raise Refused("E8024", data_set.uid, element, [combo])


def _options_hold(job: Job, _data_set: DataSet, values: list[Value]) -> None:
    for value in values:
        if job.standing.strikes(Kind.OPTION_UNIT, value.attribute, value.unit):
            raise Refused("E8025", value.attribute, [value.unit])
        if job.standing.strikes(Kind.OPTION_PERIOD, value.attribute, value.period):
            raise Refused("E8032", value.attribute, [value.period])


def _unit_open(job: Job, _data_set: DataSet, values: list[Value]) -> None:
    for unit, period in dict.fromkeys((value.unit, value.period) for value in values):
        org_unit, span = job.state.org_units[unit], _span(period)
        before = org_unit.opening is not None and span.start < org_unit.opening
        after = org_unit.closed is not None and span.start > org_unit.closed
        if before or after or job.standing.strikes(Kind.UNIT_CLOSED, unit, period):
            raise Refused("E8031", unit, [period])


def _timely(job: Job, data_set: DataSet, values: list[Value]) -> None:
    """Check the months: expired, too early and outside an input period are all E8030."""
    places = dict.fromkeys((value.unit, value.period) for value in values)
    untimely = [period for unit, period in places if not _open(job, data_set, unit, period)]
    if untimely:
        raise Refused("E8030", data_set.uid, list(dict.fromkeys(untimely)))


def _open(job: Job, data_set: DataSet, unit: str, period: str) -> bool:
    """Return whether a month is open; explicit input periods replace expiry and future periods."""
    key, strikes = (data_set.uid, unit, period), job.standing.strikes
    if any(strikes(kind, *key) for kind in (Kind.LOCKED, Kind.TOO_EARLY, Kind.INPUT_PERIOD)):
        return False
    if data_set.input_periods:
        window = data_set.input_periods.get(period)
        inside = window is not None and window.holds(job.now)
        return inside is not strikes(Kind.INVERTED, *key)
    span = _span(period)
    excepted = (data_set.uid, period, unit) in job.state.lock_exceptions
    expired = locked(span, data_set.expiry_days, job.now) and not excepted
    return not expired and not too_early(span, data_set.open_future_periods, job.now)


def _approved(job: Job, data_set: DataSet, values: list[Value]) -> None:
    for unit, period in dict.fromkeys((value.unit, value.period) for value in values):
        struck = job.standing.strikes(Kind.APPROVED, data_set.uid, unit, period)
        if struck or (data_set.uid, period, unit) in job.state.approved:
            raise Refused("E8033", data_set.uid, unit, [period])


def _no_duplicates(_job: Job, _data_set: DataSet, values: list[Value]) -> None:
    cells: set[tuple[str, ...]] = set()
    for value in values:
        cell = value[1:6]
        if cell in cells:
            raise Refused("E8128", list(cell))
        cells.add(cell)


_CHECKS: Final[tuple[Callable[[Job, DataSet, list[Value]], None], ...]] = (
    _access,
    _no_duplicates,
    _members,
    _periods,
    _combos,
    _options_hold,
    _unit_open,
)
_LOCKS: Final = (_timely, _approved)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _span(period: str) -> Span:
    span = parse(period)
    if span is None:
        raise Unreadable(f"Period `{period}` is not valid")
    return span
