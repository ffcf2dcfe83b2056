"""The catalogue as DHIS2 metadata: what to import there, and where each number goes. Pure.

Codes are `ASC_PEC_VUS` for a field, `ASC_STK_BEB_J` for the days without a product and
`ASC_PEC` for a form; UIDs are derived from them. An object with an explicit UID in the
catalogue belongs to the server already: it is referred to and never exported. Lengths and
references are those of DHIS2's own schemas (name 230, shortName 50, code 50).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.dhis2.metadata_referrals import export_referrals
from gateway.model.org_tree import upward
from gateway.model.uids import uid
from menus.model.catalogue import Catalogue, Field, Form

DEFAULT_CATEGORY_COMBO: Final = "bjDvmb4bfuf"
DEFAULT_OPTION_COMBO: Final = "HllvX50cXC0"

NOT_SENT: Final = "none"
NAME_LENGTH: Final = 230
SHORT_NAME_LENGTH: Final = 50
CODE_LENGTH: Final = 50

# DHIS2 requires an opening date of every unit, and 2.43 refuses values from before it (E8031).
OPENED: Final = "1970-01-01"

Json = dict[str, Any]
Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OrgUnitRow:
    """A unit of the roster as the export needs it.

    `parent_code` is the code of another row, or None; `dhis2_id` None for a unit that DHIS2
    does not know; `receives` tells that values of some site arrive at this unit.
    """

    code: str
    name: str
    level: str
    parent_code: str | None
    dhis2_id: str | None
    receives: bool = False


def data_element_uid(field: Field) -> str | None:
    """Return where the field's number goes: its explicit UID, else the derived one.

    None when it is not sent.
    """
    if field.data_element == NOT_SENT:
        return None
    return field.data_element or uid("dataElement", field.code)


def days_out_uid(field: Field) -> str | None:
    """Return where the days without the product go; None for no product, or when not sent.

    The days of a field that is not sent are not sent either, unless they are mapped explicitly.
    """
    if not field.takes_days_out or field.days_out_data_element == NOT_SENT:
        return None
    if field.days_out_data_element is None and field.data_element == NOT_SENT:
        return None
    return field.days_out_data_element or uid("dataElement", f"{field.code}_J")


def data_set_uid(form: Form) -> str:
    """Return the data set of the form: its explicit UID, else that derived from the keyword."""
    return form.data_set or uid("dataSet", form.keyword)


def attribute_option_combo(form: Form) -> str:
    """Return the attribute option combo of every value and registration of the form."""
    return form.attribute_option_combo or DEFAULT_OPTION_COMBO


def field_target(form: Form, code: str) -> Target | None:
    """Return (data element, category option combo) of a number; None when it is not sent.

    Raises KeyError when the form has no such field.
    """
    field = form.field(code)
    element = data_element_uid(field)
    return None if element is None else (element, _option_combo(field))


def days_out_target(form: Form, code: str) -> Target | None:
    """Return (data element, category option combo) of the days out; None when they are not sent.

    They always have the default combo unless their data element is explicit, since the derived
    one is made with the default combo. Raises KeyError when the form has no such field.
    """
    field = form.field(code)
    element = days_out_uid(field)
    if element is None:
        return None
    return element, _option_combo(field) if field.days_out_data_element else DEFAULT_OPTION_COMBO


def export(catalogue: Catalogue, org_units: Sequence[OrgUnitRow] = ()) -> Json:
    """Return DHIS2 metadata for `POST /api/metadata`.

    It holds `dataElements` and `dataSets`, each in the catalogue's order, and the event program of
    referrals with its options; with `org_units` also
    `organisationUnits` (those with a `dhis2_id`, ancestors first) and the assignment of the
    data sets to the units that receive values. A form of which nothing is sent has no data set.
    The same input gives the same document.
    """
    document: Json = {}
    if org_units:
        document["organisationUnits"] = _organisation_units(org_units)
    forms = list(catalogue.forms.values())
    document["dataElements"] = [element for form in forms for element in _elements(form)]
    receivers = sorted({row.dhis2_id for row in org_units if row.receives and row.dhis2_id})
    document["dataSets"] = [
        _data_set(form, catalogue.programme.on_time_until, receivers)
        for form in forms
        if form.data_set is None and _members(form)
    ]
    for kind, objects in export_referrals(catalogue, receivers).items():
        document[kind] = [*document.get(kind, ()), *objects]
    return document


def render(document: Json) -> str:
    """Return the document as a file: UTF-8 JSON, the same bytes for the same document."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _option_combo(field: Field) -> str:
    return field.category_option_combo or DEFAULT_OPTION_COMBO


