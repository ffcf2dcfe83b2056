"""The parts that all screens share: sentences, ways out, lists and their pages."""

from dataclasses import replace

import pytest

from menus.ussd.layout import Listing, numbered
from menus.ussd.screen_parts import (
    again,
    back_line,
    below,
    home,
    listing,
    month_of,
    pick,
    short_name,
    show,
    started,
    turned,
    with_wrong,
    word,
)
from menus.ussd.state import DialogueState, Offer, Screen, Transition
from tests.menus.ussd.callers import AWA, CATALOGUE, KOLA

STATE = DialogueState(replace(AWA, offer=Offer(0, "PEC", "202609", 1, 3)), month="202610", page=1)
WRONG = replace(STATE, wrong="ussd_no_choice")
LONG = Listing("Quel?", numbered(["m" * 30] * 9), "0 Suite", ("00 Retour",))


def test_words_are_in_the_callers_language() -> None:
    bambara = replace(STATE, caller=replace(AWA, language="bm"))
    assert word(CATALOGUE, STATE, "ussd_title", site="Kola") == "Kibaru Kola"
    assert word(CATALOGUE, STATE, "ussd_no_choice", brief=True) == "Pas ce choix."
    assert month_of(CATALOGUE, STATE, "202608") == "aout"
    assert month_of(CATALOGUE, bambara, "202603") == "marisi"


def test_the_ways_out_stand_below() -> None:
    assert back_line(CATALOGUE, STATE) == "00 Retour"
    assert below(CATALOGUE, STATE) == ("00 Retour",)
    assert below(CATALOGUE, STATE, home=True) == ("00 Retour", "000 Menu")


def test_what_was_wrong_stands_above() -> None:
    assert with_wrong(CATALOGUE, STATE, "Quel?") == "Quel?"
    assert with_wrong(CATALOGUE, WRONG, "Quel?") == "Ce choix n'existe pas.\nQuel?"
    assert with_wrong(CATALOGUE, WRONG, "Quel?", brief=True) == "Pas ce choix.\nQuel?"


def test_home_forgets_all_but_the_caller_and_the_place() -> None:
    assert home(replace(STATE, place=0)) == DialogueState(AWA)
    assert started(STATE).at == "menu"
    assert started(replace(STATE, caller=replace(AWA, places=(KOLA, KOLA)))).at == "posts"


def test_again_keeps_the_screen() -> None:
    assert again(STATE) == Transition(replace(STATE, wrong="ussd_no_choice"))
    assert again(STATE, "ussd_too_many") == Transition(replace(STATE, wrong="ussd_too_many"))


def test_a_list_has_its_lines() -> None:
    options = numbered(["A", "B"])
    assert listing(CATALOGUE, STATE, "Quel?", options) == Listing(
        "Quel?", options, "0 Suite", ("00 Retour",)
    )
    assert listing(CATALOGUE, WRONG, "Quel?", options, foot=()) == Listing(
        "Pas ce choix.\nQuel?", options, "0 Suite", ()
    )


def test_a_list_is_shown_at_its_page_and_turned_round() -> None:
    pages = LONG.pages(160)
    assert len(pages) == 3
    assert [show(replace(STATE, page=page), "ask", LONG) for page in range(4)] == [
        Screen("ask", text) for text in (*pages, pages[0])
    ]
    assert [turned(replace(STATE, page=page), LONG).page for page in range(3)] == [1, 2, 0]


@pytest.mark.parametrize(
    ("answer", "page", "wrong"),
    [("9", 8, ""), ("0", 2, ""), ("10", 1, "ussd_no_choice"), ("", 1, "ussd_no_choice")],
)
def test_an_answer_chooses_or_turns_the_page(answer: str, page: int, wrong: str) -> None:
    found = pick(STATE, LONG, answer, lambda at: Transition(replace(STATE, page=at)))
    assert (found.state.page, found.state.wrong) == (page, wrong)


def test_a_single_page_is_not_turned() -> None:
    short = Listing("Quel?", numbered(["A"]), "0 Suite")
    assert pick(STATE, short, "0", Transition).state.wrong == "ussd_no_choice"  # type: ignore[arg-type]  # not called


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Kola", "Kola"),
        ("Kola Koura de la Grande Riviere", "Kola Koura de la Grande"),
        ("Kolakourabougoudougounikoroba", "Kolakourabougoudougounikoroba"),
    ],
)
def test_a_long_name_loses_its_last_words(name: str, short: str) -> None:
    assert short_name(name) == short
