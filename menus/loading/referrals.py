"""Read `referrals.toml` -> Referrals: reasons, treatments and states."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from menus.loading.forms import labels_in
from menus.loading.tables import Table
from menus.loading.words import sendable
from menus.model.referrals import STATES, Choice, Reason, Referrals, Treatment

CODE: Final = re.compile(r"[A-Z]{2,4}")
WORD: Final = re.compile(r"[A-Z]{2,16}")
# DHIS2's `code` columns hold 50 characters.
OPTION: Final = re.compile(r"[A-Z][A-Z0-9_]{1,49}")
OLDEST: Final = 1200


def read_referrals(table: Table, codes: Collection[str]) -> Referrals:
    """Return the referrals of the table. Faults go to the table's list.

    `codes` are the codes of all forms, of which `counts_in` names one.
    """
    if not table.content:
        return Referrals()
    reasons = {code: _reason(row, code, codes) for code, row in _rows(table, "reasons", CODE)}
    treatments = {code: _treatment(row, code) for code, row in _rows(table, "treatments", CODE)}
    states = {code: _state(row, code) for code, row in _rows(table, "states", None)}
    table.close()
    _check_states(table, states)
    _check_words(table, [*reasons.values(), *treatments.values()])
    for name, choices in (("reasons", reasons), ("treatments", treatments), ("states", states)):
        _check_options(table, name, [choice.dhis2 for choice in choices.values()])
    return Referrals(reasons, treatments, states)


def _rows(table: Table, key: str, code: re.Pattern[str] | None) -> Iterator[tuple[str, Table]]:
    rows = table.table(key)
    for name in rows.content:
        if code is not None and not code.fullmatch(name):
            rows.fault(name, "expected 2 to 4 letters A-Z and nothing else")
        yield name, rows.table(name)


def _reason(row: Table, code: str, codes: Collection[str]) -> Reason:
    adult = row.flag("adult", False)
    youngest = oldest = 0
    if not adult:
        youngest = row.number("youngest", 0, OLDEST)
        oldest = row.number("oldest", 0, OLDEST)
    if oldest < youngest:
        row.fault("oldest", "expected youngest <= oldest")
    counts_in = row.text("counts_in") if row.has("counts_in") else ""
    if counts_in and counts_in not in codes:
        row.fault("counts_in", f"{counts_in} is no code of any form")
    reason = Reason(
        **_common(row, code), youngest=youngest, oldest=oldest, adult=adult, counts_in=counts_in
    )
    row.close()
    return reason


def _treatment(row: Table, code: str) -> Treatment:
    treatment = Treatment(**_common(row, code), none=row.flag("none", False))
    row.close()
    return treatment


def _state(row: Table, code: str) -> Choice:
    choice = Choice(**_common(row, code))
    row.close()
    return choice


def _common(row: Table, code: str) -> dict[str, Any]:
    labels, shorts = labels_in(row, "label"), labels_in(row, "short")
    for language, short in shorts.items():
        sendable(f"{row.place}.short.{language}", short, row.faults)
        if any(letter.isdigit() for letter in short):
            row.fault(f"short.{language}", "holds a digit")
    dhis2 = row.text("dhis2")
    if dhis2 and not OPTION.fullmatch(dhis2):
        row.fault("dhis2", f"expected capital letters, digits and _, got {dhis2!r}")
    aliases = row.texts("aliases", ())
    for alias in aliases:
        if not WORD.fullmatch(alias):
            row.fault("aliases", f"expected letters A-Z and nothing else, got {alias!r}")
    return {"code": code, "labels": labels, "shorts": shorts, "dhis2": dhis2, "aliases": aliases}


def _check_states(table: Table, states: Mapping[str, Choice]) -> None:
    if tuple(states) != STATES:
        table.fault("states", f"expected {', '.join(STATES)}, in this order")


def _check_words(table: Table, choices: list[Reason | Treatment]) -> None:
    """Note words with two meanings: reason, treatment and sex may be typed in any order."""
    owners: dict[str, str] = {"F": "the sex F", "M": "the sex M"}
    for choice in choices:
        for word in (choice.code, *choice.aliases):
            if word in owners:
                table.fault(choice.code, f"{word} is taken by {owners[word]}")
            owners.setdefault(word, choice.code)


def _check_options(table: Table, name: str, options: list[str]) -> None:
    for option in dict.fromkeys(options):
        if options.count(option) > 1:
            table.fault(name, f"{option} stands twice in dhis2")