def _elements(form: Form) -> list[Json]:
    elements: list[Json] = []
    for field in form.fields:
        label, short = _french(field.labels, field.code), _french(field.short, field.code)
        code = f"ASC_{form.keyword}_{field.code}"
        own = data_element_uid(field)
        if own is not None and field.data_element is None:
            elements.append(_element(own, code, label, short, field.aggregation))
        days = days_out_uid(field)
        if days is not None and field.days_out_data_element is None:
            elements.append(
                _element(days, f"{code}_J", f"{label} : jours de rupture", f"{short} jours", "MAX")
            )
    return elements


def _element(identifier: str, code: str, label: str, short: str, aggregation: str) -> Json:
    form_name = label[:NAME_LENGTH].rstrip()
    names = _names(code, label, short)
    shown = {"locale": "fr", "property": "FORM_NAME", "value": form_name}
    return {
        "id": identifier,
        "code": code,
        **names,
        "formName": form_name,
        "translations": [*names["translations"], shown],
        "domainType": "AGGREGATE",
        "valueType": "INTEGER_ZERO_OR_POSITIVE",
        "aggregationType": aggregation,
        # Otherwise DHIS2 drops the zeros, and no activity looks like no report.
        "zeroIsSignificant": True,
        "categoryCombo": {"id": DEFAULT_CATEGORY_COMBO},
        # Data elements take no data sharing of their own (DHIS2 E3011).
        "sharing": {"public": "r-------", "external": False},
    }


def _data_set(form: Form, timely_days: int, receivers: Sequence[str]) -> Json:
    identifier = data_set_uid(form)
    code = f"ASC_{form.keyword}"
    label = _french(form.labels, form.keyword)
    return {
        "id": identifier,
        "code": code,
        **_names(code, label, label),
        "periodType": "Monthly",
        "timelyDays": timely_days,
        # The programme's closing date rules, at the gateway: a late correction by the DTC
        # must still find the month open.
        "expiryDays": 0,
        # A month opens when it has ended, as the gateway holds its reports until then.
        "openFuturePeriods": 0,
        "categoryCombo": {"id": DEFAULT_CATEGORY_COMBO},
        "dataSetElements": [
            {"dataSet": {"id": identifier}, "dataElement": {"id": element}}
            for element in _members(form)
        ],
        "organisationUnits": [{"id": unit} for unit in receivers],
        "sharing": {"public": "r-r-----", "external": False},
    }


def _members(form: Form) -> list[str]:
    members = [
        element
        for field in form.fields
        for element in (data_element_uid(field), days_out_uid(field))
        if element is not None
    ]
    # Two fields may share one data element with two category option combos.
    return list(dict.fromkeys(members))


def _names(code: str, label: str, short: str) -> Json:
    """Return names, unique because they begin with the code, in French, with translations."""
    words = code.replace("_", " ")
    name = f"{words} - {label}"[:NAME_LENGTH].rstrip()
    short_name = f"{words} {short}"[:SHORT_NAME_LENGTH].rstrip()
    return {
        "name": name,
        "shortName": short_name,
        "translations": [
            {"locale": "fr", "property": "NAME", "value": name},
            {"locale": "fr", "property": "SHORT_NAME", "value": short_name},
        ],
    }


def _french(words: Mapping[str, str], code: str) -> str:
    return words.get("fr") or code


def _organisation_units(rows: Sequence[OrgUnitRow]) -> list[Json]:
    by_code = {row.code: row for row in rows}
    exported = [row for row in rows if row.dhis2_id is not None]
    exported.sort(key=lambda row: (_depth(row, by_code), row.code))
    return [_organisation_unit(row, by_code) for row in exported]


def _organisation_unit(row: OrgUnitRow, by_code: Mapping[str, OrgUnitRow]) -> Json:
    unit: Json = {
        "id": row.dhis2_id,
        "name": row.name[:NAME_LENGTH].rstrip(),
        "shortName": row.name[:SHORT_NAME_LENGTH].rstrip(),
        "openingDate": OPENED,
    }
    # A code that does not fit is left out: the UID alone says which unit is meant.
    if len(row.code) <= CODE_LENGTH:
        unit["code"] = row.code
    above = [unit.dhis2_id for unit in _ancestors(row, by_code) if unit.dhis2_id is not None]
    if above:
        unit["parent"] = {"id": above[0]}
    return unit


def _ancestors(row: OrgUnitRow, by_code: Mapping[str, OrgUnitRow]) -> list[OrgUnitRow]:
    """Return the parents from the nearest up: the roster import refuses unknown ones."""
    walk = upward(row, lambda step: None if step.parent_code is None else by_code[step.parent_code])
    return list(walk)[1:]


def _depth(row: OrgUnitRow, by_code: Mapping[str, OrgUnitRow]) -> int:
    return len(_ancestors(row, by_code))
