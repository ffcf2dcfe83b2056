"""Screens on which a report is filled: numbers are asked, read back and confirmed; its end."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.reading.typed_numbers import numbers_in
from menus.rules.calendar import days_in
from menus.ussd.choice_screens import CONTINUE, RESTART, going_on
from menus.ussd.group_state import (
    anew,
    days_missing,
    groups_done,
    groups_of,
    missing,
    next_group,
    settled,
)
from menus.ussd.group_text import (
    CORRECT,
    YES,
    fitted_screen,
    head_fills,
    hints,
    shorts,
    yes_or_correct,
)
from menus.ussd.layout import BACK, Listing, laid_out
from menus.ussd.screen_parts import (
    Answered,
    Shown,
    again,
    back_line,
    below,
    home,
    listing,
    month_of,
    show,
    word,
)
from menus.ussd.state import DialogueState, File, Screen, Transition
from menus.wording.read_back import read_back

# --- A report of which something is stored


def _begun(catalogue: Catalogue, state: DialogueState) -> Listing:
    sheet = state.report
    month = month_of(catalogue, state, sheet.month)
    options = []
    if sheet.complete:
        head = word(
            catalogue, state, "ussd_complete", form=sheet.form, month=month, receipt=sheet.receipt
        )
    else:
        head = word(catalogue, state, "ussd_open", form=sheet.form, month=month)
        done = groups_done(catalogue, sheet.form, sheet.values)
        groups = len(groups_of(catalogue, sheet.form))
        options.append((CONTINUE, going_on(catalogue, state, sheet.month, done, groups)))
    if not sheet.locked:
        options.append((RESTART, word(catalogue, state, "ussd_restart")))
    return listing(catalogue, state, head, tuple(options))


def show_begun(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show that a report is begun or complete, with the ways to continue."""
    return show(state, state.at, _begun(catalogue, state))


def answer_begun(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Continue an incomplete report, or begin one again that is not locked."""
    sheet = state.report
    if answer == BACK:
        return Transition(_to_forms(state))
    if answer == CONTINUE and not sheet.complete:
        return Transition(next_group(catalogue, state))
    if answer == RESTART and not sheet.locked:
        return Transition(next_group(catalogue, replace(state, again=True)))
    return again(state)


def _to_forms(state: DialogueState) -> DialogueState:
    return replace(home(state), at="forms", month=state.report.month)


# --- The numbers of a group


def show_numbers(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Ask for the missing numbers of the group."""
    codes = missing(catalogue, state)
    fills = head_fills(catalogue, state)
    key = "ussd_number" if len(codes) == 1 else "ussd_numbers"
    texts = [
        word(
            catalogue,
            state,
            key,
            brief=brief,
            labels="*".join(labels),
            **fills,
        )
        for brief in (False, True)
        for labels in (hints(catalogue, state, codes), shorts(catalogue, state, codes))
    ]
    foots = (below(catalogue, state, home=True), below(catalogue, state))
    return fitted_screen(catalogue, state, texts, foots)


def answer_numbers(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Take as many numbers as were typed; the next screen asks for the rest."""
    if answer == BACK:
        return Transition(anew(state) if state.typed else _to_forms(state))
    codes, numbers = missing(catalogue, state), numbers_in(answer)
    if numbers is None:
        return again(state, "ussd_not_numbers")
    if len(numbers) > len(codes):
        return again(state, "ussd_too_many")
    typed = {**state.typed, **dict(zip(codes, numbers, strict=False))}
    return Transition(settled(catalogue, replace(state, typed=typed)))


def show_days(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Ask for the days out of stock of products with a stock of 0."""
    labels = "*".join(shorts(catalogue, state, days_missing(catalogue, state)))
    texts = [
        word(catalogue, state, "ussd_days_out", brief=brief, labels=labels)
        for brief in (False, True)
    ]
    return fitted_screen(catalogue, state, texts, (below(catalogue, state),))


def answer_days(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Take days out of stock, none longer than the month."""
    if answer == BACK:
        return Transition(anew(state))
    codes, numbers = days_missing(catalogue, state), numbers_in(answer)
    if numbers is None:
        return again(state, "ussd_not_numbers")
    if len(numbers) > len(codes):
        return again(state, "ussd_too_many")
    if max(numbers) > days_in(Period.parse(state.report.month)):
        return again(state, "ussd_days_too_many")
    days = {**state.days, **dict(zip(codes, numbers, strict=False))}
    return Transition(settled(catalogue, replace(state, days=days)))


# --- What was typed, read back


def show_read_back(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Read back the numbers of the group and ask for a confirmation."""
    language, form = state.caller.language, state.report.form
    texts = [
        read_back(catalogue, language, form, state.typed, state.days, glued=glued, coded=coded)
        for glued, coded in ((False, False), (True, False), (True, True))
    ]
    foot = (yes_or_correct(catalogue, state),)
    with_back = (*foot, back_line(catalogue, state))
    return fitted_screen(catalogue, state, texts, (with_back, foot))


def answer_read_back(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """File the confirmed numbers, or go to the fields to correct."""
    if answer == BACK:
        return Transition(anew(state))
    if answer == CORRECT:
        return Transition(replace(state, at="fields"))
    if answer != YES:
        return again(state)
    sheet = state.report
    sure = tuple(dict.fromkeys(state.sure))
    return Transition(state, File(sheet.form, sheet.month, state.typed, state.days, sure))


def show_done(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the end of a form: its receipt, the forms still missing, and advice where it fits."""
    sheet = state.report
    month = month_of(catalogue, state, sheet.month)
    fills = {"form": sheet.form, "month": month, "receipt": sheet.receipt}
    if sheet.others:
        rest = word(catalogue, state, "remaining", forms=" ".join(sheet.others))
    else:
        rest = word(catalogue, state, "all_in")
    texts = [
        f"{word(catalogue, state, 'ussd_done', brief=brief, **fills)} {rest} {closing}".strip()
        for closing in dict.fromkeys((state.text, ""))
        for brief in (False, True)
    ]
    return laid_out("done", texts, state.caller.room, ends=True)


ANSWERED: Final[Mapping[str, Answered]] = {
    "resume": answer_begun,
    "complete": answer_begun,
    "numbers": answer_numbers,
    "days": answer_days,
    "read_back": answer_read_back,
}
SHOWN: Final[Mapping[str, Shown]] = {
    "resume": show_begun,
    "complete": show_begun,
    "numbers": show_numbers,
    "days": show_days,
    "read_back": show_read_back,
    "done": show_done,
}
