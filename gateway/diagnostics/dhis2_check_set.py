"""Check of a form against the data set that it is mapped to: a description in, findings out."""

from collections.abc import Iterator
from typing import Final

from gateway.dhis2.cells import cells_of
from gateway.dhis2.metadata import attribute_option_combo
from gateway.diagnostics.finding import Finding, listed
from gateway.transports.dhis2_data_set import DataSet
from menus.model.catalogue import Form
from menus.model.programme import Programme

# The value types that accept every number from 0 up; INTEGER_POSITIVE would refuse a 0.
_FITTING: Final = frozenset({"INTEGER_ZERO_OR_POSITIVE", "INTEGER", "NUMBER"})


def data_set_findings(form: Form, data_set: DataSet, programme: Programme) -> list[Finding]:
    """Return a finding for each fault that keeps the form's numbers out, or one that all fits."""
    what = f"dhis2 {form.keyword}"
    faults = [*_set_faults(form, data_set, programme), *_cell_faults(form, data_set)]
    if faults:
        return [Finding(False, what, words) for words in faults]
    return [
        Finding(True, what, f"data set {data_set.id} holds all that is sent"),
        *_zeros(form, data_set),
    ]


def _set_faults(form: Form, data_set: DataSet, programme: Programme) -> Iterator[str]:
    if data_set.period_type not in {"", "Monthly"}:
        yield f"the data set is reported {data_set.period_type}: it must be Monthly"
    if not data_set.may_write:
        yield "the account may not write to the data set: give it data write in its sharing"
    if 0 < data_set.expiry_days < programme.closes_on:
        yield (
            f"the data set closes {data_set.expiry_days} days after the month, before the closing "
            f"date of the programme (closes_on {programme.closes_on}): raise its expiry days"
        )
    combo = attribute_option_combo(form)
    known = {attribute_combo.id for attribute_combo in data_set.attribute_combos}
    if known and combo not in known:
        yield f"attribute option combo {combo} is not one of the data set's: correct the catalogue"


def _cell_faults(form: Form, data_set: DataSet) -> Iterator[str]:
    cells = cells_of(form)
    mapped = [
        (cell, data_set.elements[cell.element])
        for cell in cells
        if cell.element in data_set.elements
    ]
    lacking = [cell.code for cell in cells if cell.element not in data_set.elements]
    if lacking:
        yield f"the data set lacks {listed(lacking)}"
    foreign = [
        cell.code for cell, element in mapped if element.combos and not element.combo(cell.combo)
    ]
    if foreign:
        yield (
            f"not an option combo of its data element: {listed(foreign)}; correct "
            "category_option_combo in the catalogue"
        )
    unfit = [
        f"{cell.code} ({element.value_type})"
        for cell, element in mapped
        if element.has_options or element.value_type not in {"", *_FITTING}
    ]
    if unfit:
        yield f"takes no number from 0 up: {listed(unfit)}; change its value type, or the mapping"
    sent = {(cell.element, cell.combo) for cell in cells}
    missing = [".".join(key) for key in data_set.compulsory if key not in sent]
    if missing:
        yield f"the data set is never complete without {listed(missing)}, which no field feeds"


def _zeros(form: Form, data_set: DataSet) -> list[Finding]:
    """Find the cells whose zeros DHIS2 drops: there, no activity looks like no report."""
    lost = [cell.code for cell in cells_of(form) if not data_set.elements[cell.element].keeps_zero]
    if not lost:
        return []
    words = f"DHIS2 keeps no zero of {listed(lost)}: set zeroIsSignificant to see them"
    return [Finding(True, f"dhis2 {form.keyword} zeros", words)]
