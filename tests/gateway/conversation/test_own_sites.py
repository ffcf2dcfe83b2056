"""An agent of two sites is asked which is meant, and the name of a site is the answer."""

import pytest

from gateway.conversation.own_sites import site_named
from gateway.model.csv_table import FilePlace
from gateway.model.roster import PersonRow
from gateway.storage.roster import Post
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, NANA, OUMAR, PEC, PEC_VALUES, Harness, person

KOLA = Post(1, OUMAR, 11, "KOLA", "Kola", "Oumar", "asc", "fr")
TENE = Post(2, OUMAR, 12, "TENE-2", "Tènè Koura", "Oumar", "asc", "fr")


@pytest.mark.parametrize(
    ("text", "post", "rest"),
    [
        ("KOLA PEC 10 VUS 45", KOLA, "PEC 10 VUS 45"),
        ("kola: PEC 10 VUS 45", KOLA, "PEC 10 VUS 45"),
        ("A Kola, PEC 10\nVUS 45", KOLA, "PEC 10\nVUS 45"),
        ("Pour le site de tene koura PEC 10 VUS 45", TENE, "PEC 10 VUS 45"),
        ("PEC 10 VUS 45 Tene Kura", TENE, "PEC 10 VUS 45"),
        ("ETAT tene-2", TENE, "ETAT"),
        ("kolla", KOLA, ""),
        ("PEC 10 VUS 45", None, ""),
        ("PEC 10 VUS 45 KIT 3", None, ""),
        ("Bonjour", None, ""),
        ("", None, ""),
    ],
)
def test_the_site_may_stand_before_or_after(
    catalogue: Catalogue, text: str, post: Post | None, rest: str
) -> None:
    found = site_named(text, [KOLA, TENE], catalogue)
    assert found == (None if post is None else (post, rest))


def test_a_word_of_the_language_is_no_mistyped_name(catalogue: Catalogue) -> None:
    near = Post(3, OUMAR, 13, "BEBI", "Bebi", "Oumar", "asc", "fr")
    assert site_named("BEB 4", [near, TENE], catalogue) is None
    assert site_named("BEBI BEB 4", [near, TENE], catalogue) == (near, "BEB 4")


def test_a_report_waits_for_the_name_of_its_site(harness: Harness) -> None:
    asked = harness.told(PEC, OUMAR)
    assert asked.startswith("Pour quel site: Kola, Tene? Rien n'est encore note.")
    assert harness.periods("KOLA") == harness.periods("TENE") == []
    harness.clock.advance(hours=1)
    answer = harness.told("tene", OUMAR)
    assert answer.startswith("Tene: PEC octobre OK.")
    assert harness.report("TENE").values == PEC_VALUES
    assert harness.periods("KOLA") == []


def test_the_site_may_be_named_at_once(harness: Harness) -> None:
    assert "Kola: PEC octobre OK." in harness.told(f"KOLA {PEC}", OUMAR)
    assert "Tene: PEC octobre OK." in harness.told(f"{PEC} TENE", OUMAR)
    assert harness.periods("KOLA") == harness.periods("TENE") == ["202610"]


def test_a_question_and_the_name_in_one_batch(harness: Harness) -> None:
    harness.receive(PEC, OUMAR)
    harness.clock.advance(seconds=20)
    harness.receive("Kola", OUMAR)
    assert harness.read() == 2
    assert harness.report("KOLA").values == PEC_VALUES


def test_a_name_answers_once_and_for_72_hours(harness: Harness) -> None:
    harness.told(PEC, OUMAR)
    harness.clock.advance(hours=72, seconds=1)
    assert "Pas compris" in harness.told("Kola", OUMAR)
    harness.told(PEC, OUMAR)
    harness.told("Kola", OUMAR)
    assert "Pas compris" in harness.told("Tene", OUMAR)
    assert harness.periods("TENE") == []


def test_an_oui_chooses_no_site(harness: Harness) -> None:
    harness.told(PEC, OUMAR)
    assert "Rien n'attend" in harness.told("OUI", OUMAR)
    assert harness.periods("KOLA") == harness.periods("TENE") == []


@pytest.mark.parametrize("site", ["KOLA", "TENE"])
def test_an_oui_is_for_the_site_that_was_asked_about(harness: Harness, site: str) -> None:
    assert "OUI" in harness.told(f"{site} PEC 10 VUS 160", OUMAR)
    harness.told("OUI", OUMAR)
    assert harness.report(site).values == {"VUS": 160}


def test_an_oui_in_the_same_batch_is_for_the_site_that_was_asked_about(harness: Harness) -> None:
    for text in ("TENE PEC 10 VUS 160", "OUI"):
        harness.receive(text, OUMAR)
        harness.clock.advance(seconds=5)
    assert harness.read() == 2
    assert harness.report("TENE").values == {"VUS": 160}


