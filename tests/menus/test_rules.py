"""Holds up the weighing of numbers: limits, cross-checks, what is parked and what is kept."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.loader import load
from menus.model import EMPTY, Check, Field, Form, Level, Product, Term
from menus.rules import Weighed, weigh


def field(code: str, ask: int = 100, refuse: int = 300) -> Field:
    return Field(code, labels={}, short={}, ask_above=ask, refuse_above=refuse)


def at_most(left: str, right: str, rule: int, level: Level = Level.REFUSE) -> Check:
    return Check(rule, (Term(left),), "<=", (Term(right),), level, f"rule_{rule}")


PRODUCT = Field(
    "ENF", labels={}, short={}, ask_above=60, refuse_above=300, product=Product("plaquette", 30, 10)
)
FORM = Form(
    "PEC",
    labels={},
    fields=(
        field("VUS"),
        field("FIE"),
        field("TDR"),
        field("POS"),
        field("CTA"),
        field("DCD"),
        PRODUCT,
    ),
    checks=(
        at_most("FIE", "VUS", 1),
        at_most("TDR", "FIE", 2),
        at_most("POS", "TDR", 3),
        Check(
            4,
            (Term("CTA"),),
            "<=",
            (Term("POS"), Term("FIE"), Term("TDR", -1)),
            Level.REFUSE,
            "rule_4",
        ),
        Check(9, (Term("DCD"),), "<=", (Term(factor=0),), Level.CONFIRM, "rule_9"),
        Check(
            15,
            (Term("VUS"),),
            ">",
            (Term(factor=0),),
            Level.REFUSE,
            "rule_15",
            given=Check(15, (Term("CTA"),), ">", (Term(factor=0),), Level.REFUSE, "rule_15"),
        ),
    ),
)


def weighed(
    typed: Mapping[str, int],
    *,
    stored: Mapping[str, int] = EMPTY,
    pending: Mapping[str, int] = EMPTY,
    days: Mapping[str, int] = EMPTY,
    days_in_month: int = 31,
) -> Weighed:
    return weigh(
        FORM,
        stored=stored,
        pending=pending,
        typed=typed,
        typed_days_out=days,
        days_in_month=days_in_month,
    )


@pytest.mark.parametrize(
    ("number", "accepted", "pending", "keys"),
    [
        (0, {"POS": 0}, {}, []),
        (100, {"POS": 100}, {}, []),
        (101, {}, {"POS": 101}, ["above_ask"]),
        (300, {}, {"POS": 300}, ["above_ask"]),
        (301, {}, {}, ["above_refuse"]),
    ],
)
def test_limits_are_inclusive(
    number: int, accepted: dict[str, int], pending: dict[str, int], keys: list[str]
) -> None:
    result = weighed({"POS": number})

    assert (result.accepted, result.pending) == (accepted, pending)
    assert [problem.key for problem in result.problems] == keys
    assert all(problem.values == {"number": number} for problem in result.problems)


@pytest.mark.parametrize(
    ("typed", "stored", "pending", "accepted", "parked", "told"),
    [
        (
            {"POS": 48, "TDR": 37, "FIE": 38},
            {},
            {},
            {"FIE": 38},
            {"POS": 48, "TDR": 37},
            ["rule_3"],
        ),
        ({"POS": 48}, {"TDR": 37}, {}, {}, {"POS": 48}, ["rule_3"]),
        ({"POS": 28}, {}, {"POS": 48, "TDR": 37}, {"POS": 28, "TDR": 37}, {}, []),
        ({"TDR": 50}, {}, {"POS": 48, "TDR": 37}, {"POS": 48, "TDR": 50}, {}, []),
        (
            {"FIE": 5},
            {"FIE": 40},
            {"POS": 48, "TDR": 37},
            {},
            {"FIE": 5, "POS": 48, "TDR": 37},
            ["rule_2", "rule_3"],
        ),
        ({"POS": 48}, {}, {}, {"POS": 48}, {}, []),
        ({"CTA": 20}, {"POS": 10, "FIE": 20, "TDR": 20}, {}, {}, {"CTA": 20}, ["rule_4"]),
        ({"CTA": 15}, {"POS": 10, "FIE": 25, "TDR": 20}, {}, {"CTA": 15}, {}, []),
        ({"VUS": 0, "CTA": 0}, {}, {}, {"VUS": 0, "CTA": 0}, {}, []),
        ({"VUS": 0, "CTA": 2}, {}, {}, {}, {"VUS": 0, "CTA": 2}, ["rule_15"]),
        ({"DCD": 1, "POS": 3}, {}, {}, {"POS": 3}, {"DCD": 1}, ["rule_9"]),
        ({}, {"POS": 48, "TDR": 37}, {}, {}, {}, []),
    ],
)
def test_checks_park_what_is_new_and_keep_the_rest(
    *,
    typed: dict[str, int],
    stored: dict[str, int],
    pending: dict[str, int],
    accepted: dict[str, int],
    parked: dict[str, int],
    told: list[str],
) -> None:
    result = weighed(typed, stored=stored, pending=pending)

    assert (result.accepted, result.pending) == (accepted, parked)
    assert [problem.key for problem in result.problems] == told


def test_a_problem_names_its_codes_newly_typed_first_with_their_numbers() -> None:
    (problem,) = weighed({"TDR": 5}, stored={"FIE": 40, "POS": 30}).problems

    assert problem.codes == ("TDR", "POS")
    assert problem.values == {"TDR": 5, "POS": 30}
    assert problem.level is Level.REFUSE


def test_a_number_parked_in_a_later_round_is_told_as_well() -> None:
    # With FIE 50 parked by rule 1, the stored FIE 10 counts again, and breaks rule 2.
    result = weighed({"VUS": 40, "FIE": 50, "TDR": 30}, stored={"FIE": 10})

    assert result.accepted == {}
    assert result.pending == {"VUS": 40, "FIE": 50, "TDR": 30}
    assert [(one.key, one.values) for one in result.problems] == [
        ("rule_1", {"FIE": 50, "VUS": 40}),
        ("rule_2", {"TDR": 30, "FIE": 10}),
    ]


def test_a_number_that_waits_for_confirmation_silences_the_checks_it_stands_in() -> None:
    result = weighed({"POS": 120, "TDR": 40})

    assert (result.accepted, result.pending) == ({"TDR": 40}, {"POS": 120})
    assert [problem.key for problem in result.problems] == ["above_ask"]


@pytest.mark.parametrize(
    ("days", "length", "kept", "accepted"),
    [
        (12, 31, {"ENF": 12}, {"ENF": 0}),
        (31, 31, {"ENF": 31}, {"ENF": 0}),
        (31, 30, {}, {}),
        (45, 31, {}, {}),
    ],
)
def test_days_out_fit_the_month(
    days: int, length: int, kept: dict[str, int], accepted: dict[str, int]
) -> None:
    result = weighed({"ENF": 0, "VUS": 3}, days={"ENF": days}, days_in_month=length)

    assert result.days_out == kept
    assert result.accepted == {"VUS": 3, **accepted}
    assert [problem.key for problem in result.problems] == ([] if kept else ["days_out_too_long"])


def test_refusals_come_first_then_what_may_be_confirmed_then_questions_in_form_order() -> None:
    result = weighed({"CTA": 500, "VUS": 120, "TDR": 30, "FIE": 20, "DCD": 1, "POS": 101})

    assert [problem.key for problem in result.problems] == [
        "rule_2",
        "above_refuse",
        "rule_9",
        "above_ask",
        "above_ask",
    ]
    assert [problem.codes[0] for problem in result.problems] == ["TDR", "CTA", "DCD", "VUS", "POS"]


def test_a_code_of_another_form_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        weighed({"DEP": 3})


SHIPPED = load().forms["PEC"]
NUMBERS = st.dictionaries(
    st.sampled_from(["VUS", "FIE", "TDR", "POS", "CTA", "GRV", "ART", "DIA", "SRZ", "DCD"]),
    st.integers(0, 500),
)


@given(typed=NUMBERS, stored=NUMBERS, pending=NUMBERS)
def test_whatever_is_typed_the_accepted_numbers_agree_and_none_is_above_its_limits(
    typed: dict[str, int], stored: dict[str, int], pending: dict[str, int]
) -> None:
    result = weigh(SHIPPED, stored=stored, pending=pending, typed=typed)
    newly = {**pending, **typed}

    assert not result.accepted.keys() & result.pending.keys()
    assert all(newly[code] == one for code, one in {**result.accepted, **result.pending}.items())
    assert all(one <= SHIPPED.field(code).ask_above for code, one in result.accepted.items())
    again = weigh(SHIPPED, stored=stored, pending={}, typed=result.accepted)
    assert again.accepted == result.accepted
    named = {code for problem in result.problems for code in problem.codes}
    assert newly.keys() - result.accepted.keys() <= named
