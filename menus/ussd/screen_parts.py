"""The parts of which screens are made: sentences in the caller's language, lists, ways out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.rules.calendar import month_name
from menus.ussd.layout import BACK, HOME, MORE, Listing, choice, laid_out
from menus.ussd.state import DialogueState, Screen, Transition
from menus.wording.sentences import say

Answered = Callable[[Catalogue, DialogueState, str], Transition]
Shown = Callable[[Catalogue, DialogueState], Screen]

# A longer name of a place would leave no room for the choices; in letters.
LONGEST_NAME: Final = 24


def word(
    catalogue: Catalogue, state: DialogueState, key: str, *, brief: bool = False, **fills: str
) -> str:
    """Return a sentence in the caller's language."""
    return say(catalogue, state.caller.language, key, brief=brief, **fills)


def month_of(catalogue: Catalogue, state: DialogueState, month: str) -> str:
    """Return the name of a month (YYYYMM) in the caller's language."""
    return month_name(Period.parse(month), state.caller.language, catalogue.programme)


def back_line(catalogue: Catalogue, state: DialogueState) -> str:
    """Return the line that leads back."""
    return choice(BACK, word(catalogue, state, "ussd_back"))


def below(catalogue: Catalogue, state: DialogueState, *, home: bool = False) -> tuple[str, ...]:
    """Return the lines that lead away from a screen."""
    lines = (back_line(catalogue, state),)
    return (*lines, choice(HOME, word(catalogue, state, "ussd_home"))) if home else lines


def with_wrong(
    catalogue: Catalogue, state: DialogueState, text: str, *, brief: bool = False
) -> str:
    """Return the text, below a line about the last answer where that was wrong."""
    if not state.wrong:
        return text
    return f"{word(catalogue, state, state.wrong, brief=brief)}\n{text}"


def home(state: DialogueState) -> DialogueState:
    """Return the menu of the caller's place, with everything else forgotten."""
    caller = replace(state.caller, offer=None)
    return DialogueState(caller=caller, place=state.place)


def started(state: DialogueState) -> DialogueState:
    """Return the first state when there is no report to continue."""
    return replace(home(state), at="posts" if len(state.caller.places) > 1 else "menu")


def again(state: DialogueState, wrong: str = "ussd_no_choice") -> Transition:
    """Return to the same screen, with a line about the wrong answer."""
    return Transition(replace(state, wrong=wrong))


def listing(
    catalogue: Catalogue,
    state: DialogueState,
    head: str,
    options: tuple[tuple[str, str], ...],
    *,
    foot: tuple[str, ...] | None = None,
) -> Listing:
    """Return a list below `head`, with the lines that turn the page and lead away."""
    more = choice(MORE, word(catalogue, state, "ussd_more"))
    text = with_wrong(catalogue, state, head, brief=True)
    return Listing(text, options, more, below(catalogue, state) if foot is None else foot)


def show(state: DialogueState, name: str, listed: Listing) -> Screen:
    """Show the current page of a list."""
    screens = listed.pages(state.caller.room)
    return laid_out(name, [screens[state.page % len(screens)]], state.caller.room)


def turned(state: DialogueState, listed: Listing) -> DialogueState:
    """Return the state with the next page of the list, after the last page the first."""
    return replace(state, page=(state.page + 1) % len(listed.pages(state.caller.room)))


def pick(
    state: DialogueState, listed: Listing, answer: str, chosen: Callable[[int], Transition]
) -> Transition:
    """Return what `chosen` makes of the chosen index, or turn the page, or ask again."""
    place = listed.place(answer)
    if place is not None:
        return chosen(place)
    if answer == MORE and len(listed.pages(state.caller.room)) > 1:
        return Transition(turned(state, listed))
    return again(state)


def short_name(name: str) -> str:
    """Return a name without the last words that make it too long; never cut in a word."""
    while len(name) > LONGEST_NAME and " " in name:
        name = name.rpartition(" ")[0]
    return name
