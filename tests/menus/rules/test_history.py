"""The numbers known from elsewhere: other forms, earlier months, stock, receipts, counts."""

import pytest

from menus.model.cross_check import Check, Level, Term, When
from menus.rules.history import NOTHING_KNOWN, RuleContext, known_elsewhere

CONTEXT = RuleContext(
    now={"FIE": 8},
    before={1: {"RST": 5, "POS": 10}, 2: {"POS": 30}, 3: {"POS": 20}, 9: {"POS": 90}},
    stock={"SUP": 4},
    receipts={"SUP": 30},
    counted={"RFS": 3},
)


def check(*terms: Term) -> Check:
    return Check(1, terms, "<=", (Term(factor=0),), Level.ASK, "rule_1")


@pytest.mark.parametrize(
    ("term", "number"),
    [
        (Term("RST", when=When.LAST_MONTH), 5),
        (Term("FIE", when=When.LAST_MONTH), None),
        (Term("POS", when=When.USUAL), 20),
        (Term("RST", when=When.USUAL), None),
        (Term("SUP", when=When.OPENING), 4),
        (Term("SUP", when=When.LATEST), 4),
        (Term("ATP", when=When.OPENING), None),
        (Term("SUP", when=When.RECEIVED), 30),
        (Term("ATP", when=When.RECEIVED), 0),
        (Term("RFS", when=When.COUNTED), 3),
        (Term("NND", when=When.COUNTED), None),
    ],
    ids=lambda value: value.name if isinstance(value, Term) else str(value),
)
def test_a_term_takes_its_number_from_where_it_says(term: Term, number: int | None) -> None:
    known = {} if number is None else {term.name: number}
    assert known_elsewhere([check(term)], CONTEXT) == {"FIE": 8, **known}


@pytest.mark.parametrize(
    ("months", "usual"),
    [
        ({1: 10, 2: 30}, {}),
        ({1: 10, 2: 30, 3: 20}, {"POS_usual": 20}),
        ({1: 10, 2: 30, 3: 20, 4: 40}, {"POS_usual": 30}),
        ({1: 10, 2: 30, 7: 20}, {}),
    ],
)
def test_the_usual_number_is_the_median_of_three_to_six_months(
    months: dict[int, int], usual: dict[str, int]
) -> None:
    context = RuleContext(before={back: {"POS": number} for back, number in months.items()})
    assert known_elsewhere([check(Term("POS", when=When.USUAL))], context) == usual


def test_a_number_of_this_month_is_not_looked_up_again() -> None:
    context = RuleContext(now={"SUP_latest": 9}, stock={"SUP": 4})
    assert known_elsewhere([check(Term("SUP", when=When.LATEST))], context) == {"SUP_latest": 9}


def test_nothing_is_known_of_a_new_site() -> None:
    assert known_elsewhere([check(Term("SUP", when=When.RECEIVED))], NOTHING_KNOWN) == {}
