"""The screens of choices: what each shows, and where each answer leads."""

from dataclasses import replace

import pytest

from menus.ussd.choice_screens import ANSWERED, SHOWN, available, going_on, items
from menus.ussd.state import CallerPlace, DialogueState, Offer, Open, Run
from tests.menus.ussd.callers import AWA, CATALOGUE, KOLA, NANA

TENE = CallerPlace(8, "Tene", "asc")
TWO = replace(AWA, places=(KOLA, TENE))
OFFERED = replace(TWO, offer=Offer(1, "PEC", "202610", 2, 3))
MENU = DialogueState(AWA)
FORMS = replace(MENU, at="forms", month="202610")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (DialogueState(TWO, at="posts"), "Pour quel lieu?\n1 Kola\n2 Tene"),
        (
            DialogueState(NANA),
            "Kibaru Kani\n1 Etat\n2 Manquants\n5 Valider",
        ),
        (
            FORMS,
            "octobre: quel rapport?\n1 PEC\n2 NUT\n3 SMI\n4 STK\n5 Autre mois\n00 Retour",
        ),
        (
            replace(FORMS, caller=replace(AWA, months=("202610",))),
            "octobre: quel rapport?\n1 PEC\n2 NUT\n3 SMI\n4 STK\n00 Retour",
        ),
        (
            replace(FORMS, at="months"),
            "Quel mois?\n1 octobre\n2 septembre\n3 aout\n00 Retour",
        ),
        (
            DialogueState(OFFERED, at="offer"),
            (
                "Tene: PEC octobre pas fini.\n1 Continuer le rapport d'octobre (2/3)\n"
                "2 Recommencer\n3 Menu"
            ),
        ),
    ],
)
def test_what_is_shown(state: DialogueState, text: str) -> None:
    shown = SHOWN[state.at](CATALOGUE, state)
    assert (shown.name, shown.text, shown.ends, shown.whole) == (state.at, text, False, True)


@pytest.mark.parametrize(
    ("state", "answer", "at", "effect"),
    [
        (DialogueState(TWO, at="posts"), "2", "menu", None),
        (MENU, "00", "menu", None),
        (DialogueState(TWO), "00", "posts", None),
        (MENU, "1", "forms", None),
        (MENU, "2", "forms", Open("STK", "202610")),
        (MENU, "3", "ask", None),
        (MENU, "5", "menu", Run("ETAT")),
        (FORMS, "00", "menu", None),
        (FORMS, "2", "forms", Open("NUT", "202610")),
        (FORMS, "5", "months", None),
        (replace(FORMS, at="months"), "00", "forms", None),
        (DialogueState(OFFERED, at="offer"), "1", "forms", Open("PEC", "202610", "continue")),
        (DialogueState(OFFERED, at="offer"), "2", "forms", Open("PEC", "202610", "again")),
        (DialogueState(OFFERED, at="offer"), "3", "posts", None),
        (DialogueState(OFFERED, at="offer"), "00", "posts", None),
        (DialogueState(TWO, at="offer"), "1", "posts", None),
    ],
)
def test_where_an_answer_leads(state: DialogueState, answer: str, at: str, effect: object) -> None:
    found = ANSWERED[state.at](CATALOGUE, state, answer)
    assert (found.state.at, found.effect, found.state.wrong) == (at, effect, "")


def test_the_chosen_place_and_month_are_kept() -> None:
    assert ANSWERED["posts"](CATALOGUE, DialogueState(TWO, at="posts"), "2").state.place == 1
    assert ANSWERED["months"](CATALOGUE, replace(FORMS, at="months"), "3").state.month == "202608"
    assert ANSWERED["offer"](CATALOGUE, DialogueState(OFFERED, at="offer"), "1").state.place == 1


@pytest.mark.parametrize("at", ["posts", "menu", "forms", "months", "offer"])
def test_a_wrong_choice_is_asked_again(at: str) -> None:
    state = DialogueState(OFFERED, at=at, month="202610")
    found = ANSWERED[at](CATALOGUE, state, "9")
    assert found.state == replace(state, wrong="ussd_no_choice")


def test_an_agent_without_months_reports_none() -> None:
    found = ANSWERED["menu"](CATALOGUE, DialogueState(replace(AWA, months=())), "1")
    assert (found.state.at, found.state.month) == ("forms", "")


def test_an_item_is_available_with_its_command_or_form() -> None:
    report, stock, out, *_ = items(CATALOGUE, MENU)
    bare = replace(MENU, caller=replace(AWA, offered=()))
    without_groups = replace(CATALOGUE, ussd=replace(CATALOGUE.ussd, groups={}))
    assert available(CATALOGUE, bare, report)
    assert available(CATALOGUE, bare, stock)
    assert not available(CATALOGUE, bare, out)
    assert not available(without_groups, MENU, stock)


@pytest.mark.parametrize(
    ("month", "text"),
    [
        ("202610", "Continuer le rapport d'octobre (1/3)"),
        ("202609", "Continuer le rapport de septembre (1/3)"),
    ],
)
def test_a_vowel_takes_an_apostrophe(month: str, text: str) -> None:
    assert going_on(CATALOGUE, MENU, month, 1, 3) == text


def test_without_an_unfinished_report_there_is_no_offer() -> None:
    with pytest.raises(LookupError, match="nothing was left unfinished"):
        SHOWN["offer"](CATALOGUE, replace(MENU, at="offer"))
