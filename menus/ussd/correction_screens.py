"""Screens about the problems of a group of numbers: questions, fields to correct, retyping."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.reading.typed_numbers import numbers_in
from menus.ussd.group_state import agreed_to, anew, problem_of, retyped, settled, to_mend
from menus.ussd.group_text import CORRECT, YES, fitted_screen, hints, shorts, yes_or_correct
from menus.ussd.layout import BACK, Listing, numbered
from menus.ussd.screen_parts import Answered, Shown, again, below, listing, pick, show, word
from menus.ussd.state import DialogueState, Screen, Transition
from menus.wording.sentences import say_problem


def _told(catalogue: Catalogue, state: DialogueState, problem: Problem) -> list[str]:
    """Return a problem in the words of an SMS, and in the shorter wording."""
    language = state.caller.language
    return [say_problem(catalogue, language, problem, brief=brief) for brief in (False, True)]


def _problem(catalogue: Catalogue, state: DialogueState) -> Problem:
    problem = problem_of(catalogue, state)
    if problem is None:
        raise LookupError("nothing is wrong with the numbers of this group")
    return problem


def show_question(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the question about a plausible number."""
    return question(catalogue, state, _problem(catalogue, state))


def question(catalogue: Catalogue, state: DialogueState, problem: Problem) -> Screen:
    """Return the screen that asks about a plausible number: yes, or another number."""
    texts = _told(catalogue, state, problem)
    return fitted_screen(catalogue, state, texts, ((yes_or_correct(catalogue, state),),))


def answer_question(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Confirm the number, or go to the field to correct."""
    problem = _problem(catalogue, state)
    if answer == BACK:
        return Transition(anew(state))
    if answer == YES:
        return Transition(settled(catalogue, agreed_to(state, problem)))
    if answer != CORRECT:
        return again(state)
    codes = to_mend(catalogue, state, problem)
    if len(codes) == 1:
        return Transition(replace(state, at="retype", code=codes[0]))
    return Transition(replace(state, at="mend"))


def _fields(catalogue: Catalogue, state: DialogueState, problem: Problem | None) -> tuple[str, ...]:
    """Return the codes of which one is to be retyped."""
    return to_mend(catalogue, state, problem) if problem is not None else tuple(state.typed)


def fields(catalogue: Catalogue, state: DialogueState, problem: Problem | None) -> Listing:
    """Return the list of fields with their numbers, below the problem, if any."""
    codes = _fields(catalogue, state, problem)
    values = {**state.report.values, **state.typed}
    names = zip(shorts(catalogue, state, codes), codes, strict=True)
    options = numbered(f"{short} {values[code]}" for short, code in names)
    ask = word(catalogue, state, "ussd_which_field")
    if problem is None:
        return listing(catalogue, state, ask, options)
    roomy, brief = (
        listing(catalogue, state, f"{told}\n{ask}", options)
        for told in _told(catalogue, state, problem)
    )
    return roomy if roomy.is_short(state.caller.room) else brief


def show_fields(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the fields of which one is to be retyped."""
    return show(state, state.at, fields(catalogue, state, problem_of(catalogue, state)))


def answer_fields(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Go to the chosen field; back starts the group over where a number was refused."""
    if answer == BACK:
        refused = state.at == "mend"
        return Transition(anew(state) if refused else settled(catalogue, state))
    problem = problem_of(catalogue, state)
    codes = _fields(catalogue, state, problem)
    return pick(
        state,
        fields(catalogue, state, problem),
        answer,
        lambda at: Transition(replace(state, at="retype", code=codes[at], page=0)),
    )


def show_retype(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the field to retype."""
    return retyping(catalogue, state, problem_of(catalogue, state))


def retyping(catalogue: Catalogue, state: DialogueState, problem: Problem | None) -> Screen:
    """Return the screen that asks for a field again, below its problem, if any."""
    told = [""]
    if problem is not None and state.code in problem.codes:
        told = [f"{text}\n" for text in _told(catalogue, state, problem)]
    labels = (hints(catalogue, state, [state.code])[0], shorts(catalogue, state, [state.code])[0])
    texts = [
        text + word(catalogue, state, "ussd_retype", brief=brief, label=label)
        for text in told
        for brief in (False, True)
        for label in labels
    ]
    return fitted_screen(catalogue, state, texts, (below(catalogue, state),))


def answer_retype(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Take the retyped number, which must be a single number."""
    if answer == BACK:
        problem = problem_of(catalogue, state)
        refused = problem is not None and problem.level is Level.REFUSE
        return Transition(anew(state) if refused else settled(catalogue, state))
    numbers = numbers_in(answer)
    if numbers is None:
        return again(state, "ussd_not_numbers")
    if len(numbers) > 1:
        return again(state, "ussd_too_many")
    return Transition(retyped(catalogue, state, numbers[0]))


ANSWERED: Final[Mapping[str, Answered]] = {
    "question": answer_question,
    "mend": answer_fields,
    "fields": answer_fields,
    "retype": answer_retype,
}
SHOWN: Final[Mapping[str, Shown]] = {
    "question": show_question,
    "mend": show_fields,
    "fields": show_fields,
    "retype": show_retype,
}
