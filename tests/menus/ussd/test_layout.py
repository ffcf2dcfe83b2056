"""The layout of screens: within their room, words whole, lists and texts by pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.gsm7 import is_gsm7, septets, to_gsm7
from menus.reading.typed_numbers import numbers_in
from menus.ussd.layout import Listing, laid_out, numbered, pages

ROOMS = st.integers(80, 182)
TEXTS = st.lists(st.text("abcéèÇ€[0123456789.,", min_size=1, max_size=12), max_size=80).map(
    " ".join
)


@given(TEXTS, ROOMS)
def test_a_long_text_loses_no_word_over_its_pages(text: str, room: int) -> None:
    found = pages(text, room, "1 Suite", "00 Menu")
    assert all(is_gsm7(screen) and septets(f"CON {screen}") <= room for screen in found)
    assert [screen.rpartition("\n")[2] for screen in found] == ["1 Suite"] * (len(found) - 1) + [
        "00 Menu"
    ]
    read = " ".join(screen.rpartition("\n")[0] for screen in found)
    assert read.split() == to_gsm7(text).split()


def test_a_word_longer_than_a_screen_is_broken() -> None:
    found = pages("€" * 300, 100, "1 Suite", "00 Menu")
    assert all(septets(f"CON {screen}") <= 100 for screen in found)
    assert "".join(screen.partition("\n")[0] for screen in found).replace(" ", "") == "€" * 300


def test_a_last_line_that_is_longer_takes_the_last_word_to_a_page_of_its_own() -> None:
    *words, last = (f"mot{number:02}" for number in range(12))
    first = " ".join(words)
    assert pages(f"{first} {last}", 84, "1 Suite", "00 Retour au menu") == [
        f"{first}\n1 Suite",
        f"{last}\n00 Retour au menu",
    ]


@given(st.lists(st.text("abcd ", min_size=1, max_size=24), min_size=1, max_size=40), ROOMS)
def test_every_choice_stands_on_one_page(labels: list[str], room: int) -> None:
    listed = Listing("Lequel?", numbered(labels), "0 Suite", ("00 Retour",))
    found = listed.pages(room)
    assert all(septets(f"CON {screen}") <= room for screen in found)
    digits = [
        line.partition(" ")[0]
        for screen in found
        for line in screen.split("\n")[1:]
        if not line.startswith("0")
    ]
    assert digits == [str(number) for number in range(1, len(labels) + 1)]
    assert all(screen.endswith("00 Retour") for screen in found)
    assert all(("\n0 Suite\n" in screen) is (len(found) > 1) for screen in found)


@pytest.mark.parametrize(
    ("variants", "text", "whole"),
    [
        (["courte\n1=Oui"], "courte\n1=Oui", True),
        (["longue " * 30 + "\n1=Oui", "courte\n1=Oui"], "courte\n1=Oui", True),
        (["mot " * 40 + "\n1=Oui"], ("mot " * 18).strip() + "\n1=Oui", False),
    ],
)
def test_the_roomiest_that_fits(variants: list[str], text: str, whole: bool) -> None:
    shown = laid_out("x", variants, 82)
    assert (shown.text, shown.whole) == (text, whole)


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("45", [45]),
        ("0", [0]),
        ("05", [5]),
        ("45*38*37", [45, 38, 37]),
        ("45 38", [45, 38]),
        (" 45 * 38 ", [45, 38]),
        ("45*38*", [45, 38]),
        ("999999", [999_999]),
        ("", None),
        ("*", None),
        ("*45", None),
        ("45**38", None),
        ("00", None),
        ("45*00", None),
        ("1000000", None),
        ("4,5", None),
        ("-4", None),
        ("+4", None),
        ("VUS 45", None),
        ("٤٥", None),
        ("４５", None),
        ("4\n5", None),
    ],
)
def test_numbers_as_they_are_typed(answer: str, numbers: list[int] | None) -> None:
    assert numbers_in(answer) == numbers
