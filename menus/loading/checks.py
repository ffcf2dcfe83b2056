"""Read cross-checks: tables of a form's file, or of `checks.toml`, -> Check."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from menus.loading.tables import Table
from menus.model.catalogue import Field, Form
from menus.model.cross_check import Allowance, Check, Level, Term, When
from menus.rules.evaluation import DIFFER, OPERATORS

TERM: Final = re.compile(r"(-?)(?:([0-9]{1,4})\*)?([A-Z]{3,12}|each|required)(?:@([a-z_]{1,12}))?")
LEVELS: Final = (Level.REFUSE, Level.CONFIRM)
OF_STOCK: Final = (When.OPENING, When.RECEIVED, When.LATEST)
LARGEST_ALLOWANCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Placeholders:
    """The codes that the terms `each` and `required` stand for; none where not allowed."""

    each: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    def codes(self, word: str) -> tuple[str, ...]:
        if word == "each":
            return self.each
        return self.required if word == "required" else (word,)


def with_own_checks(table: Table, form: Form) -> Form:
    """Return the form with the `[[checks]]` of its own file. Faults go to the table's list."""
    checks = tuple(check for row in table.tables("checks") for check in _read(row, form))
    place = f"code of {form.keyword}"
    _check_terms(table, "checks", checks, {field.code: field for field in form.fields}, place)
    return replace(form, checks=checks)


def with_shared_checks(table: Table, forms: Mapping[str, Form]) -> dict[str, Form]:
    """Return the forms, by keyword, with the checks of `checks.toml`.

    A check of `[[across_forms]]` names codes of several forms and goes to each of them;
    `[[each_form]]` is repeated for every form. Unknown codes are not reported while the forms
    have faults of their own, which would only be reported twice.
    """
    sound = not any(fault.startswith("forms/") for fault in table.faults)
    fields = {field.code: field for form in forms.values() for field in form.fields}
    across = [check for row in table.tables("across_forms") for check in _read(row, None)]
    if sound:
        _check_terms(table, "across_forms", across, fields, "code of any form")
    held = {}
    for keyword, form in forms.items():
        named = tuple(check for check in across if set(form.codes).intersection(check.codes))
        rows = table.tables("each_form")
        general = tuple(check for row in rows for check in _read(row, form))
        if sound:
            _check_terms(table, "each_form", general, fields, "code of any form")
        held[keyword] = replace(form, checks=form.checks + named + general)
    table.close()
    return held


def _read(table: Table, form: Form | None) -> Iterator[Check]:
    """Yield one check, or one for every code of `each`, which the term `each` stands for."""
    rule, words = table.number("rule", 1, 999), table.text("words")
    level = table.text("level")
    if level not in LEVELS:
        table.fault("level", f"expected refuse or confirm, got {level!r}")
        level = Level.REFUSE
    allow = _allowance(table.table("allow")) if table.has("allow") else None
    for placeholders in _placeholders(table, form):
        left, op, right = _comparison(table, placeholders)
        given = None
        if table.has("given"):
            inner = table.table("given")
            given = Check(rule, *_comparison(inner, placeholders), Level(level), words)
            inner.close()
        yield Check(rule, left, op, right, Level(level), words, given, allow)
    table.close()


def _placeholders(table: Table, form: Form | None) -> Iterator[_Placeholders]:
    """Yield once for each code of `each`: a list of codes, or `field` for all of the form."""
    required = form.required if form else ()
    if not table.has("each"):
        yield _Placeholders(required=required)
    elif table.content["each"] == "field" and form:
        table.text("each")
        yield from (_Placeholders((code,), required) for code in form.codes)
    else:
        yield from (_Placeholders((code,), required) for code in table.texts("each"))


def _comparison(
    table: Table, placeholders: _Placeholders
) -> tuple[tuple[Term, ...], str, tuple[Term, ...]]:
    op = table.text("op")
    if op and op not in OPERATORS:
        table.fault("op", f"expected one of {' '.join(OPERATORS)}, got {op!r}")
    left, right = _terms(table, "left", placeholders), _terms(table, "right", placeholders)
    if op == DIFFER and len(left) != len(right):
        table.fault("op", f"{DIFFER} needs as many terms on the left as on the right")
    return left, op, right


def _terms(table: Table, key: str, placeholders: _Placeholders) -> tuple[Term, ...]:
    terms = [_meant(value, placeholders) for value in table.items(key)]
    if not all(terms) or not terms:
        table.fault(
            key,
            'expected terms such as "POS", "-TDR", "10*SRZ", "RST@last_month" or a whole number',
        )
    return tuple(term for several in terms for term in several)


def _meant(value: Any, placeholders: _Placeholders) -> tuple[Term, ...]:
    """Return the terms that an entry of a list stands for; none when it cannot be read."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (Term(factor=value),)
    match = TERM.fullmatch(value) if isinstance(value, str) else None
    if match is None or (match[4] or When.NOW) not in tuple(When):
        return ()
    factor = int(match[2] or 1)
    when = When(match[4] or When.NOW)
    codes = placeholders.codes(match[3])
    return tuple(Term(code, -factor if match[1] else factor, when) for code in codes)


def _allowance(table: Table) -> Allowance:
    allow = Allowance(
        percent=table.number("percent", 0, LARGEST_ALLOWANCE),
        units=table.number("units", 0, LARGEST_ALLOWANCE),
    )
    table.close()
    return allow


def _check_terms(
    table: Table,
    key: str,
    checks: Iterable[Check],
    fields: Mapping[str, Field],
    of: str,
) -> None:
    """Note checks that could never apply: an unknown code, or a stock of a field without."""
    for check in checks:
        for term in check.terms:
            if term.code not in fields:
                table.fault(key, f"rule {check.rule} names {term.code}, no {of}")
            elif term.when in OF_STOCK and fields[term.code].product is None:
                table.fault(key, f"rule {check.rule} names a stock of {term.code}, no product")
