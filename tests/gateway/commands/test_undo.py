"""ANNULE undoes the sender's last message after an OUI; what is closed stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.commands.undo import ask_to_undo
from tests.gateway.harness import NANA, NOON, OCTOBER, PEC, PEC_VALUES, Harness
from tests.gateway.units_of_work import heard, keys

NOTHING_WAITS = "Rien n'attend votre reponse. Rien n'est change. AIDE explique quoi envoyer."


def test_the_version_before_counts_again(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("COR POS 27 CTA 26")
    assert harness.told("ANNULE") == "Annuler votre dernier message (PEC)? Si oui, repondez OUI."
    assert harness.report().values["POS"] == 27
    assert harness.told("OUI") == (
        "Dernier message annule. PEC oct OK. No 2UQV. Vus45 Fievre38 TDR37 Pos28 CTA27 Grave2 "
        "ArtR2 IRA9 Amox9 Dia11 SRO-Zn10 Ref3 Deces0. Retard. Reste NUT SMI STK."
    )
    assert harness.report().values == PEC_VALUES
    assert (harness.report().version, harness.report().status) == (3, "complete")


def test_what_had_no_version_before_is_withdrawn(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("ANNULE")
    harness.told("OUI")
    report = harness.report()
    assert (report.values, report.status, report.complete) == ({}, "withdrawn", False)
    assert harness.rows("dhis2")[0].revision == 2


def test_what_dhis2_has_is_not_undone_by_an_agent_after_the_fifteenth(harness: Harness) -> None:
    harness.told(PEC)
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=11)
    harness.told("ANNULE")
    harness.clock.advance(days=1)
    with heard(harness, "OUI") as (uow, understood):
        conversation = uow.conversations.get(understood.posts[0].id)
        assert conversation is not None
        assert conversation.undo_id is not None
    assert harness.told("OUI") == "Il n'y a aucun message a annuler. Rien n'est change."
    with heard(harness, "ANNULE") as (uow, understood):
        assert keys(ask_to_undo(uow, understood)) == ["change_closed"]
    assert harness.told("OUI") == NOTHING_WAITS
    assert harness.report().values == PEC_VALUES


def test_a_supervisor_may_undo_what_is_closed_to_the_agent(harness: Harness) -> None:
    harness.told(f"POUR KOLA {PEC}", NANA)
    harness.told("VAL KOLA 10", NANA)
    harness.clock.advance(minutes=1)
    harness.told("POUR KOLA COR POS 27 CTA 26", NANA)
    assert harness.told("ANNULE", NANA) == (
        "Annuler votre dernier message (PEC Kola)? Si oui, repondez OUI."
    )
    harness.told("OUI", NANA)
    assert harness.report().values == PEC_VALUES


@pytest.mark.parametrize("before", [[], ["ETAT"], ["PEC 10 VUS 460"]])
def test_there_may_be_nothing_to_undo(harness: Harness, before: list[str]) -> None:
    for text in before:
        harness.told(text)
    with heard(harness, "ANNULE") as (uow, understood):
        assert keys(ask_to_undo(uow, understood)) == ["nothing_to_undo"]


def test_what_was_changed_since_by_another_message_is_not_undone(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45")
    harness.told("POUR KOLA PEC 10 VUS 46", NANA)
    with heard(harness, "ANNULE") as (uow, understood):
        assert keys(ask_to_undo(uow, understood)) == ["nothing_to_undo"]


def test_another_report_ends_an_annule(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("ANNULE")
    harness.told("NUT 10 DEP 145")
    assert harness.told("OUI") == NOTHING_WAITS
    assert harness.report().values == PEC_VALUES


def test_a_message_sent_before_the_withdrawal_brings_nothing_back(harness: Harness) -> None:
    harness.told(PEC)
    early = harness.clock.now - timedelta(minutes=30)
    harness.told("ANNULE")
    harness.clock.advance(minutes=1)
    harness.told("OUI")
    harness.told("PEC 10 VUS 44", sent=early)
    assert harness.report().values == {}


def test_pages_still_to_come_outlast_the_question(harness: Harness) -> None:
    harness.told(PEC)
    with heard(harness, "ANNULE") as (uow, understood):
        post_id = understood.posts[0].id
        before = uow.conversations.get(post_id)
        assert before is not None
        uow.conversations.put(replace(before, more=("2/2",), more_at=NOON))
        ask_to_undo(uow, understood)
        after = uow.conversations.get(post_id)
    assert after is not None
    assert (after.more, after.touched) == (("2/2",), (harness.report().key,))
