"""The check of screens: each fits at its largest numbers, or `kibaru check` reports it."""

from dataclasses import replace

import pytest

from menus.gsm7 import is_gsm7, septets
from menus.linting.screens import screen_faults, screens
from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES, Catalogue
from menus.model.programme import UssdLimits

CATALOGUE = load()


def with_room(**limits: object) -> Catalogue:
    return replace(
        CATALOGUE, programme=replace(CATALOGUE.programme, ussd=replace(UssdLimits(), **limits))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits_at_its_largest(language: str) -> None:
    shown = [screen for _, screen in screens(CATALOGUE, language)]
    assert {
        "menu", "posts", "forms", "months", "offer", "ask", "agree", "numbers", "days",
        "question", "mend", "fields", "retype", "read_back", "complete", "resume", "done",
    } <= {screen.name for screen in shown}  # fmt: skip
    assert all(is_gsm7(screen.text) for screen in shown)
    assert max(septets(f"CON {screen.text}") for screen in shown) <= 160
    assert [screen for screen in shown if not screen.whole] == []


def test_a_network_with_less_room_is_told() -> None:
    assert screen_faults(CATALOGUE) == []
    found = screen_faults(with_room(septets_of_network={"61002": 90}))
    assert any("fr): does not fit a screen of 90 septets" in told for told in found)
    assert any(told.startswith("ussd: PEC") for told in found)


def test_a_long_sentence_is_told() -> None:
    words = {**CATALOGUE.words["fr"], "ussd_which_form": "{month}: " + "lequel " * 30}
    found = screen_faults(replace(CATALOGUE, words={**CATALOGUE.words, "fr": words}))
    assert any(told.startswith("ussd: forms (fr)") for told in found)


def test_a_screen_too_long_is_cut_between_words_and_keeps_its_choices() -> None:
    for _, screen in screens(with_room(septets=90), "fr"):
        assert septets(f"CON {screen.text}") <= 90
        if screen.name == "question":
            assert screen.text.endswith("1=Oui 2=Corriger")
