"""A number moves once the new phone agrees, and an old roster does not move it back."""

import pytest

from gateway.commands.number_change import Move, ask_new_phone, move_of
from menus.model.arguments import NumberChange, Place
from menus.model.catalogue import Catalogue
from menus.reading.parser import read
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    OUMAR,
    PEC,
    PEC_VALUES,
    STRANGER,
    Harness,
    person,
    unit,
)
from tests.gateway.units_of_work import heard, keys

NEW = "+22370000009"
OTHER = "+22370000102"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KOLA 70000009", Move(Place(("KOLA",)), NEW)),
        ("KOLA 70 00 00 09", Move(Place(("KOLA",)), NEW)),
        ("KOLA +223 70-00-00-09", Move(Place(("KOLA",)), NEW)),
        ("DE TENE KOURA 70000009", Move(Place(("DE", "TENE", "KOURA")), NEW)),
        ("KOLA 01 70000009", Move(Place(("KOLA",)), NEW, "01")),
        ("KOLA 0001 70 00 00 09", Move(Place(("KOLA",)), NEW, "0001")),
        ("KOLA 2 70000009", Move(Place(("KOLA", "2")), NEW)),
        ("KOLA", None),
        ("70000009", None),
        ("KOLA 7000", None),
        ("", None),
    ],
)
def test_what_stands_behind_numero(catalogue: Catalogue, text: str, expected: Move | None) -> None:
    said = read(f"NUMERO {text}", catalogue).arguments
    assert isinstance(said, NumberChange)
    assert move_of(said) == expected


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """With one agent at Kola, and a second centre."""
    units = (unit("BLA", "facility", "DUGU"),)
    harness.enrol(units, (person(OUMAR, "asc", "KOLA", active=False), person(OTHER, "dtc", "BLA")))
    return harness


def notices(harness: Harness, phone: str) -> list[str]:
    return [row.text for row in harness.rows("notice") if row.phone == phone]


def test_a_number_moves_when_the_new_phone_says_oui(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    answer = harness.told("NUMERO KOLA 70 00 00 09", NANA)
    assert answer.startswith("NUMERO Kola: un SMS part au 7X XX XX 09.")
    (asked,) = notices(harness, NEW)
    assert asked.startswith("Alerte: ce telephone doit servir")
    assert "PEC octobre" in harness.told(PEC.replace("VUS 45", "VUS 46"))
    assert "Ce telephone sert maintenant pour le site Kola." in harness.told("oui", NEW)
    assert harness.told(PEC, NEW).startswith("PEC octobre")
    assert harness.report().values == PEC_VALUES
    harness.clock.advance(days=1)
    assert "pas inscrit" in harness.told(PEC, AWA)
    assert [text[:6] for text in notices(harness, AWA)] == ["Alerte"]
    assert "a repondu OUI" in notices(harness, NANA)[0]


def test_nothing_moves_without_the_new_phones_oui(harness: Harness) -> None:
    harness.told("NUMERO KOLA 70000009", NANA)
    assert "pas inscrit" in harness.told(PEC, NEW)
    assert "pas inscrit" in harness.told("OUI", STRANGER)
    assert harness.told(PEC).startswith("PEC octobre OK.")


def test_an_oui_comes_too_late_after_72_hours(harness: Harness) -> None:
    harness.told("NUMERO KOLA 70000009", NANA)
    harness.clock.advance(hours=72, seconds=1)
    assert "pas inscrit" in harness.told("OUI", NEW)
    assert harness.told(PEC).startswith("PEC octobre")


def test_a_mistyped_number_is_replaced_by_the_right_one(harness: Harness) -> None:
    harness.told("NUMERO KOLA 70000008", NANA)
    harness.told("NUMERO KOLA 70000009", NANA)
    assert "pas inscrit" in harness.told("OUI", "+22370000008")
    assert "site Kola" in harness.told("OUI", NEW)


def test_of_two_agents_one_is_chosen_by_the_end_of_her_number(harness: Harness) -> None:
    harness.enrol((), (person(OUMAR, "asc", "KOLA"),))
    asked = harness.told("NUMERO KOLA 70000009", NANA)
    assert "Les anciens numeros finissent par 01, 05." in asked
    assert "7X XX XX 09" in harness.told("NUMERO KOLA 01 70000009", NANA)
    harness.told("OUI", NEW)
    assert harness.told(PEC, NEW).startswith("PEC octobre OK.")
    assert "Kola, Tene" in harness.told(PEC, OUMAR)


@pytest.mark.parametrize(
    ("text", "who", "problem"),
    [
        ("NUMERO KOLA 70000009", OTHER, "place_unknown"),
        ("NUMERO KOLA 70000002", NANA, "number_taken"),
        ("NUMERO KOLA 70000005", NANA, "number_taken"),
        ("NUMERO KOLA 44 70000009", NANA, "number_nobody"),
        ("NUMERO KOLA", NANA, "number_which"),
        ("NUMERO KANI 70000009", NANA, "number_which"),
    ],
)
def test_what_cannot_be_moved(harness: Harness, text: str, who: str, problem: str) -> None:
    with heard(harness, text, who) as (uow, understood):
        assert keys(ask_new_phone(uow, understood)) == [problem]
    assert harness.rows("notice") == []


def test_an_agent_may_not_move_a_number(harness: Harness) -> None:
    assert harness.told("NUMERO KOLA 70000009", AWA) == (
        "NUMERO n'est pas pour vous. Rien n'est change."
    )
    assert harness.rows("notice") == []


def test_a_roster_that_has_the_old_number_is_told_and_not_applied(harness: Harness) -> None:
    harness.told("NUMERO KOLA 70000009", NANA)
    harness.told("OUI", NEW)
    people = (person(AWA, "asc", "KOLA"), person(ISSA, "asc", "SIRAKORO"))
    summary = harness.enrol((), people)
    assert summary.warnings == (
        "test: 7X XX XX 01 at KOLA became 7X XX XX 09 by SMS on 2026-11-04; left as it is",
    )
    assert (summary.people_added, summary.people_changed) == (0, 0)
    assert "pas inscrit" in harness.told(PEC, AWA)
    assert (
        harness.enrol((), (person(NEW, "asc", "KOLA"), person(FANTA, "asc", "TENE"))).warnings == ()
    )


def test_a_report_right_after_the_oui_is_an_agents(harness: Harness) -> None:
    harness.told("NUMERO KOLA 70000009", NANA)
    for text in ("OUI", PEC):
        harness.receive(text, NEW)
        harness.clock.advance(seconds=5)
    assert harness.read() == 2
    assert harness.report().values == PEC_VALUES
    assert harness.answers(NEW)[1].startswith("PEC octobre OK.")
