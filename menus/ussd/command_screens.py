"""Screens that compose a command by questions, and screens that show its answer."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.model.ussd import Item, Question
from menus.reading.typed_numbers import numbers_in
from menus.ussd.choice_screens import items
from menus.ussd.layout import BACK, NEXT, Listing, answers, choice, laid_out, numbered, pages
from menus.ussd.screen_parts import (
    Answered,
    Shown,
    again,
    below,
    home,
    listing,
    month_of,
    pick,
    short_name,
    show,
    with_wrong,
    word,
)
from menus.ussd.state import DialogueState, Run, Screen, Transition

YES, NO = "1", "2"


def item_of(catalogue: Catalogue, state: DialogueState) -> Item:
    """Return the menu item whose questions are asked.

    Raises LookupError when the menu no longer has it.
    """
    for item in items(catalogue, state):
        if item.digit == state.item:
            return item
    raise LookupError("the menu item of this dialogue is gone")


def options_of(
    catalogue: Catalogue, state: DialogueState, question: Question
) -> list[tuple[str, str]]:
    """Return the options of a question: the argument of the command, and the words shown."""
    if question.listed == "products":
        fields = [field for form in catalogue.forms.values() for field in form.fields]
        language = state.caller.language
        return [(field.code, field.short[language]) for field in fields if field.product]
    if question.listed == "sites":
        return _sites(state)
    if question.listed == "months":
        months = state.caller.months
        return [(str(Period.parse(m).month), month_of(catalogue, state, m)) for m in months]
    return [(choice.value, word(catalogue, state, choice.words)) for choice in question.choices]


def _sites(state: DialogueState) -> list[tuple[str, str]]:
    """Return the codes and names of the sites; sites of the same name also show their codes."""
    names = [short_name(name) for _, name in state.caller.sites]
    times = Counter(names)
    return [
        (code, name if times[name] == 1 else f"{name} {code}")
        for (code, _), name in zip(state.caller.sites, names, strict=True)
    ]


def _question(catalogue: Catalogue, state: DialogueState) -> Question:
    return item_of(catalogue, state).questions[len(state.given)]


def _listing(catalogue: Catalogue, state: DialogueState, question: Question) -> Listing:
    labels = [label for _, label in options_of(catalogue, state, question)]
    return listing(catalogue, state, word(catalogue, state, question.words), numbered(labels))


def show_question(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the next question of the item: a list, or a number."""
    question = _question(catalogue, state)
    if not question.high:
        return show(state, "ask", _listing(catalogue, state, question))
    lines = (word(catalogue, state, question.words), *below(catalogue, state))
    text = with_wrong(catalogue, state, "\n".join(lines))
    return laid_out("ask", [text], state.caller.room)


def answer_question(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Take the answer; back leads to the question before."""
    question = _question(catalogue, state)
    if answer == BACK:
        if not state.given:
            return Transition(home(state))
        return Transition(replace(state, given=state.given[:-1], page=0))
    if question.high:
        return _number(catalogue, state, question, answer)
    return _choice(catalogue, state, question, answer)


def _number(
    catalogue: Catalogue, state: DialogueState, question: Question, answer: str
) -> Transition:
    numbers = numbers_in(answer)
    if numbers is None or len(numbers) != 1:
        return again(state, "ussd_not_numbers")
    if not question.low <= numbers[0] <= question.high:
        return again(state, "ussd_out_of_range")
    return _answered(catalogue, state, str(numbers[0]))


def _choice(
    catalogue: Catalogue, state: DialogueState, question: Question, answer: str
) -> Transition:
    values = [value for value, _ in options_of(catalogue, state, question)]
    listed = _listing(catalogue, state, question)
    if question.many and "*" in answer:
        places = [listed.place(digit) for digit in answer.split("*")]
        chosen = [values[place] for place in places if place is not None]
        if len(chosen) < len(places):
            return again(state)
        return _answered(catalogue, state, " ".join(dict.fromkeys(chosen)))
    return pick(state, listed, answer, lambda at: _answered(catalogue, state, values[at]))


def _answered(catalogue: Catalogue, state: DialogueState, value: str) -> Transition:
    item = item_of(catalogue, state)
    further = replace(state, given=(*state.given, value), page=0)
    if len(further.given) < len(item.questions):
        return Transition(further)
    if item.confirm:
        return Transition(replace(further, at="agree"))
    return Transition(home(state), _run(item, further))


def _run(item: Item, state: DialogueState) -> Run:
    """Return the effect that runs the command, with the answers and the choices from lists."""
    listed = {
        question.listed: value for question, value in zip(item.questions, state.given, strict=True)
    }
    return Run(
        item.command,
        state.given,
        site=listed.get("sites", ""),
        month=int(listed.get("months", 0)),
    )


def _read_back(catalogue: Catalogue, state: DialogueState) -> str:
    """Return the answers in the words in which they were shown."""
    item = item_of(catalogue, state)
    told = [word(catalogue, state, item.words)]
    for question, value in zip(item.questions, state.given, strict=True):
        labels = dict(options_of(catalogue, state, question))
        values = [value] if value in labels else value.split()
        told += [labels.get(argument, argument) for argument in values]
    return " ".join(told)


def show_agreement(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Read back the composed command and ask for a confirmation."""
    head = word(catalogue, state, "ussd_agree", answers=_read_back(catalogue, state))
    choices = answers(
        (YES, word(catalogue, state, "ussd_yes")), (NO, word(catalogue, state, "ussd_no"))
    )
    text = with_wrong(catalogue, state, f"{head}\n{choices}")
    return laid_out("agree", [text], state.caller.room)


def answer_agreement(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Run the confirmed command, or drop it; back leads to the last question."""
    if answer == YES:
        return Transition(home(state), _run(item_of(catalogue, state), state))
    if answer == NO:
        return Transition(home(state))
    if answer == BACK:
        return Transition(replace(state, at="ask", given=state.given[:-1]))
    return again(state)


# --- An answer that is shown page by page


def told(state: DialogueState, text: str) -> DialogueState:
    """Return the state that shows an answer page by page."""
    return replace(home(state), at="text", text=text)


def _pages(catalogue: Catalogue, state: DialogueState) -> list[str]:
    more = choice(NEXT, word(catalogue, state, "ussd_more"))
    last = choice(BACK, word(catalogue, state, "ussd_home"))
    return pages(state.text, state.caller.room, more, last)


def show_text(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the current page of an answer."""
    screens = _pages(catalogue, state)
    page = screens[min(state.page, len(screens) - 1)]
    warned = with_wrong(catalogue, state, page, brief=True)
    return laid_out("text", [warned, page], state.caller.room)


def turn_page(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Show the next page, or return to the menu."""
    if answer == NEXT and state.page + 1 < len(_pages(catalogue, state)):
        return Transition(replace(state, page=state.page + 1))
    if answer in (BACK, "0"):
        return Transition(home(state))
    return again(state)


ANSWERED: Final[Mapping[str, Answered]] = {
    "ask": answer_question,
    "agree": answer_agreement,
    "text": turn_page,
}
SHOWN: Final[Mapping[str, Shown]] = {
    "ask": show_question,
    "agree": show_agreement,
    "text": show_text,
}
