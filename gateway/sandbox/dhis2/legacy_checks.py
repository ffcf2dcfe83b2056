"""The checks of one value by the importer up to DHIS2 2.42 (`DataValueSetImportValidator`).

Order and codes are the validator's: the first check with a finding rejects the value, and only
its finding is reported.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.legacy_codes import Finding
from gateway.sandbox.dhis2.model import (
    DEFAULT_OPTION_COMBO,
    DataElement,
    DataSet,
    Json,
    Key,
    OrgUnit,
)
from gateway.sandbox.dhis2.options import Payload
from gateway.sandbox.dhis2.periods import Span
from gateway.sandbox.dhis2.summary import Summary
from gateway.sandbox.dhis2.values import fault_of, is_zero

LONGEST_COMMENT: Final = 50_000
LONGEST_NAME: Final = 255  # characters of storedBy


@dataclass(slots=True)
class Row:
    """One value of the payload, with the objects that its identifiers name."""

    raw: Json
    names: tuple[str, str, str, str, str]  # as sent: element, period, unit, combo, attribute
    element: DataElement | None
    period: Span | None
    unit: OrgUnit | None
    combo: str | None
    attribute: str | None
    value: str | None
    comment: str | None
    stored_by: str | None
    deleted: bool


@dataclass(slots=True)
class Sheet:
    """One payload as it is imported; `timely` caches what was found for (unit, period)."""

    job: Job
    payload: Payload
    data_set: DataSet | None
    summary: Summary = field(default_factory=Summary)
    timely: dict[Key, Finding | None] = field(default_factory=dict)
    conflicts: dict[Finding, Json] = field(default_factory=dict)
    elements: dict[str | None, DataElement | None] = field(default_factory=dict)
    units: dict[str | None, OrgUnit | None] = field(default_factory=dict)
    combos: dict[str | None, str | None] = field(default_factory=dict)

    def element(self, name: str | None) -> DataElement | None:
        """Return the data element of that name, looked up once."""
        if name not in self.elements:
            found = self.resolve("dataElements", self.job.options.data_element_scheme, name)
            self.elements[name] = self.job.state.elements[found] if found else None
        return self.elements[name]

    def unit(self, name: str | None) -> OrgUnit | None:
        """Return the org unit of that name, looked up once."""
        if name not in self.units:
            found = self.resolve("organisationUnits", self.job.options.org_unit_scheme, name)
            self.units[name] = self.job.state.org_units[found] if found else None
        return self.units[name]

    def combo(self, name: str | None) -> str | None:
        """Return the option combo of that name, looked up once.

        Attribute option combos go by the scheme of the category option combos, up to 2.42.
        """
        if name not in self.combos:
            scheme = self.job.options.option_combo_scheme
            self.combos[name] = self.resolve("categoryOptionCombos", scheme, name)
        return self.combos[name]

    def resolve(self, kind: str, scheme: str, name: str | None) -> str | None:
        """Return the UID that a name stands for, None for none or an unknown one."""
        return None if name is None else self.job.state.find(kind, scheme, name)

    def closest_data_set(self, element: DataElement) -> DataSet | None:
        """Return the payload's data set, else the first one that holds the data element."""
        if self.data_set is not None:
            return self.data_set
        found = self.job.state.data_sets_of.get(element.uid, ())
        return self.job.state.data_sets[found[0]] if found else None


def exists(sheet: Sheet, row: Row) -> Finding | None:
    """Check that everything named exists and is within reach (E7610 to E7617)."""
    element, period, unit, combo, attribute = row.names
    checks = (
        (row.element is None, "E7610", element),
        (row.period is None, "E7611", period),
        (row.unit is None, "E7612", unit),
        (bool(combo) and row.combo is None, "E7613", combo),
        (bool(attribute) and row.attribute is None, "E7615", attribute),
    )
    for missing, code, name in checks:
        if missing:
            return Finding(code, (name,))
    return _within_reach(sheet.job, row)


def _within_reach(job: Job, row: Row) -> Finding | None:
    """Check that the account may write for the options and the unit (E7614, E7616, E7617)."""
    closed = job.state.no_option_write
    for code, combo in (("E7614", row.combo), ("E7616", row.attribute)):
        struck = code == "E7614" and job.standing.strikes(Kind.OPTION_SHARING, combo)
        if combo is not None and (combo in closed or struck):
            return Finding(code, (combo, job.who))
    if row.unit is None:
        return None
    outside = job.standing.strikes(Kind.OUTSIDE, row.unit.uid)
    if outside or not job.state.may_capture(row.unit):
        return Finding("E7617", (row.unit.uid, job.who))
    return None


