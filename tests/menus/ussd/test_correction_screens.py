"""The screens about problems of a group: what each shows, and where each answer leads."""

from dataclasses import replace

import pytest

from menus.ussd.correction_screens import ANSWERED, SHOWN
from menus.ussd.state import DialogueState, Sheet
from tests.menus.ussd.callers import AWA, CATALOGUE

EMPTY = DialogueState(AWA, month="202610", sheet=Sheet("PEC", "202610"))
HIGH = replace(EMPTY, at="question", typed={"VUS": 200})
TWO = replace(
    EMPTY, at="question", sheet=Sheet("PEC", "202610", {"POS": 5, "RFS": 0}), typed={"CTA": 9}
)
REFUSED = replace(EMPTY, at="retype", typed={"VUS": 999}, code="VUS")
BROKEN = replace(EMPTY, at="mend", typed={"VUS": 45, "FIE": 60})
FINE = replace(EMPTY, at="fields", typed={"VUS": 45, "FIE": 38})
RETYPED = replace(FINE, at="retype", code="FIE")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (HIGH, "VUS 200: tres eleve, pas encore note.\n1=Oui 2=Corriger"),
        (
            TWO,
            "CTA 9 est plus grand que POS 5: TDR en rupture?\n1=Oui 2=Corriger",
        ),
        (
            BROKEN,
            (
                "FIE 60 est plus grand que VUS 45: c'est une partie des enfants vus.\n"
                "Corriger quoi?\n1 Fievre 60\n2 Vus 45\n00 Retour"
            ),
        ),
        (FINE, "Corriger quoi?\n1 Vus 45\n2 Fievre 38\n00 Retour"),
        (RETYPED, "Tapez le bon nombre: fievres\n00 Retour"),
        (
            REFUSED,
            (
                "VUS 999: trop grand, pas note.\n"
                "Tapez le bon nombre: enfants vus en consultation\n00 Retour"
            ),
        ),
    ],
)
def test_what_is_shown(state: DialogueState, text: str) -> None:
    shown = SHOWN[state.at](CATALOGUE, state)
    assert (shown.name, shown.text, shown.ends, shown.whole) == (state.at, text, False, True)


@pytest.mark.parametrize(
    ("state", "answer", "at", "code", "wrong"),
    [
        (HIGH, "00", "numbers", "", ""),
        (HIGH, "1", "numbers", "", ""),
        (HIGH, "2", "retype", "VUS", ""),
        (HIGH, "3", "question", "", "ussd_no_choice"),
        (TWO, "2", "mend", "", ""),
        (BROKEN, "00", "numbers", "", ""),
        (BROKEN, "2", "retype", "VUS", ""),
        (BROKEN, "3", "mend", "", "ussd_no_choice"),
        (FINE, "00", "numbers", "", ""),
        (FINE, "2", "retype", "FIE", ""),
        (RETYPED, "00", "numbers", "", ""),
        (RETYPED, "x", "retype", "FIE", "ussd_not_numbers"),
        (RETYPED, "1*2", "retype", "FIE", "ussd_too_many"),
        (RETYPED, "40", "numbers", "", ""),
        (RETYPED, "60", "mend", "", ""),
    ],
)
def test_where_an_answer_leads(
    state: DialogueState, answer: str, at: str, code: str, wrong: str
) -> None:
    found = ANSWERED[state.at](CATALOGUE, state, answer)
    assert (found.state.at, found.state.code, found.state.wrong) == (at, code, wrong)
    assert found.effect is None


@pytest.mark.parametrize(
    ("state", "typed"),
    [
        (REFUSED, {}),
        (BROKEN, {}),
        (FINE, {"VUS": 45, "FIE": 38}),
        (RETYPED, {"VUS": 45, "FIE": 38}),
    ],
)
def test_back_drops_numbers_that_were_refused_and_no_others(
    state: DialogueState, typed: dict[str, int]
) -> None:
    assert dict(ANSWERED[state.at](CATALOGUE, state, "00").state.typed) == typed


def test_a_yes_is_asked_once() -> None:
    agreed = ANSWERED["question"](CATALOGUE, HIGH, "1").state
    assert (agreed.agreed, agreed.sure) == (("above_ask VUS number=200",), ("VUS",))


def test_without_a_problem_there_is_no_question() -> None:
    with pytest.raises(LookupError, match="nothing is wrong"):
        SHOWN["question"](CATALOGUE, replace(FINE, at="question"))
