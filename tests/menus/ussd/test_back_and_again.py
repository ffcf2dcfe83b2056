"""Keys that go back, lead nowhere or turn a page: what was typed stays, and nothing is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from menus.ussd import navigator
from menus.ussd.state import CallerPlace
from tests.menus.ussd.callers import AWA, KOLA, NANA
from tests.menus.ussd.test_navigator import PEC, Walk

FIRST_GROUP = {"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27}
SECOND_GROUP = {"GRV": 2, "ART": 2, "IRA": 9, "AMX": 9}
FIRST_READ_BACK = (*PEC, "45*38*37*28*27")
DOUBT = (*PEC, "200*38*37*28*27")
TOO_LARGE = (*PEC, "45*38*500")
ABOVE_ANOTHER = (*PEC, "45*60")
NONE_LEFT = ("2", "0*5*6*0")
TWO_PLACES = replace(AWA, places=(KOLA, CallerPlace(8, "Tene", "asc")))
MANY_SITES = replace(
    NANA, sites=tuple((f"S{number:02}", f"Site {number:02}") for number in range(30))
)


@pytest.mark.parametrize(
    ("answers", "screen", "wrong"),
    [
        (("4", "abc"), "ask", "ussd_not_numbers"),
        (("3", "12", "9"), "agree", "ussd_no_choice"),
        ((*DOUBT, "9"), "question", "ussd_no_choice"),
        ((*FIRST_READ_BACK, "9"), "read_back", "ussd_no_choice"),
        ((*TOO_LARGE, "abc"), "retype", "ussd_not_numbers"),
        ((*TOO_LARGE, "1*2"), "retype", "ussd_too_many"),
        ((*NONE_LEFT, "abc"), "days", "ussd_not_numbers"),
        ((*NONE_LEFT, "1*2*3"), "days", "ussd_too_many"),
    ],
)
def test_an_answer_that_leads_nowhere_is_asked_for_again(
    answers: Sequence[str], screen: str, wrong: str
) -> None:
    made = Walk()
    made.keys(*answers[:-1])
    typed = made.state.typed
    assert made.keys(answers[-1]).name == screen
    assert (made.state.wrong, made.state.typed) == (wrong, typed)
    assert made.files == []


@pytest.mark.parametrize(
    ("answers", "screen", "typed"),
    [
        ((*DOUBT, "00"), "numbers", {}),
        ((*ABOVE_ANOTHER, "00"), "numbers", {}),
        ((*TOO_LARGE, "00"), "numbers", {}),
        ((*NONE_LEFT, "00"), "numbers", {}),
        ((*FIRST_READ_BACK, "2", "00"), "read_back", FIRST_GROUP),
        ((*FIRST_READ_BACK, "2", "1", "00"), "read_back", FIRST_GROUP),
        (("3", "12", "00"), "ask", {}),
    ],
)
def test_back_leads_to_what_was_asked_before(
    answers: Sequence[str], screen: str, typed: Mapping[str, int]
) -> None:
    made = Walk()
    assert made.keys(*answers).name == screen
    assert made.state.typed == typed


def test_back_from_a_report_that_was_begun_leads_to_the_forms() -> None:
    made = Walk(stored=FIRST_GROUP)
    assert made.keys(*PEC).name == "resume"
    assert made.keys("00").name == "forms"


def test_a_doubt_about_two_numbers_asks_which_to_correct() -> None:
    made = Walk(stored={**FIRST_GROUP, **SECOND_GROUP})
    assert made.keys(*PEC, "1", "11*3*1*0").name == "question"
    assert made.keys("2").text == (
        "RFS 1 pour GRV 2: un cas grave non refere?\nCorriger quoi?\n1 Ref 1\n2 Grave 2\n00 Retour"
    )


def test_another_key_on_an_answer_that_is_read_shows_it_again() -> None:
    made = Walk()
    made.state = navigator.told(made.state, "Tout est recu.")
    assert made.keys("9").name == "text"
    assert made.state.wrong == "ussd_no_choice"


def test_a_long_list_turns_its_pages_and_begins_again() -> None:
    made = Walk(caller=MANY_SITES)
    first = made.keys("5").text
    shown = {first}
    while (page := made.keys("0").text) != first:
        assert page not in shown
        shown.add(page)
    listed = [line for page in shown for line in page.splitlines() if "Site " in line]
    assert len(listed) == len(MANY_SITES.sites)


def test_of_two_places_one_is_chosen() -> None:
    made = Walk(caller=TWO_PLACES)
    assert made.keys().text == "Pour quel lieu?\n1 Kola\n2 Tene"
    assert made.keys("2").text.startswith("Kibaru Tene\n")
    assert made.state.place == 1