def is_value(sheet: Sheet, row: Row) -> Finding | None:
    """Check that the value fits its data element (E7618 to E7621), and storedBy is a name."""
    if row.stored_by is not None and len(row.stored_by) > LONGEST_NAME:
        return Finding("E7637", ("stored_by_length_greater_than_max_length",))
    return _of_element(sheet, row)


def _of_element(sheet: Sheet, row: Row) -> Finding | None:
    element = row.names[0]
    if row.element is None or row.deleted:
        return None
    if row.value is None and row.comment is None:
        return Finding("E7618", (element,))
    if row.value is not None:
        fault = fault_of(row.value, row.element.value_type)
        if _wrong_type(sheet, row):
            fault = "value_not_zero_or_positive_integer"
        if fault is not None:
            return Finding("E7619", (element, fault))
    if row.comment is not None and len(row.comment) > LONGEST_COMMENT:
        return Finding("E7620", ("comment_length_greater_than_max_length",))
    if row.element.options is not None and row.value not in row.element.options:
        return Finding("E7621", (element,))
    return None


def _wrong_type(sheet: Sheet, row: Row) -> bool:
    unit = None if row.unit is None else row.unit.uid
    element = None if row.element is None else row.element.uid
    return sheet.job.standing.strikes(Kind.VALUE_TYPE, element, unit, row.names[1])


def strict(sheet: Sheet, row: Row) -> Finding | None:
    """Check what only the strict parameters ask for (E7630 to E7636)."""
    options = sheet.job.options
    if row.combo is None and options.require_option_combo:
        return Finding("E7630", row.names[:1])
    if row.attribute is None and options.require_attribute_combo:
        return Finding("E7631", row.names[:1])
    row.combo = row.combo or DEFAULT_OPTION_COMBO
    row.attribute = row.attribute or DEFAULT_OPTION_COMBO
    return next((found for ask in _STRICT if (found := ask(sheet, row)) is not None), None)


def _period_type(sheet: Sheet, row: Row) -> Finding | None:
    if not sheet.job.options.strict_periods or row.element is None or row.period is None:
        return None
    state = sheet.job.state
    kinds = {state.data_sets[uid].period_type for uid in state.data_sets_of[row.element.uid]}
    return None if row.period.kind in kinds else Finding("E7632", (row.names[1], row.names[0]))


def _in_data_set(sheet: Sheet, row: Row) -> Finding | None:
    if not sheet.job.options.strict_data_elements or row.element is None:
        return None
    if sheet.data_set is None or row.element.uid in sheet.data_set.members:
        return None
    return Finding("E7633", (row.names[0], sheet.data_set.uid))


def _combo_of_element(sheet: Sheet, row: Row) -> Finding | None:
    if not sheet.job.options.strict_option_combos or row.element is None:
        return None
    combos = row.element.combos
    for uid in sheet.job.state.data_sets_of[row.element.uid]:
        combos |= sheet.job.state.data_sets[uid].members[row.element.uid]
    if row.combo in combos:
        return None
    return Finding("E7634", (str(row.combo), row.element.uid))


def _combo_of_data_set(sheet: Sheet, row: Row) -> Finding | None:
    if not sheet.job.options.strict_attribute_combos or row.element is None:
        return None
    state = sheet.job.state
    for uid in state.data_sets_of[row.element.uid]:
        if row.attribute in state.data_sets[uid].attribute_combos:
            return None
    return Finding("E7635", (str(row.attribute), row.element.uid))


def _assigned(sheet: Sheet, row: Row) -> Finding | None:
    if not sheet.job.options.strict_org_units or row.element is None or row.unit is None:
        return None
    state, unit = sheet.job.state, row.unit.uid
    struck = sheet.job.standing.strikes(Kind.UNASSIGNED, unit)
    for uid in state.data_sets_of[row.element.uid]:
        if unit in state.data_sets[uid].org_units and not struck:
            return None
    return Finding("E7636", (row.unit.uid, row.element.uid))


_STRICT: Final[tuple[Callable[[Sheet, Row], Finding | None], ...]] = (
    _period_type,
    _in_data_set,
    _combo_of_element,
    _combo_of_data_set,
    _assigned,
)


def zero_dropped(sheet: Sheet, row: Row) -> bool:
    """Return whether this is a zero that is not stored (zeroIsSignificant is false)."""
    if row.element is None or row.value is None or row.deleted:
        return False
    if row.element.zero_counts and not sheet.job.standing.strikes(Kind.ZEROS, row.element.uid):
        return False
    return is_zero(row.value, row.element.value_type)
