"""One form's TOML table -> Form: its fields, its limits, its cross-checks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from menus.catalogue_tables import Table
from menus.model import LANGUAGES, Check, Field, Form, Level, Product, Term

# DHIS2 CodeGenerator: eleven letters and digits, the first a letter.
UID: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{10}")
# Letters only, so that a code and a number glued together (`FIE38`) fall apart without doubt.
CODE: Final = re.compile(r"[A-Z]{3,12}")
TERM: Final = re.compile(r"(-?)(?:([0-9]{1,4})\*)?([A-Z]{3,12}|each)")
OPERATORS: Final = ("<", "<=", "==", "!=", ">=", ">")
AGGREGATIONS: Final = ("SUM", "LAST", "MAX", "MIN", "AVERAGE", "NONE")
# A count above six digits would not be read back: it may be a phone number.
LARGEST: Final = 999_999


def read_form(table: Table) -> tuple[int, Form]:
    """The form, and its place among the forms. Faults go to the table's list."""
    order = table.number("order", 1, 99)
    form = Form(
        keyword=code_in(table, "keyword"),
        labels=labels_in(table, "labels"),
        fields=tuple(_read_field(row) for row in table.tables("fields")),
        aliases=codes_in(table, "aliases"),
        data_set=_uid_in(table, "data_set"),
        attribute_option_combo=_uid_in(table, "attribute_option_combo"),
        checks=tuple(check for row in table.tables("checks") for check in _read_checks(row)),
    )
    if not form.fields:
        table.fault("fields", "a form needs at least one field")
    table.close()
    _check_terms(table, form)
    _check_shorts(table, form)
    return order, form


def code_in(table: Table, key: str) -> str:
    code = table.text(key)
    return code if _is_code(table, key, code) else ""


def codes_in(table: Table, key: str) -> tuple[str, ...]:
    return tuple(code for code in table.texts(key, ()) if _is_code(table, key, code))


def labels_in(table: Table, key: str) -> Mapping[str, str]:
    """A text for each language; French must be there and stands in for a missing one."""
    texts = table.table(key)
    french = texts.text("fr")
    labels = {language: texts.text(language, french) for language in LANGUAGES}
    texts.close()
    return labels


def _is_code(table: Table, key: str, code: str) -> bool:
    if CODE.fullmatch(code):
        return True
    if code:
        table.fault(key, f"expected 3 to 12 letters A-Z and nothing else, got {code!r}")
    return False


def _uid_in(table: Table, key: str, *words: str) -> str | None:
    """A DHIS2 UID, None when absent, or one of the words that may stand instead."""
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
        data_element=_uid_in(table, "data_element", "none"),
        category_option_combo=_uid_in(table, "category_option_combo"),
        days_out_data_element=_uid_in(table, "days_out_data_element", "none"),
        product=_read_product(table.table("product")) if table.has("product") else None,
        uncertain=table.texts("uncertain", ()),
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
    )
    table.close()
    return product


def _read_checks(table: Table) -> Iterator[Check]:
    """One check, or one for every code of `each`, which the term `each` stands for."""
    rule, words = table.number("rule", 1, 999), table.text("words")
    level = table.text("level")
    if level not in (Level.REFUSE, Level.CONFIRM):
        table.fault("level", f"expected refuse or confirm, got {level!r}")
        level = Level.REFUSE
    each = codes_in(table, "each") if table.has("each") else ("",)
    for code in each:
        left, op, right = _comparison(table, code)
        given = None
        if table.has("given"):
            inner = table.table("given")
            given = Check(rule, *_comparison(inner, code), Level(level), words)
            inner.close()
        yield Check(rule, left, op, right, Level(level), words, given)
    table.close()


def _comparison(table: Table, each: str) -> tuple[tuple[Term, ...], str, tuple[Term, ...]]:
    op = table.text("op")
    if op and op not in OPERATORS:
        table.fault("op", f"expected one of {' '.join(OPERATORS)}, got {op!r}")
    return _terms(table, "left", each), op, _terms(table, "right", each)


def _terms(table: Table, key: str, each: str) -> tuple[Term, ...]:
    terms = [_term(value, each) for value in table.items(key)]
    if None in terms or not terms:
        table.fault(key, 'expected terms such as "POS", "-TDR", "10*SRZ" or a whole number')
    return tuple(term for term in terms if term is not None)


def _term(value: Any, each: str) -> Term | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return Term(factor=value)
    match = TERM.fullmatch(value) if isinstance(value, str) else None
    if match is None or (match[3] == "each" and not each):
        return None
    factor = int(match[2] or 1)
    return Term(each if match[3] == "each" else match[3], -factor if match[1] else factor)


def _check_terms(table: Table, form: Form) -> None:
    """A check that names a code from elsewhere would never speak."""
    for check in form.checks:
        for code in check.codes:
            if code not in form.codes:
                table.fault("checks", f"rule {check.rule} names {code}, no code of {form.keyword}")


def _check_shorts(table: Table, form: Form) -> None:
    """Short labels stand glued to numbers in the read-back, so they must not look like any."""
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        for field in form.fields:
            short = field.short[language]
            if any(letter.isdigit() or letter.isspace() for letter in short):
                table.fault("fields", f"{field.code}: short.{language} holds a digit or a space")
            if short and seen.setdefault(short.casefold(), field.code) != field.code:
                other = seen[short.casefold()]
                table.fault("fields", f"{field.code}: short.{language} is that of {other} as well")
