"""The state of a group of numbers: numbers still asked, problems, confirmations.

The limits and rules are those of an SMS (`menus.rules.evaluation`); at every answer they are
applied to the stored numbers and those typed so far.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from menus.model.catalogue import Catalogue, Form
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.programme import EMPTY
from menus.rules.calendar import days_in
from menus.rules.evaluation import Evaluation, evaluate
from menus.rules.history import RuleContext
from menus.ussd.state import DialogueState, Sheet, sign

# A rule that names more fields than this is about the whole form: only typed fields are changed.
MOST_TO_MEND: Final = 5


def groups_of(catalogue: Catalogue, form: str) -> tuple[tuple[str, ...], ...]:
    """Return the groups of codes of a form, empty for a form without groups."""
    return catalogue.ussd.groups.get(form, ())


def groups_done(catalogue: Catalogue, form: str, stored: Collection[str]) -> int:
    """Return the number of groups of a form that are stored completely."""
    return sum(all(code in stored for code in group) for group in groups_of(catalogue, form))


def form_of(catalogue: Catalogue, state: DialogueState) -> Form:
    """Return the form of the report being filled."""
    return catalogue.forms[state.report.form]


def asked(catalogue: Catalogue, state: DialogueState) -> tuple[str, ...]:
    """Return the codes of the group that are asked: all when it is repeated, else those missing."""
    group = groups_of(catalogue, state.report.form)[state.group]
    return tuple(code for code in group if state.again or code not in state.report.values)


def missing(catalogue: Catalogue, state: DialogueState) -> tuple[str, ...]:
    """Return the codes that are asked and not typed yet."""
    return tuple(code for code in asked(catalogue, state) if code not in state.typed)


def days_missing(catalogue: Catalogue, state: DialogueState) -> tuple[str, ...]:
    """Return the codes of products with a stock of 0 whose days out are not typed yet."""
    form = form_of(catalogue, state)
    return tuple(
        code
        for code, number in state.typed.items()
        if number == 0 and form.field(code).takes_days_out and code not in state.days
    )


def anew(state: DialogueState) -> DialogueState:
    """Return the group at its beginning, with nothing typed."""
    return replace(
        state, at="numbers", typed=EMPTY, days=EMPTY, agreed=(), sure=(), code="", page=0
    )


def next_group(catalogue: Catalogue, state: DialogueState, first: int = 0) -> DialogueState:
    """Return the first group, from index `first`, with codes to ask; else the end of the form."""
    for number in range(first, len(groups_of(catalogue, state.report.form))):
        there = anew(replace(state, group=number))
        if asked(catalogue, there):
            return there
    return replace(anew(state), at="done")


def opened(catalogue: Catalogue, state: DialogueState, sheet: Sheet, how: str) -> DialogueState:
    """Return the first screen of a report, given the stored report; `how` as in `Open`."""
    fresh = replace(anew(state), sheet=sheet, month=sheet.month, again=False)
    if how == "again" and not sheet.locked:
        return next_group(catalogue, replace(fresh, again=True))
    if sheet.complete:
        return replace(fresh, at="complete")
    if how == "ask" and sheet.values:
        return replace(fresh, at="resume")
    return next_group(catalogue, fresh)


def problem_of(catalogue: Catalogue, state: DialogueState) -> Problem | None:
    """Return the first problem to mend or confirm: refusals before questions, none asked twice."""
    locked = _locked(state)
    if locked is not None:
        return locked
    for confirmed in dict.fromkeys(((), state.sure)):
        for problem in _evaluation(catalogue, state, confirmed).problems:
            if problem.level is Level.REFUSE or sign(problem) not in state.agreed:
                return problem
    return None


def _evaluation(
    catalogue: Catalogue, state: DialogueState, confirmed: Collection[str]
) -> Evaluation:
    sheet = state.report
    # What is about to be typed anew holds nothing back.
    coming = missing(catalogue, state)
    return evaluate(
        form_of(catalogue, state),
        stored={code: n for code, n in sheet.values.items() if code not in coming},
        pending=EMPTY,
        # What is stored was evaluated when it came.
        typed={code: n for code, n in state.typed.items() if sheet.values.get(code) != n},
        typed_days_out=state.days,
        days_in_month=days_in(Period.parse(sheet.month)),
        rule_context=RuleContext(now=sheet.known),
        confirmed=confirmed,
    )


def _locked(state: DialogueState) -> Problem | None:
    """Return the problem of a number that would change a locked report."""
    sheet = state.report
    for code, number in state.typed.items():
        if sheet.locked and sheet.values.get(code, number) != number:
            return Problem("change_closed", Level.REFUSE, (code,))
    return None


def agreed_to(state: DialogueState, problem: Problem) -> DialogueState:
    """Return the state after the caller has confirmed the typed numbers of a problem."""
    codes = tuple(code for code in problem.codes if code in state.typed)
    return replace(state, agreed=(*state.agreed, sign(problem)), sure=(*state.sure, *codes))


def to_mend(catalogue: Catalogue, state: DialogueState, problem: Problem) -> tuple[str, ...]:
    """Return the codes of which one, retyped, mends a problem; those just typed come first."""
    typed = [code for code in problem.codes if code in state.typed]
    own = [code for code in problem.codes if code in form_of(catalogue, state).codes]
    stored = [code for code in own if code in state.report.values and code not in typed]
    if state.report.locked or len(own) > MOST_TO_MEND:
        stored = []
    return (*typed, *stored) or tuple(state.typed)


def settled(catalogue: Catalogue, state: DialogueState) -> DialogueState:
    """Return the next screen within the group."""
    state = replace(state, code="", page=0)
    problem = problem_of(catalogue, state)
    if problem is not None:
        return _with_problem(catalogue, state, problem)
    if missing(catalogue, state):
        return replace(state, at="numbers")
    if days_missing(catalogue, state):
        return replace(state, at="days")
    return replace(state, at="read_back")


def _with_problem(catalogue: Catalogue, state: DialogueState, problem: Problem) -> DialogueState:
    if problem.level is not Level.REFUSE:
        return replace(state, at="question")
    codes = to_mend(catalogue, state, problem)
    if len(codes) == 1:
        return replace(state, at="retype", code=codes[0])
    return replace(state, at="mend")


def retyped(catalogue: Catalogue, state: DialogueState, number: int) -> DialogueState:
    """Return the group with another number for the current field; its questions start over."""
    days = {code: number for code, number in state.days.items() if code != state.code}
    typed = {**state.typed, state.code: number}
    fresh = replace(state, typed=typed, days=days, agreed=(), sure=())
    return settled(catalogue, fresh)
