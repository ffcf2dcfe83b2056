"""The values of a dialogue: what is kept between two hops, and the identity of a question."""

import json
from dataclasses import replace

import pytest

from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.ussd.state import DialogueState, Offer, Sheet, sign
from tests.menus.ussd.callers import AWA, NANA

SHEET = Sheet("PEC", "202610", {"VUS": 45}, "4K7M", others=("NUT",), known={"SUP_latest": 4})
FULL = DialogueState(
    replace(AWA, offer=Offer(0, "PEC", "202609", 1, 3)),
    at="numbers",
    month="202610",
    item="3",
    given=("CAP", "2"),
    sheet=SHEET,
    group=1,
    again=True,
    typed={"GRV": 2},
    days={"BEB": 12},
    agreed=("rule_9 DCD DCD=1",),
    sure=("DCD",),
    code="GRV",
    text="Bonjour",
    page=1,
    wrong="ussd_too_many",
)


@pytest.mark.parametrize("state", [FULL, DialogueState(AWA), DialogueState(NANA)])
def test_a_state_goes_through_json(state: DialogueState) -> None:
    assert DialogueState.from_json(json.loads(json.dumps(state.to_json()))) == state


@pytest.mark.parametrize(
    ("change", "error"), [({"caller": None}, TypeError), ({"colour": "blue"}, TypeError)]
)
def test_a_state_of_another_release_is_an_error(
    change: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        DialogueState.from_json({**FULL.to_json(), **change})


def test_a_key_that_is_missing_is_an_error() -> None:
    kept = FULL.to_json()
    del kept["given"]
    with pytest.raises(KeyError, match="given"):
        DialogueState.from_json(kept)


def test_the_report_is_the_open_sheet() -> None:
    assert FULL.report is SHEET
    with pytest.raises(LookupError, match="no report is open"):
        _ = DialogueState(AWA).report


def test_a_question_is_known_by_its_rule_codes_and_numbers() -> None:
    problem = Problem("rule_8", Level.CONFIRM, ("RFS", "GRV"), {"RFS": 1, "GRV": 2})
    assert sign(problem) == "rule_8 RFS GRV GRV=2 RFS=1"
    assert sign(replace(problem, values={"GRV": 2, "RFS": 1})) == sign(problem)
    assert sign(replace(problem, values={"GRV": 3, "RFS": 1})) != sign(problem)
