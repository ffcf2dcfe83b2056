"""The state of a group of numbers: what is asked, what is wrong, and the screen that follows."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.ussd.group_state import (
    agreed_to,
    anew,
    asked,
    days_missing,
    form_of,
    groups_done,
    groups_of,
    missing,
    next_group,
    opened,
    problem_of,
    retyped,
    settled,
    to_mend,
)
from menus.ussd.state import DialogueState, Sheet, sign
from tests.menus.ussd.callers import AWA, CATALOGUE

FIRST = {"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27}
SECOND = {"GRV": 1, "ART": 1, "IRA": 9, "AMX": 9}
PEC = DialogueState(AWA, at="numbers", month="202610", sheet=Sheet("PEC", "202610"))
STK = replace(PEC, sheet=Sheet("STK", "202610"))
DOUBT = Problem("above_ask", Level.CONFIRM, ("VUS",), {"number": 200})


def stored(values: Mapping[str, int], **more: object) -> DialogueState:
    """Return the state of a report with these values."""
    sheet = Sheet("PEC", "202610", values, **more)  # type: ignore[arg-type]  # test data by name
    return replace(PEC, sheet=sheet)


def test_the_groups_are_those_of_the_form() -> None:
    assert groups_of(CATALOGUE, "PEC")[1] == ("GRV", "ART", "IRA", "AMX")
    assert groups_of(CATALOGUE, "XYZ") == ()
    assert form_of(CATALOGUE, PEC) is CATALOGUE.forms["PEC"]


@pytest.mark.parametrize(
    ("values", "done"), [({}, 0), (FIRST, 1), ({**FIRST, "GRV": 1}, 1), ({**FIRST, **SECOND}, 2)]
)
def test_a_group_is_done_when_all_of_it_is_stored(values: Mapping[str, int], done: int) -> None:
    assert groups_done(CATALOGUE, "PEC", values) == done


def test_what_is_stored_is_asked_only_when_all_is_done_again() -> None:
    state = stored({"VUS": 45, "TDR": 37})
    assert asked(CATALOGUE, state) == ("FIE", "POS", "CTA")
    assert asked(CATALOGUE, replace(state, again=True)) == ("VUS", "FIE", "TDR", "POS", "CTA")
    assert missing(CATALOGUE, replace(state, typed={"FIE": 38})) == ("POS", "CTA")


def test_days_out_are_asked_of_products_that_are_out() -> None:
    state = replace(STK, typed={"BEB": 0, "ENF": 5, "KIT": 0}, days={"KIT": 3})
    assert days_missing(CATALOGUE, state) == ("BEB",)
    assert days_missing(CATALOGUE, replace(PEC, typed={"VUS": 0})) == ()


def test_a_group_begins_anew_with_nothing_typed() -> None:
    state = replace(
        PEC, at="question", typed=FIRST, days={"BEB": 1}, agreed=("x",), sure=("VUS",), code="VUS"
    )
    assert anew(state) == PEC


@pytest.mark.parametrize(
    ("values", "first", "at", "group"),
    [
        ({}, 0, "numbers", 0),
        (FIRST, 0, "numbers", 1),
        ({}, 2, "numbers", 2),
        ({}, 3, "done", 0),
        (dict.fromkeys(CATALOGUE.forms["PEC"].codes, 1), 0, "done", 0),
    ],
)
def test_the_next_group_is_the_first_that_asks(
    values: Mapping[str, int], first: int, at: str, group: int
) -> None:
    found = next_group(CATALOGUE, stored(values), first)
    assert (found.at, found.group) == (at, group)


@pytest.mark.parametrize(
    ("sheet", "how", "at", "again"),
    [
        (Sheet("PEC", "202609"), "ask", "numbers", False),
        (Sheet("PEC", "202609", FIRST), "ask", "resume", False),
        (Sheet("PEC", "202609", FIRST), "continue", "numbers", False),
        (Sheet("PEC", "202609", FIRST), "again", "numbers", True),
        (Sheet("PEC", "202609", FIRST, complete=True), "ask", "complete", False),
        (Sheet("PEC", "202609", FIRST, complete=True, locked=True), "again", "complete", False),
    ],
)
def test_a_report_is_opened(sheet: Sheet, how: str, at: str, again: bool) -> None:
    found = opened(CATALOGUE, PEC, sheet, how)
    assert (found.at, found.again, found.month, found.sheet) == (at, again, "202609", sheet)


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (PEC, None),
        (replace(PEC, typed=FIRST), None),
        (replace(PEC, typed={"VUS": 200}), DOUBT),
        (replace(PEC, typed={"VUS": 200}, agreed=(sign(DOUBT),), sure=("VUS",)), None),
        (
            replace(PEC, typed={"VUS": 200, "TDR": 400}),
            Problem("above_refuse", Level.REFUSE, ("TDR",), {"number": 400}),
        ),
        (
            replace(stored({"VUS": 45}, locked=True), typed={"VUS": 46}, again=True),
            Problem("change_closed", Level.REFUSE, ("VUS",)),
        ),
        (replace(stored({"VUS": 45}, locked=True), typed={"VUS": 45}, again=True), None),
    ],
)
def test_the_first_problem(state: DialogueState, problem: Problem | None) -> None:
    assert problem_of(CATALOGUE, state) == problem


def test_a_yes_is_remembered_with_its_codes() -> None:
    state = agreed_to(replace(PEC, typed={"VUS": 200}, agreed=("x",), sure=("CTA",)), DOUBT)
    assert state.agreed == ("x", sign(DOUBT))
    assert state.sure == ("CTA", "VUS")


@pytest.mark.parametrize(
    ("state", "codes", "mended"),
    [
        (replace(PEC, typed={"FIE": 60}), ("FIE", "VUS"), ("FIE",)),
        (replace(stored({"VUS": 45}), typed={"FIE": 60}), ("FIE", "VUS"), ("FIE", "VUS")),
        (replace(stored({"VUS": 45}, locked=True), typed={"FIE": 60}), ("FIE", "VUS"), ("FIE",)),
        (replace(stored({"SUP": 4}), typed={"ART": 9}), ("ART", "SUP"), ("ART",)),
        (
            replace(stored({**FIRST, "GRV": 0}), typed={"DCD": 0}),
            ("VUS", "FIE", "TDR", "POS", "CTA", "GRV"),
            ("DCD",),
        ),
    ],
)
def test_the_fields_that_mend_a_problem(
    state: DialogueState, codes: tuple[str, ...], mended: tuple[str, ...]
) -> None:
    assert to_mend(CATALOGUE, state, Problem("rule_1", Level.REFUSE, codes)) == mended


@pytest.mark.parametrize(
    ("state", "at", "code"),
    [
        (replace(PEC, typed={"VUS": 45}), "numbers", ""),
        (replace(PEC, typed=FIRST), "read_back", ""),
        (replace(PEC, typed={"VUS": 200}), "question", ""),
        (replace(PEC, typed={"VUS": 999}), "retype", "VUS"),
        (replace(PEC, typed={"VUS": 45, "FIE": 60}), "mend", ""),
        (replace(STK, typed=dict.fromkeys(("BEB", "ENF", "KIT", "SEL"), 0)), "days", ""),
        (
            replace(STK, typed={"BEB": 1, "ENF": 1, "KIT": 1, "SEL": 0}, days={"SEL": 3}),
            "read_back",
            "",
        ),
    ],
)
def test_the_screen_that_follows(state: DialogueState, at: str, code: str) -> None:
    found = settled(CATALOGUE, replace(state, page=2))
    assert (found.at, found.code, found.page) == (at, code, 0)


def test_a_retyped_number_forgets_its_days_and_all_answers() -> None:
    state = replace(
        STK, typed={"BEB": 0, "ENF": 5}, days={"BEB": 12}, code="BEB", agreed=("x",), sure=("BEB",)
    )
    found = retyped(CATALOGUE, state, 4)
    assert (dict(found.typed), dict(found.days)) == ({"BEB": 4, "ENF": 5}, {})
    assert (found.agreed, found.sure, found.at) == ((), (), "numbers")
