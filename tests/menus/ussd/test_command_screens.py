"""The screens that compose a command: what each shows, and where each answer leads."""

from dataclasses import replace

import pytest

from menus.model.ussd import AnswerChoice, Question
from menus.ussd.command_screens import ANSWERED, SHOWN, item_of, options_of, told
from menus.ussd.state import DialogueState, Run
from tests.menus.ussd.callers import AWA, CATALOGUE, NANA

ASK = DialogueState(AWA, at="ask")
AGE = replace(ASK, item="4")
SEX = replace(AGE, given=("14",))
GIVEN = replace(AGE, given=("14", "F", "PG"))
LANGUAGE = replace(ASK, item="7")
SITE = DialogueState(NANA, at="ask", item="5")
AGREE = replace(AGE, at="agree", given=("14", "F", "PG", "ART AMX"))
TEXT = told(ASK, " ".join(f"mot{number}" for number in range(40)))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (AGE, "Age du malade en mois?\n00 Retour"),
        (SEX, "Sexe?\n1 Masculin\n2 Feminin\n00 Retour"),
        (SITE, "Quel site?\n1 Kola\n2 Tene\n00 Retour"),
        (
            AGREE,
            ("Reference 14 Feminin Palu grave Artesunate Amoxicilline: exact?\n1=Oui 2=Non"),
        ),
        (told(ASK, "Fait."), "Fait.\n00 Menu"),
    ],
)
def test_what_is_shown(state: DialogueState, text: str) -> None:
    shown = SHOWN[state.at](CATALOGUE, state)
    assert (shown.name, shown.text, shown.ends, shown.whole) == (state.at, text, False, True)


@pytest.mark.parametrize(
    ("state", "answer", "at", "given", "wrong"),
    [
        (AGE, "00", "menu", (), ""),
        (AGE, "14", "ask", ("14",), ""),
        (AGE, "60", "ask", (), "ussd_out_of_range"),
        (AGE, "x", "ask", (), "ussd_not_numbers"),
        (AGE, "1*2", "ask", (), "ussd_not_numbers"),
        (SEX, "00", "ask", (), ""),
        (SEX, "2", "ask", ("14", "F"), ""),
        (SEX, "1*2", "ask", ("14",), "ussd_no_choice"),
        (GIVEN, "1*2*1", "agree", ("14", "F", "PG", "ART AMX"), ""),
        (GIVEN, "1*9", "ask", ("14", "F", "PG"), "ussd_no_choice"),
        (GIVEN, "6", "agree", ("14", "F", "PG", "RIEN"), ""),
        (AGREE, "2", "menu", (), ""),
        (AGREE, "00", "ask", ("14", "F", "PG"), ""),
        (AGREE, "3", "agree", ("14", "F", "PG", "ART AMX"), "ussd_no_choice"),
    ],
)
def test_where_an_answer_leads(
    state: DialogueState, answer: str, at: str, given: tuple[str, ...], wrong: str
) -> None:
    found = ANSWERED[state.at](CATALOGUE, state, answer)
    assert (found.state.at, found.state.given, found.state.wrong) == (at, given, wrong)
    assert found.effect is None


@pytest.mark.parametrize(
    ("state", "answer", "run"),
    [
        (LANGUAGE, "2", Run("LANGUE", ("BM",))),
        (AGREE, "1", Run("REF", ("14", "F", "PG", "ART AMX"))),
        (
            replace(SITE, at="agree", given=("TENE", "10")),
            "1",
            Run("VAL", ("TENE", "10"), site="TENE", month=10),
        ),
    ],
)
def test_a_command_is_run(state: DialogueState, answer: str, run: Run) -> None:
    found = ANSWERED[state.at](CATALOGUE, state, answer)
    assert (found.effect, found.state.at) == (run, "menu")


@pytest.mark.parametrize(
    ("question", "options"),
    [
        (Question("x", listed="months"), [("10", "octobre"), ("9", "septembre")]),
        (Question("x", listed="sites"), [("K1", "Kola K1"), ("K2", "Kola K2"), ("T1", "Tene")]),
        (Question("x", (AnswerChoice("ussd_yes", "OUI"),)), [("OUI", "Oui")]),
    ],
)
def test_the_options_of_a_question(question: Question, options: list[tuple[str, str]]) -> None:
    caller = replace(NANA, sites=(("K1", "Kola"), ("K2", "Kola"), ("T1", "Tene")))
    assert options_of(CATALOGUE, DialogueState(caller), question) == options


def test_all_products_may_be_out_of_stock() -> None:
    options = options_of(CATALOGUE, ASK, Question("x", listed="products"))
    assert [code for code, _ in options] == list(CATALOGUE.forms["STK"].codes)
    assert options[0] == ("BEB", "CTA-beb")


def test_an_item_that_is_gone_is_an_error() -> None:
    assert item_of(CATALOGUE, AGE).command == "REF"
    with pytest.raises(LookupError, match="is gone"):
        item_of(CATALOGUE, replace(AGE, caller=replace(AWA, offered=())))


@pytest.mark.parametrize(
    ("page", "answer", "at", "next_page", "wrong"),
    [
        (0, "1", "text", 1, ""),
        (1, "1", "text", 1, "ussd_no_choice"),
        (1, "00", "menu", 0, ""),
        (0, "0", "menu", 0, ""),
        (0, "9", "text", 0, "ussd_no_choice"),
    ],
)
def test_an_answer_is_turned_page_by_page(
    page: int, answer: str, at: str, next_page: int, wrong: str
) -> None:
    found = ANSWERED["text"](CATALOGUE, replace(TEXT, page=page), answer).state
    assert (found.at, found.page, found.wrong) == (at, next_page, wrong)
