"""The screens on which a report is filled: what each shows, and where each answer leads."""

from dataclasses import replace

import pytest

from menus.ussd.entry_screens import ANSWERED, SHOWN
from menus.ussd.state import DialogueState, File, Sheet
from tests.menus.ussd.callers import AWA, CATALOGUE

FIRST = {"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28, "CTA": 27}
BEGUN = Sheet("PEC", "202610", FIRST, "4K7M", others=("NUT",))
WHOLE = replace(BEGUN, complete=True)
EMPTY = DialogueState(AWA, at="numbers", month="202610", sheet=Sheet("PEC", "202610"))
STOCK = replace(EMPTY, sheet=Sheet("STK", "202610"), at="days", typed={"BEB": 0, "SEL": 0})
TYPED = replace(EMPTY, at="read_back", typed=FIRST, sure=("VUS", "VUS"))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (
            replace(EMPTY, at="resume", sheet=BEGUN),
            (
                "PEC octobre pas fini.\n1 Continuer le rapport d'octobre (1/3)\n2 Recommencer\n"
                "00 Retour"
            ),
        ),
        (
            replace(EMPTY, at="complete", sheet=WHOLE),
            "PEC octobre est complet. No 4K7M.\n2 Recommencer\n00 Retour",
        ),
        (
            replace(EMPTY, at="complete", sheet=replace(WHOLE, locked=True)),
            "PEC octobre est complet. No 4K7M.\n00 Retour",
        ),
        (
            replace(EMPTY, typed={"VUS": 45, "FIE": 38, "TDR": 37, "POS": 28}),
            ("PEC octobre 1/3. Tapez le nombre: traites par CTA\n00 Retour\n000 Menu"),
        ),
        (
            STOCK,
            "Zero en stock. Combien de jours de rupture? CTA-beb*SRO\n00 Retour",
        ),
        (
            TYPED,
            ("Vus 45, Fievre 38, TDR 37, Pos 28, CTA 27.\n1=Oui 2=Corriger\n00 Retour"),
        ),
        (
            replace(EMPTY, at="done", sheet=WHOLE, text="Faites ceci."),
            "PEC octobre recu en entier, merci. No 4K7M. Reste NUT. Faites ceci.",
        ),
        (
            replace(EMPTY, at="done", sheet=replace(WHOLE, others=())),
            "PEC octobre recu en entier, merci. No 4K7M. Tout est recu, merci.",
        ),
        (
            replace(EMPTY, at="done", sheet=WHOLE, text="Faites ceci. " * 20),
            "PEC octobre recu en entier, merci. No 4K7M. Reste NUT.",
        ),
    ],
)
def test_what_is_shown(state: DialogueState, text: str) -> None:
    shown = SHOWN[state.at](CATALOGUE, state)
    assert (shown.name, shown.text, shown.whole) == (state.at, text, True)
    assert shown.ends is (state.at == "done")


@pytest.mark.parametrize(
    ("state", "answer", "at", "wrong"),
    [
        (replace(EMPTY, at="resume", sheet=BEGUN), "1", "numbers", ""),
        (replace(EMPTY, at="resume", sheet=BEGUN), "2", "numbers", ""),
        (replace(EMPTY, at="resume", sheet=BEGUN), "00", "forms", ""),
        (replace(EMPTY, at="resume", sheet=BEGUN), "3", "resume", "ussd_no_choice"),
        (replace(EMPTY, at="complete", sheet=WHOLE), "1", "complete", "ussd_no_choice"),
        (
            replace(EMPTY, at="complete", sheet=replace(WHOLE, locked=True)),
            "2",
            "complete",
            "ussd_no_choice",
        ),
        (EMPTY, "00", "forms", ""),
        (replace(EMPTY, typed={"VUS": 45}), "00", "numbers", ""),
        (EMPTY, "x", "numbers", "ussd_not_numbers"),
        (EMPTY, "1*2*3*4*5*6", "numbers", "ussd_too_many"),
        (EMPTY, "45*38*37*28*27", "read_back", ""),
        (STOCK, "00", "numbers", ""),
        (STOCK, "x", "days", "ussd_not_numbers"),
        (STOCK, "1*2*3", "days", "ussd_too_many"),
        (STOCK, "32", "days", "ussd_days_too_many"),
        (STOCK, "31", "numbers", ""),
        (TYPED, "00", "numbers", ""),
        (TYPED, "2", "fields", ""),
        (TYPED, "3", "read_back", "ussd_no_choice"),
    ],
)
def test_where_an_answer_leads(state: DialogueState, answer: str, at: str, wrong: str) -> None:
    found = ANSWERED[state.at](CATALOGUE, state, answer)
    assert (found.state.at, found.state.wrong, found.effect) == (at, wrong, None)


def test_a_report_is_continued_or_begun_again() -> None:
    resume = replace(EMPTY, at="resume", sheet=BEGUN)
    assert ANSWERED["resume"](CATALOGUE, resume, "1").state.group == 1
    again = ANSWERED["resume"](CATALOGUE, resume, "2").state
    assert (again.group, again.again) == (0, True)


def test_days_and_numbers_go_to_the_fields_that_were_asked() -> None:
    days = ANSWERED["days"](CATALOGUE, STOCK, "31").state.days
    typed = ANSWERED["numbers"](CATALOGUE, replace(EMPTY, typed={"VUS": 45}), "38*37").state.typed
    assert dict(days) == {"BEB": 31}
    assert dict(typed) == {"VUS": 45, "FIE": 38, "TDR": 37}


def test_a_confirmed_group_is_filed() -> None:
    found = ANSWERED["read_back"](CATALOGUE, TYPED, "1")
    assert found.effect == File("PEC", "202610", FIRST, {}, ("VUS",))
    assert found.state == TYPED
