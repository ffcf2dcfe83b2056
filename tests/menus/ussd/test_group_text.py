"""The texts of a group of numbers: its head, its labels, its choices, and what fits."""

from dataclasses import replace

import pytest

from menus.ussd.group_text import fitted_screen, head_fills, hints, shorts, yes_or_correct
from menus.ussd.state import DialogueState, Screen, Sheet
from tests.menus.ussd.callers import AWA, CATALOGUE

STATE = DialogueState(AWA, at="numbers", sheet=Sheet("PEC", "202610"), group=1)


def test_the_head_names_form_month_and_step() -> None:
    assert head_fills(CATALOGUE, STATE) == {"form": "PEC", "month": "octobre", "step": "2/3"}


def test_fields_have_a_short_label_and_a_meaning() -> None:
    codes = ("VUS", "GRV", "VUF")
    assert shorts(CATALOGUE, STATE, codes) == ["Vus", "Grave", "Filles"]
    assert hints(CATALOGUE, STATE, codes) == [
        "enfants vus en consultation",
        "fievres graves",
        "filles vues",
    ]


def test_the_choices_of_a_read_back() -> None:
    assert yes_or_correct(CATALOGUE, STATE) == "1=Oui 2=Corriger"


@pytest.mark.parametrize(
    ("room", "text", "whole"),
    [
        (40, "La longue phrase.\nRetour\nMenu", True),
        (30, "La longue phrase.\nRetour", True),
        (20, "Courte.\nRetour", True),
        (13, "Courte.", False),
    ],
)
def test_the_first_text_and_foot_that_fit(room: int, text: str, whole: bool) -> None:
    state = replace(STATE, caller=replace(AWA, room=room))
    foots = (("Retour", "Menu"), ("Retour",))
    found = fitted_screen(CATALOGUE, state, ["La longue phrase.", "Courte."], foots)
    assert (found.name, found.text, found.whole) == ("numbers", text, whole)


def test_what_was_wrong_is_shortened_last() -> None:
    state = replace(STATE, wrong="ussd_too_many", caller=replace(AWA, room=42))
    found = fitted_screen(CATALOGUE, state, ["La phrase."], ((),))
    assert found == Screen("numbers", "Trop de nombres.\nLa phrase.")
