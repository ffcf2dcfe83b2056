"""The USSD dialogue as a state machine: an answer leads from one state to the next.

Pure, without clock and store: the same state and answer always lead to the same place, so that
a dialogue can be replayed. `step` returns the transition of an answer. Where that needs stored
data it carries an effect, and its caller continues with `opened`, `filed` or `told`. `screen`
renders a state.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.ussd import (
    choice_screens,
    command_screens,
    correction_screens,
    entry_screens,
    group_state,
)
from menus.ussd.group_state import next_group
from menus.ussd.layout import HOME, laid_out
from menus.ussd.screen_parts import Answered, Shown, home, started
from menus.ussd.state import Caller, DialogueState, File, Screen, Sheet, Transition
from menus.wording.sentences import say

# No screen asks for a longer answer.
LONGEST_ANSWER: Final = 200
# The screens that take answers dialled together with the service number (`*384*1*5#`). Numbers of
# a report, and a yes, are only taken as answers to a screen.
DEEP: Final = frozenset({"posts", "menu", "forms", "months", "ask"})
_ANSWERED: Final[Mapping[str, Answered]] = {
    **choice_screens.ANSWERED,
    **command_screens.ANSWERED,
    **entry_screens.ANSWERED,
    **correction_screens.ANSWERED,
}
_SHOWN: Final[Mapping[str, Shown]] = {
    **choice_screens.SHOWN,
    **command_screens.SHOWN,
    **entry_screens.SHOWN,
    **correction_screens.SHOWN,
}


def start(caller: Caller) -> DialogueState:
    """Return the first state: the report to continue, else the caller's places, else the menu."""
    state = DialogueState(caller)
    return replace(state, at="offer") if caller.offer is not None else started(state)


def dial(catalogue: Catalogue, caller: Caller, text: str) -> Transition:
    """Return the first transition of a dialogue, or that of the answers dialled with it.

    An invalid answer, and all that follow, are ignored. They are numbers of a report when Redis
    has lost the dialogue: then `lost` is set, and the caller is asked to type them again.
    """
    if not text:
        return Transition(start(caller))
    state = started(DialogueState(caller))
    answers = text.split("*")
    for number, answer in enumerate(answers, 1):
        taken = step(catalogue, state, answer)
        if taken.state.wrong:
            break
        if taken.effect is not None or taken.state.at not in DEEP:
            return replace(taken, lost=number < len(answers))
        state = taken.state
    return Transition(state)


def step(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Return the transition of an answer, which may be any text; `000` always leads to the menu."""
    answer = answer.strip()[:LONGEST_ANSWER]
    fresh = replace(state, wrong="")
    if answer == HOME or state.at not in _ANSWERED:
        return Transition(home(fresh))
    return _ANSWERED[state.at](catalogue, fresh, answer)


def screen(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Return the screen of a state, in GSM-7 and within the caller's room."""
    return _SHOWN[state.at](catalogue, state)


def opened(catalogue: Catalogue, state: DialogueState, sheet: Sheet, how: str) -> DialogueState:
    """Return the state after an Open effect, which asks for the first numbers of the report."""
    return group_state.opened(catalogue, state, sheet, how)


def filed(
    catalogue: Catalogue, state: DialogueState, sheet: Sheet, text: str, closing: str = ""
) -> DialogueState:
    """Return the state after a File effect: the next group of the report, or its end.

    The end also shows `closing`. Where a number was not accepted after all, since another
    message came in between, `text`, the reply that an SMS would get, is shown.
    """
    taken = all(sheet.values.get(code) == number for code, number in state.typed.items())
    if not taken:
        return told(state, text)
    first = state.group + 1 if state.again else 0
    there = next_group(catalogue, replace(state, sheet=sheet), first)
    return replace(there, text=closing) if there.at == "done" else there


def stored(catalogue: Catalogue, state: DialogueState, sheet: Sheet) -> DialogueState:
    """Return the state that asks for the next numbers of a report that was just stored."""
    return next_group(catalogue, replace(state, sheet=sheet, month=sheet.month, again=False))


def told(state: DialogueState, text: str, language: str = "") -> DialogueState:
    """Return the state after a Run effect, which shows the answer, in a new language if given."""
    caller = replace(state.caller, language=language or state.caller.language)
    return command_screens.told(replace(state, caller=caller), text)


def end(catalogue: Catalogue, language: str, key: str, room: int) -> Screen:
    """Return a last screen with a single sentence."""
    return laid_out(key, [say(catalogue, language, key)], room, ends=True)


def as_sms(file: File) -> str:
    """Return a confirmed group as the equivalent SMS: `PEC 10 VUS 45 FIE 38`."""
    pairs = [
        f"{code} {number}" + (f"J{file.days_out[code]}" if code in file.days_out else "")
        for code, number in file.values.items()
    ]
    return " ".join([file.form, str(Period.parse(file.month).month), *pairs])
