"""Counter-referral: CRF is read without doubt or asked; a death is never guessed."""

import pytest

from menus.loading.loader import load
from menus.model.arguments import ReferralOutcome
from menus.reading.parser import read

CATALOGUE = load()


def outcome(text: str, command: str) -> ReferralOutcome:
    reading = read(text, CATALOGUE)
    assert reading.command == command, text
    assert isinstance(reading.arguments, ReferralOutcome)
    return reading.arguments


def answered(text: str) -> ReferralOutcome:
    return outcome(text, "CRF")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CRF 4721 A", ReferralOutcome("4721", "A")),
        ("crf 4721 a", ReferralOutcome("4721", "A")),
        ("CRF A 4721", ReferralOutcome("4721", "A")),
        ("CRF 4721A", ReferralOutcome("4721", "A")),
        ("CRF-4721-A.", ReferralOutcome("4721", "A")),
        ("CRF4721 H", ReferralOutcome("4721", "H")),
        ("CRF 4721 G", ReferralOutcome("4721", "G")),
        ("CRF 4721 G J3", ReferralOutcome("4721", "G", 3)),
        ("CRF 4721 GJ3", ReferralOutcome("4721", "G", 3)),
        ("CRF 4721 G J 3", ReferralOutcome("4721", "G", 3)),
        ("CRF J3 G 4721", ReferralOutcome("4721", "G", 3)),
        ("CRF 4721 G 3 jours", ReferralOutcome("4721", "G", 3)),
        ("CRF 4721 D", ReferralOutcome("4721", "D")),
        ("CRF 4721 N", ReferralOutcome("4721", "N")),
        ("CRF 4721 arrive", ReferralOutcome("4721", "A")),
        ("CRF 4721 pas arrive", ReferralOutcome("4721", "N")),
        ("CRF 4721 non arrive", ReferralOutcome("4721", "N")),
        ("Bonsoir CRF 4721 A merci", ReferralOutcome("4721", "A")),
    ],
)
def test_what_is_certain_is_taken(text: str, expected: ReferralOutcome) -> None:
    assert answered(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "CRF",
        "CRF 4721",
        "CRF 4721 A H",
        "CRF 4721 X",
        "CRF 4721 G J0",
        "CRF 4721 G J31",
        "CRF 4721 G J3 J4",
        "CRF 4721 J3",
        "CRF 4721 A J3",
        "CRF 4721 pas D",
        "CRF 4721 pas G J3",
    ],
)
def test_an_unclear_outcome_is_asked(text: str) -> None:
    assert answered(text).letter == ""


@pytest.mark.parametrize(
    "text", ["CRF A", "CRF 472 A", "CRF 47211 A", "CRF 4721 4722 A", "CRF 472l A", "CRF 4721 G 3"]
)
def test_an_unclear_number_is_asked(text: str) -> None:
    assert answered(text).number == ""


@pytest.mark.parametrize(
    "text",
    ["CRF 4721 A Awa Traore", "CRF 4721 A 70001234", "CRF 4721 A NANA", "CRF 4721 A DJENEBA"],
)
def test_a_name_or_a_telephone_is_noticed(text: str) -> None:
    found = answered(text)
    assert found.personal
    assert found.strange
    assert (found.number, found.letter) == ("4721", "A")


@pytest.mark.parametrize("command", ["PARTI", "REFUS", "FAIT"])
def test_a_step_of_the_agent_needs_one_number(command: str) -> None:
    for text, number in (("4721", "4721"), ("no 4721 merci", "4721"), ("", ""), ("4721 4722", "")):
        assert outcome(f"{command} {text}", command).number == number
    assert outcome(f"{command} 4721 Awa", command).personal
