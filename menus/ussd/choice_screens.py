"""Screens on which the caller chooses: the place, a menu item, a form, a month, how to continue."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.ussd import Item
from menus.ussd.layout import BACK, Listing, laid_out, numbered
from menus.ussd.screen_parts import (
    Answered,
    Shown,
    again,
    home,
    listing,
    month_of,
    pick,
    short_name,
    show,
    started,
    word,
)
from menus.ussd.state import DialogueState, Open, Run, Screen, Transition

CONTINUE, RESTART, TO_MENU = "1", "2", "3"
VOWELS: Final = "aeiou"

# --- The place that the caller speaks for


def _places(catalogue: Catalogue, state: DialogueState) -> Listing:
    names = numbered(short_name(place.name) for place in state.caller.places)
    return listing(catalogue, state, word(catalogue, state, "ussd_which_post"), names, foot=())


def show_places(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the caller's places."""
    return show(state, "posts", _places(catalogue, state))


def choose_place(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Go to the menu of the chosen place."""
    listed = _places(catalogue, state)
    return pick(state, listed, answer, lambda at: Transition(home(replace(state, place=at))))


# --- The menu


def available(catalogue: Catalogue, state: DialogueState, item: Item) -> bool:
    """Return whether the command or form of an item exists."""
    if item.command:
        return item.command in state.caller.offered
    return not item.form or item.form in catalogue.ussd.groups


def items(catalogue: Catalogue, state: DialogueState) -> tuple[Item, ...]:
    """Return the items that may be chosen at the caller's place."""
    menu = catalogue.ussd.menu_of(state.caller.places[state.place].role)
    return tuple(item for item in menu.items if available(catalogue, state, item))


def _menu(catalogue: Catalogue, state: DialogueState) -> Listing:
    site = short_name(state.caller.places[state.place].name)
    title = word(catalogue, state, "ussd_title", site=site)
    options = [(item.digit, word(catalogue, state, item.words)) for item in items(catalogue, state)]
    return listing(catalogue, state, title, tuple(options), foot=())


def show_menu(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the menu; without items the dialogue ends."""
    if not items(catalogue, state):
        sentence = word(catalogue, state, "ussd_no_menu")
        return laid_out("menu", [sentence], state.caller.room, ends=True)
    return show(state, "menu", _menu(catalogue, state))


def choose_item(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Begin the chosen item."""
    if answer == BACK:
        return Transition(started(state))
    offered = items(catalogue, state)
    return pick(state, _menu(catalogue, state), answer, lambda at: _begin(state, offered[at]))


def _begin(state: DialogueState, item: Item) -> Transition:
    due = state.caller.months[0] if state.caller.months else ""
    if item.opens:
        return Transition(replace(home(state), at="forms", month=due))
    if item.form:
        return Transition(replace(home(state), at="forms", month=due), Open(item.form, due))
    if item.questions:
        return Transition(replace(home(state), at="ask", item=item.digit))
    return Transition(home(state), Run(item.command))


# --- Which form, which month


def _forms(catalogue: Catalogue, state: DialogueState) -> Listing:
    month = month_of(catalogue, state, state.month)
    head = word(catalogue, state, "ussd_which_form", month=month)
    names = list(catalogue.ussd.groups)
    if len(state.caller.months) > 1:
        names.append(word(catalogue, state, "ussd_other_month"))
    return listing(catalogue, state, head, numbered(names))


def show_forms(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the forms, and the way to another month."""
    return show(state, "forms", _forms(catalogue, state))


def choose_form(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Open the report of the chosen form, or go to the months."""
    if answer == BACK:
        return Transition(home(state))
    forms = list(catalogue.ussd.groups)

    def chosen(at: int) -> Transition:
        if at == len(forms):
            return Transition(replace(state, at="months", page=0))
        return Transition(state, Open(forms[at], state.month))

    return pick(state, _forms(catalogue, state), answer, chosen)


def _months(catalogue: Catalogue, state: DialogueState) -> Listing:
    names = numbered(month_of(catalogue, state, month) for month in state.caller.months)
    return listing(catalogue, state, word(catalogue, state, "ussd_which_month"), names)


def show_months(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the months that may be reported."""
    return show(state, "months", _months(catalogue, state))


def choose_month(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Return to the forms with the chosen month."""
    to_forms = replace(state, at="forms", page=0)
    if answer == BACK:
        return Transition(to_forms)
    months = state.caller.months
    return pick(
        state,
        _months(catalogue, state),
        answer,
        lambda at: Transition(replace(to_forms, month=months[at])),
    )


# --- A report that was begun


def going_on(catalogue: Catalogue, state: DialogueState, month: str, done: int, groups: int) -> str:
    """Return `Continuer le rapport d'octobre (2/4)`, with the stored groups of all groups."""
    name, step = month_of(catalogue, state, month), f"{done}/{groups}"
    key = "ussd_continue_vowel" if name[0].lower() in VOWELS else "ussd_continue"
    return word(catalogue, state, key, month=name, step=step)


def _offer(catalogue: Catalogue, state: DialogueState) -> Listing:
    """Return the choices at the dial when a report was left unfinished."""
    offer = state.caller.offer
    if offer is None:
        raise LookupError("nothing was left unfinished")
    month = month_of(catalogue, state, offer.month)
    head = word(catalogue, state, "ussd_open", form=offer.form, month=month)
    if len(state.caller.places) > 1:
        site = short_name(state.caller.places[offer.place].name)
        head = f"{word(catalogue, state, 'for_site', site=site)} {head}"
    options = (
        (CONTINUE, going_on(catalogue, state, offer.month, offer.done, offer.groups)),
        (RESTART, word(catalogue, state, "ussd_restart")),
        (TO_MENU, word(catalogue, state, "ussd_home")),
    )
    return listing(catalogue, state, head, options, foot=())


def show_offer(catalogue: Catalogue, state: DialogueState) -> Screen:
    """Show the unfinished report."""
    return show(state, "offer", _offer(catalogue, state))


def answer_offer(catalogue: Catalogue, state: DialogueState, answer: str) -> Transition:
    """Continue the unfinished report, begin it again, or go to the menu."""
    offer = state.caller.offer
    if offer is None or answer in (BACK, TO_MENU):
        return Transition(started(state))
    how = {CONTINUE: "continue", RESTART: "again"}.get(answer)
    if how is None:
        return again(state)
    at_place = replace(home(state), at="forms", place=offer.place, month=offer.month)
    return Transition(at_place, Open(offer.form, offer.month, how))


ANSWERED: Final[Mapping[str, Answered]] = {
    "posts": choose_place,
    "menu": choose_item,
    "forms": choose_form,
    "months": choose_month,
    "offer": answer_offer,
}
SHOWN: Final[Mapping[str, Shown]] = {
    "posts": show_places,
    "menu": show_menu,
    "forms": show_forms,
    "months": show_months,
    "offer": show_offer,
}
