"""Read `mapping.toml`: the data elements of another DHIS2 server for the shared forms.

It overrides the forms after they are read, so that a second catalogue holds only the
differences. A form that it names is mapped as a whole: every field gets a data element, or
"none" and the reason.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from menus.loading.forms import uid_in
from menus.loading.tables import Table
from menus.model.catalogue import Field, Form

FILE: Final = "mapping.toml"
NOT_SENT: Final = "none"


def with_mapping(forms: Mapping[str, Form], table: Table) -> dict[str, Form]:
    """Return the forms, by keyword, with the targets of the table. Faults go to its list."""
    mapped = dict(forms)
    for keyword in table.content:
        row = table.table(keyword)
        if keyword in forms:
            mapped[keyword] = _mapped(forms[keyword], row)
        else:
            table.fault(keyword, "no form has this keyword")
    return mapped


def _mapped(form: Form, table: Table) -> Form:
    fields = tuple(_field(field, table) for field in form.fields)
    mapped = replace(
        form,
        fields=fields,
        data_set=uid_in(table, "data_set") or form.data_set,
        attribute_option_combo=uid_in(table, "attribute_option_combo")
        or form.attribute_option_combo,
    )
    table.close()
    return mapped


def _field(field: Field, form: Table) -> Field:
    if not form.has(field.code):
        form.fault(field.code, 'missing: give it a data_element, or "none" and why')
        return field
    table = form.table(field.code)
    element = uid_in(table, "data_element", NOT_SENT)
    if element is None:
        table.fault("data_element", "missing")
    table.text("why", None if element == NOT_SENT else "")
    mapped = replace(
        field,
        data_element=element,
        category_option_combo=uid_in(table, "category_option_combo"),
        days_out_data_element=uid_in(table, "days_out_data_element", NOT_SENT),
        zero_is_significant=table.flag("zero_is_significant", default=True),
    )
    if mapped.days_out_data_element is not None and field.product is None:
        table.fault("days_out_data_element", "only a product has days out")
    table.close()
    return mapped