def test_an_oui_finds_its_question_after_a_report_of_the_other_site(harness: Harness) -> None:
    harness.told("KOLA PEC 10 VUS 160", OUMAR)
    harness.clock.advance(minutes=5)
    harness.told(f"TENE {PEC}", OUMAR)
    harness.told("OUI", OUMAR)
    assert harness.report("KOLA").values == {"VUS": 160}


def test_her_state_is_that_of_one_site(harness: Harness) -> None:
    harness.told(f"KOLA {PEC}", OUMAR)
    assert "Pour quel site: Kola, Tene?" in harness.told("ETAT", OUMAR)
    assert "PEC complet" in harness.told("KOLA", OUMAR)
    assert "PEC rien" in harness.told("ETAT TENE", OUMAR)


def test_who_heads_the_centre_and_is_an_agent_reports_for_her_own_site(harness: Harness) -> None:
    harness.enrol((), (person(OUMAR, "dtc", "KANI"), person(OUMAR, "asc", "TENE", active=False)))
    assert harness.told(PEC, OUMAR).startswith("PEC octobre OK.")
    assert harness.report("KOLA").values == PEC_VALUES
    assert "OUI" in harness.told("POUR SIRAKORO PEC 10 VUS 160", OUMAR)
    harness.told("OUI", OUMAR)
    assert harness.report("SIRAKORO").values == {"VUS": 160}


def test_two_phones_of_one_person_are_one_conversation(harness: Harness) -> None:
    second = PersonRow(FilePlace("test"), "+22370000011", "N0001", "asc", "KOLA", "fr", active=True)
    harness.enrol((), (second,))
    assert "OUI" in harness.told("PEC 10 VUS 160", AWA)
    harness.told("OUI", OUMAR)
    assert harness.report().values == {}
    harness.told("OUI", second.phone)
    assert harness.report().values == {"VUS": 160}
    assert "Rien n'attend" in harness.told("OUI", AWA)


def test_annule_is_about_her_last_message_at_whichever_of_her_sites(harness: Harness) -> None:
    harness.told(f"KOLA {PEC}", OUMAR)
    harness.clock.advance(minutes=1)
    harness.told("RUPT ENF TENE", OUMAR)
    harness.clock.advance(minutes=1)
    assert "(RUPT Tene)" in harness.told("ANNULE", OUMAR)
    harness.clock.advance(minutes=1)
    assert "(PEC Kola)" in harness.told("ANNULE KOLA", OUMAR)
    assert harness.told("OUI", OUMAR).startswith("Kola: Dernier message annule.")
    assert harness.report("KOLA").withdrawn
    harness.clock.advance(minutes=1)
    harness.told("REF 14M F PG", OUMAR)
    referred = harness.told("TENE", OUMAR)
    assert referred.split()[1] in harness.told("ANNULE", OUMAR)


def test_annule_of_who_heads_the_centre_is_about_her_last_message(harness: Harness) -> None:
    harness.enrol((), (person(OUMAR, "dtc", "KANI"), person(OUMAR, "asc", "TENE", active=False)))
    harness.told("POUR SIRAKORO PEC 10 VUS 40", OUMAR)
    harness.clock.advance(minutes=1)
    harness.told(PEC, OUMAR)
    harness.clock.advance(minutes=1)
    harness.told("MANQ", OUMAR)
    assert "(PEC Kola)" in harness.told("ANNULE", OUMAR)
    harness.told("OUI", OUMAR)
    assert harness.report("KOLA").withdrawn
    assert harness.report("SIRAKORO").values == {"VUS": 40}


def test_an_answer_says_which_of_her_sites_it_is_about(harness: Harness) -> None:
    assert harness.told("RUPT ENF TENE", OUMAR).startswith("Tene: Rupture notee")
    assert harness.told("KOLA RCU ENF 20", OUMAR).startswith("Kola: Recu note")
    assert harness.told("KOLA PEC 10 VUS 160", OUMAR).startswith("Kola: ")
    assert harness.told("OUI", OUMAR).startswith("Kola: ")
    assert harness.told("POUR SIRAKORO PEC 10 VUS 160", NANA).startswith("Sirakoro: ")
    assert harness.told("NON", NANA).startswith("Sirakoro: ")


def test_a_reason_beside_the_name_of_a_site_stays_a_reason(harness: Harness) -> None:
    assert "enregistree" in harness.told("REF 14M F PG TENE", OUMAR)
    assert "enregistree" in harness.told("REF 9M M DG KOLLA", OUMAR)
