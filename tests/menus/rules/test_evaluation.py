"""Evaluation of numbers: limits, cross-checks, what is parked and what is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.loading.loader import load
from menus.model.catalogue import Field, Form, Product
from menus.model.cross_check import Allowance, Check, Level, Term, When
from menus.model.programme import EMPTY
from menus.rules.evaluation import Evaluation, evaluate
from menus.rules.history import RuleContext


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


def evaluated(
    typed: Mapping[str, int],
    *,
    stored: Mapping[str, int] = EMPTY,
    pending: Mapping[str, int] = EMPTY,
    days: Mapping[str, int] = EMPTY,
    days_in_month: int = 31,
    confirmed: Collection[str] = (),
) -> Evaluation:
    return evaluate(
        FORM,
        stored=stored,
        pending=pending,
        typed=typed,
        typed_days_out=days,
        days_in_month=days_in_month,
        confirmed=confirmed,
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
    result = evaluated({"POS": number})

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
    result = evaluated(typed, stored=stored, pending=pending)

    assert (result.accepted, result.pending) == (accepted, parked)
    assert [problem.key for problem in result.problems] == told


def test_a_problem_names_its_codes_newly_typed_first_with_their_numbers() -> None:
    (problem,) = evaluated({"TDR": 5}, stored={"FIE": 40, "POS": 30}).problems

    assert problem.codes == ("TDR", "POS")
    assert problem.values == {"TDR": 5, "POS": 30}
    assert problem.level is Level.REFUSE


def test_a_number_parked_in_a_later_round_is_told_as_well() -> None:
    # With FIE 50 parked by rule 1, the stored FIE 10 counts again, and breaks rule 2.
    result = evaluated({"VUS": 40, "FIE": 50, "TDR": 30}, stored={"FIE": 10})

    assert result.accepted == {}
    assert result.pending == {"VUS": 40, "FIE": 50, "TDR": 30}
    assert [(problem.key, problem.values) for problem in result.problems] == [
        ("rule_1", {"FIE": 50, "VUS": 40}),
        ("rule_2", {"TDR": 30, "FIE": 10}),
    ]


def test_a_number_that_waits_for_confirmation_holds_no_other_back() -> None:
    result = evaluated({"POS": 120, "VUS": 20, "FIE": 40, "CTA": 3})

    assert (result.accepted, result.pending) == ({"CTA": 3}, {"POS": 120, "VUS": 20, "FIE": 40})
    assert [problem.key for problem in result.problems] == ["rule_1", "above_ask"]
    assert result.to_confirm == ("POS",)


def test_where_an_oui_could_not_help_the_refusal_is_told_at_once() -> None:
    result = evaluated({"POS": 120, "TDR": 40})

    assert (result.accepted, result.pending) == ({"TDR": 40}, {"POS": 120})
    assert [(problem.key, problem.codes) for problem in result.problems] == [
        ("rule_3", ("POS", "TDR"))
    ]
    assert result.to_confirm == ()


def test_what_an_oui_settles_is_asked_although_a_refusal_names_it_too() -> None:
    # FIE 10 is held against the stored VUS 5 as long as VUS 120 waits.
    result = evaluated({"VUS": 120, "FIE": 10, "POS": 120, "TDR": 8}, stored={"VUS": 5})

    assert [(problem.key, problem.codes[0]) for problem in result.problems] == [
        ("rule_1", "FIE"),
        ("rule_3", "POS"),
        ("above_ask", "VUS"),
    ]
    assert result.to_confirm == ("VUS",)


@pytest.mark.parametrize(
    ("pending", "confirmed", "accepted", "parked"),
    [
        ({"POS": 120}, ["POS"], {"POS": 120}, {}),
        ({"DCD": 1}, ["DCD"], {"DCD": 1}, {}),
        ({"DCD": 1, "POS": 120}, ["DCD"], {"DCD": 1}, {"POS": 120}),
        ({"DCD": 1, "POS": 120}, ["DCD", "POS"], {"DCD": 1, "POS": 120}, {}),
        # What refuses is not confirmed away.
        ({"POS": 48, "TDR": 37}, ["POS", "TDR"], {}, {"POS": 48, "TDR": 37}),
        ({"POS": 301}, ["POS"], {}, {}),
        # More than can be typed at once, and confirmed: the ask limit is no longer asked.
        ({"VUS": 150, "FIE": 140}, ["VUS", "FIE"], {"VUS": 150, "FIE": 140}, {}),
        ({"VUS": 140, "FIE": 150}, ["VUS", "FIE"], {}, {"VUS": 140, "FIE": 150}),
    ],
)
def test_what_the_agent_confirmed(
    pending: dict[str, int], confirmed: list[str], accepted: dict[str, int], parked: dict[str, int]
) -> None:
    result = evaluated({}, pending=pending, confirmed=confirmed)

    assert (result.accepted, result.pending) == (accepted, parked)


def test_what_refuses_speaks_before_what_may_be_confirmed() -> None:
    # CTA is above POS as well, but POS is no number to hold it against.
    result = evaluate(
        replace(FORM, checks=(*FORM.checks, at_most("CTA", "POS", 4, Level.CONFIRM))),
        stored={},
        pending={},
        typed={"POS": 30, "TDR": 20, "CTA": 31},
    )
    assert [problem.key for problem in result.problems] == ["rule_3"]
    assert (result.accepted, result.to_confirm) == ({"CTA": 31}, ())


def history_check(left: Term, op: str, right: Term, allow: Allowance | None = None) -> Form:
    check = Check(50, (left,), op, (right,), Level.CONFIRM, "rule_50", None, allow)
    return replace(FORM, checks=(check,))


CONTEXT = RuleContext(
    now={"SOD": 4},
    before={1: {"POS": 9}, 2: {"POS": 3}, 3: {"POS": 5}, 6: {"POS": 50}, 7: {"POS": 500}},
    stock={"ENF": 12},
    receipts={"ENF": 30},
)


@pytest.mark.parametrize(
    ("term", "stored", "number"),
    [
        (Term("SOD"), {}, 4),
        (Term("POS", 1, When.LAST_MONTH), {}, 9),
        (Term("POS", 1, When.LAST_MONTH), {"POS": 1}, 9),
        # The higher of the two in the middle of 3, 5, 9 and 50; the seventh month is too old.
        (Term("POS", 1, When.USUAL), {}, 9),
        (Term("ENF", 1, When.OPENING), {}, 12),
        (Term("ENF", 1, When.OPENING), {"ENF": 3}, 12),
        (Term("ENF", 1, When.RECEIVED), {}, 30),
        (Term("ENF", 1, When.LATEST), {}, 12),
        (Term("ENF", 1, When.LATEST), {"ENF": 3}, 3),
    ],
)
def test_numbers_of_other_forms_and_months(term: Term, stored: dict[str, int], number: int) -> None:
    form = history_check(Term("FIE"), "<=", term)
    known = evaluate(
        form, stored=stored, pending={}, typed={"FIE": number, "CTA": 1}, rule_context=CONTEXT
    )
    above = evaluate(
        form, stored=stored, pending={}, typed={"FIE": number + 1}, rule_context=CONTEXT
    )
    unknown = evaluate(form, stored={}, pending={}, typed={"FIE": number + 1})

    assert known.problems == unknown.problems == ()
    assert [problem.values for problem in above.problems] == [
        {"FIE": number + 1, term.name: number}
    ]


@pytest.mark.parametrize(
    ("months", "usual"),
    [({1: 4, 2: 6}, None), ({1: 4, 2: 6, 4: 5}, 5), ({1: 4, 2: 6, 6: 5}, 5), ({1: 4, 2: 6, 7: 5}, None)],
)  # fmt: skip
def test_what_is_usual_needs_three_of_six_months(months: dict[int, int], usual: int | None) -> None:
    rule_context = RuleContext(before={back: {"POS": number} for back, number in months.items()})
    form = history_check(Term("POS"), "<", Term("POS", 1, When.USUAL))
    result = evaluate(form, stored={}, pending={}, typed={"POS": 99}, rule_context=rule_context)
    assert [problem.values.get("POS_usual") for problem in result.problems] == (
        [usual] if usual else []
    )


@pytest.mark.parametrize(
    ("op", "left", "right", "holds"),
    [
        ("==", 15, 10, True),
        ("==", 16, 10, False),
        ("==", 5, 10, True),
        ("==", 4, 10, False),
        ("==", 64, 80, True),
        ("==", 63, 80, False),
        ("==", 96, 80, True),
        ("==", 97, 80, False),
        ("==", 5, 0, True),
        ("==", 6, 0, False),
        ("<=", 96, 80, True),
        ("<=", 97, 80, False),
        ("<=", 1, 80, True),
        (">=", 64, 80, True),
        (">=", 63, 80, False),
        (">=", 99, 8, True),
    ],
)
def test_an_allowance_is_units_or_percent_whichever_is_more(
    op: str, left: int, right: int, holds: bool
) -> None:
    form = history_check(Term("POS"), op, Term("TDR"), Allowance(percent=20, units=5))
    result = evaluate(form, stored={"TDR": right}, pending={}, typed={"POS": left})
    assert result.pending == ({} if holds else {"POS": left})


def test_differ_compares_pair_by_pair() -> None:
    check = Check(
        51, (Term("POS"), Term("TDR")), "differ", (Term("FIE"), Term("VUS")), Level.CONFIRM, "same"
    )
    form = replace(FORM, checks=(check,))
    equal = {"POS": 3, "FIE": 3, "TDR": 8, "VUS": 8}
    results = [
        evaluate(form, stored={}, pending={}, typed=typed).pending
        for typed in (equal, equal | {"POS": 4}, {"POS": 3, "FIE": 3, "TDR": 8})
    ]
    assert results == [equal, {}, {}]


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
    result = evaluated({"ENF": 0, "VUS": 3}, days={"ENF": days}, days_in_month=length)

    assert result.days_out == kept
    assert result.accepted == {"VUS": 3, **accepted}
    assert [problem.key for problem in result.problems] == ([] if kept else ["days_out_too_long"])


def test_refusals_come_first_then_what_may_be_confirmed_in_form_order() -> None:
    result = evaluated({"CTA": 500, "VUS": 120, "TDR": 30, "FIE": 20, "DCD": 1, "POS": 101})

    assert [(problem.codes[0], problem.key) for problem in result.problems] == [
        ("TDR", "rule_2"),
        ("POS", "rule_3"),
        ("CTA", "above_refuse"),
        ("VUS", "above_ask"),
        ("DCD", "rule_9"),
    ]
    assert result.to_confirm == ("VUS", "DCD")


def test_a_code_of_another_form_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        evaluated({"DEP": 3})


CATALOGUE = load()
SHIPPED = tuple(CATALOGUE.forms.values())


def some(random: Random, codes: Sequence[str], largest: int) -> dict[str, int]:
    """Any numbers for any of the codes: now and then nearly all of them, or all alike."""
    chosen = random.sample(codes, random.randint(0, len(codes)))
    return {code: random.randint(0, random.choice((0, 12, largest))) for code in chosen}


def case_of(seed: int) -> dict[str, Any]:
    """Return all that a form is evaluated with: other forms, other months and stock at times."""
    random = Random(seed)
    form = random.choice(SHIPPED)
    elsewhere = [code for code in CATALOGUE.form_of if code not in form.codes]
    everything = [*CATALOGUE.form_of]
    rule_context = RuleContext(
        now=some(random, elsewhere, 60),
        before={back: some(random, everything, 60) for back in range(1, random.randint(1, 7))},
        stock=some(random, CATALOGUE.forms["STK"].codes, 200),
        receipts=some(random, CATALOGUE.forms["STK"].codes, 50),
    )
    return {
        "form": form,
        "stored": some(random, form.codes, 100),
        "pending": some(random, form.codes, 310),
        "typed": some(random, form.codes, random.choice((60, 310))),
        "rule_context": random.choice((rule_context, RuleContext())),
        "confirmed": random.sample(form.codes, random.choice((0, 2))),
    }


SEEDS = st.integers(0, 2**32)


@given(SEEDS)
def test_whatever_is_typed_the_accepted_numbers_agree_and_none_is_above_its_limits(
    seed: int,
) -> None:
    case = case_of(seed)
    form, confirmed = case["form"], case["confirmed"]
    result = evaluate(**case)
    newly = {**case["pending"], **case["typed"]}
    highest = {
        field.code: field.refuse_above if field.code in confirmed else field.ask_above
        for field in form.fields
    }

    assert not result.accepted.keys() & result.pending.keys()
    assert all(
        newly[code] == number for code, number in {**result.accepted, **result.pending}.items()
    )
    assert all(number <= highest[code] for code, number in result.accepted.items())
    again = evaluate(**{**case, "pending": {}, "typed": result.accepted})
    assert again.accepted == result.accepted
    named = {code for problem in result.problems for code in problem.codes}
    assert newly.keys() - result.accepted.keys() <= named


@given(SEEDS)
def test_an_oui_settles_what_it_was_asked_for_and_nothing_else(seed: int) -> None:
    case = case_of(seed)
    first = evaluate(**case)
    after = evaluate(
        **{
            **case,
            "stored": {**case["stored"], **first.accepted},
            "pending": first.pending,
            "typed": {},
            "confirmed": {*case["confirmed"], *first.to_confirm},
        }
    )
    assert after.accepted.keys() >= {*first.to_confirm}
    asked = {
        code
        for problem in first.problems
        if problem.level is Level.CONFIRM
        for code in problem.codes
    }
    assert asked >= {*first.to_confirm}


@given(SEEDS)
def test_the_order_of_typing_never_matters(seed: int) -> None:
    case, random = case_of(seed), Random(seed)

    def shuffled(values: Mapping[str, int]) -> dict[str, int]:
        return dict(random.sample(list(values.items()), len(values)))

    first = evaluate(**case)
    other = evaluate(
        **{**case, "typed": shuffled(case["typed"]), "stored": shuffled(case["stored"])}
    )
    assert other == first


@given(SEEDS)
def test_a_problem_names_only_numbers_that_are_known(seed: int) -> None:
    case = case_of(seed)
    rule_context = case["rule_context"]
    sources = [case["stored"], case["pending"], case["typed"], rule_context.now, rule_context.stock]
    sources += [rule_context.receipts, *rule_context.before.values(), {"nothing received": 0}]
    known = {number for source in sources for number in source.values()}
    for problem in evaluate(**case).problems:
        assert set(problem.values.values()) <= known
