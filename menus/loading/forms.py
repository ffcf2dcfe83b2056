"""Read a form's TOML table -> Form: its fields, limits and cross-checks."""

import re
from collections.abc import Mapping
from typing import Final

from menus.loading.checks import with_own_checks
from menus.loading.tables import Table
from menus.loading.words import sendable
from menus.model.catalogue import LANGUAGES, Field, Form, Product

# DHIS2 CodeGenerator: eleven letters and digits, the first a letter.
UID: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{10}")
# Letters only, so that a code and a number written together (`FIE38`) are split without doubt.
CODE: Final = re.compile(r"[A-Z]{3,12}")
AGGREGATIONS: Final = ("SUM", "LAST", "MAX", "MIN", "AVERAGE", "NONE")
# A count above six digits would not be read back: it may be a phone number.
LARGEST: Final = 999_999


def read_form(table: Table) -> tuple[int, Form]:
    """Return the form's position among the forms, and the form. Faults go to the table's list."""
    order = table.number("order", 1, 99)
    form = Form(
        keyword=code_in(table, "keyword"),
        labels=labels_in(table, "labels"),
        fields=tuple(_read_field(row) for row in table.tables("fields")),
        aliases=codes_in(table, "aliases"),
        data_set=uid_in(table, "data_set"),
        attribute_option_combo=uid_in(table, "attribute_option_combo"),
    )
    if not form.fields:
        table.fault("fields", "a form needs at least one field")
    form = with_own_checks(table, form)
    table.close()
    _check_shorts(table, form)
    return order, form


def code_in(table: Table, key: str) -> str:
    """Return the code at a key, empty when it is none. Faults go to the table's list."""
    code = table.text(key)
    return code if _is_code(table, key, code) else ""


def codes_in(table: Table, key: str) -> tuple[str, ...]:
    """Return the codes of an optional list, without those that are none."""
    return tuple(code for code in table.texts(key, ()) if _is_code(table, key, code))


def labels_in(table: Table, key: str) -> Mapping[str, str]:
    """Return a text for each language; French is required and replaces a missing one."""
    texts = table.table(key)
    french = texts.text("fr")
    labels = {language: texts.text(language, french) for language in LANGUAGES}
    texts.close()
    return labels


def _hints_in(table: Table) -> Mapping[str, str]:
    """Return the hints of a code by language, for AIDE.

    A digit is a fault, since the answer could be sent back as a report.
    """
    if not table.has("hint"):
        return {}
    texts = table.table("hint")
    hints = {language: texts.text(language) for language in LANGUAGES if texts.has(language)}
    for language, hint in hints.items():
        if any(letter.isdigit() for letter in hint):
            texts.fault(language, "holds a digit")
        sendable(f"{texts.place}.{language}", hint, texts.faults)
    texts.close()
    return hints


def _is_code(table: Table, key: str, code: str) -> bool:
    if CODE.fullmatch(code):
        return True
    if code:
        table.fault(key, f"expected 3 to 12 letters A-Z and nothing else, got {code!r}")
    return False


def uid_in(table: Table, key: str, *words: str) -> str | None:
    """Return the DHIS2 UID at a key, None when absent, or one of the `words` allowed instead."""
    if not table.has(key):
        return None
    uid = table.text(key)
    if uid and uid not in words and not UID.fullmatch(uid):
        expected = " or ".join(("a DHIS2 UID (11 letters and digits, a letter first)", *words))
        table.fault(key, f"expected {expected}, got {uid!r}")
    return uid


def _read_field(table: Table) -> Field:
    field = Field(
        code=code_in(table, "code"),
        labels=labels_in(table, "labels"),
        short=labels_in(table, "short"),
        ask_above=table.number("ask_above", 0, LARGEST),
        refuse_above=table.number("refuse_above", 0, LARGEST),
        aliases=codes_in(table, "aliases"),
        required=table.flag("required", True),
        aggregation=table.text("aggregation", "SUM"),
        data_element=uid_in(table, "data_element", "none"),
        category_option_combo=uid_in(table, "category_option_combo"),
        days_out_data_element=uid_in(table, "days_out_data_element", "none"),
        zero_is_significant=table.flag("zero_is_significant", default=True),
        product=_read_product(table.table("product")) if table.has("product") else None,
        uncertain=table.texts("uncertain", ()),
        hints=_hints_in(table),
    )
    table.close()
    if field.ask_above > field.refuse_above:
        table.fault("ask_above", f"is above refuse_above ({field.refuse_above})")
    if field.aggregation not in AGGREGATIONS:
        table.fault("aggregation", f"expected one of {', '.join(AGGREGATIONS)}")
    if field.days_out_data_element is not None and field.product is None:
        table.fault("days_out_data_element", "only a product has days out")
    return field


def _read_product(table: Table) -> Product:
    product = Product(
        unit=table.text("unit"),
        pack_size=table.number("pack_size", 1, LARGEST),
        start_monthly_use=table.number("start_monthly_use", 0, LARGEST),
        floor=table.number("floor", 0, LARGEST, 0),
        malaria=table.flag("malaria", False),
        group=table.text("group") if table.has("group") else "",
        patients=code_in(table, "patients") if table.has("patients") else "",
        ration=table.number("ration", 1, LARGEST) if table.has("patients") else 0,
    )
    table.close()
    if any(letter.isdigit() for letter in product.group):
        table.fault("group", "holds a digit")
    sendable(f"{table.place}: group", product.group, table.faults)
    return product


def _check_shorts(table: Table, form: Form) -> None:
    """Note short labels with a digit or a space, and repeated ones.

    The read-back writes them directly before numbers, so they must not look like a number.
    """
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        for field in form.fields:
            short = field.short[language]
            if any(letter.isdigit() or letter.isspace() for letter in short):
                table.fault("fields", f"{field.code}: short.{language} holds a digit or a space")
            if short and seen.setdefault(short.casefold(), field.code) != field.code:
                other = seen[short.casefold()]
                table.fault("fields", f"{field.code}: short.{language} is that of {other} as well")
