"""Holds up: the conversation by SMS — what is asked, what OUI, NON, COR and ANNULE do to it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.model.report import Why
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, FANTA, NANA, OCTOBER, PEC, PEC_VALUES, Pipes

NUT_CODES = ("DEP", "MAM", "MAS", "URE", "GUE", "ABD", "SOD", "RST")


@pytest.fixture
def pipes(engine: Engine, catalogue: Catalogue) -> Pipes:
    return Pipes(engine, catalogue)


def test_a_number_above_its_limit_counts_after_an_oui(pipes: Pipes) -> None:
    asked = pipes.told("PEC 10 VUS 160")
    assert "OUI" in asked
    assert "VUS 160" in asked
    assert pipes.report().values == {}
    assert pipes.report().pending["VUS"].why is Why.DOUBT
    pipes.told("OUI")
    assert pipes.report().values == {"VUS": 160}
    assert pipes.report().pending == {}


def test_non_drops_what_was_asked_and_keeps_what_is_stored(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160 FIE 38")
    answer = pipes.told("NON")
    assert answer.startswith("Laisse tomber.")
    assert pipes.report().values == {"FIE": 38}
    assert pipes.report().pending == {}
    assert "Rien n'attend" in pipes.told("OUI")
    assert pipes.report().values == {"FIE": 38}


def test_an_oui_without_a_question_changes_nothing(pipes: Pipes) -> None:
    pipes.told(PEC)
    assert "Rien n'attend" in pipes.told("OUI")
    assert pipes.report().version == 1


def test_an_oui_comes_too_late_after_72_hours(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    pipes.clock.advance(hours=72, seconds=1)
    assert "Rien n'attend" in pipes.told("OUI")
    assert pipes.report().values == {}


def test_an_oui_is_good_for_72_hours(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    pipes.clock.advance(hours=72)
    pipes.told("OUI")
    assert pipes.report().values == {"VUS": 160}


def test_another_report_makes_no_question_last_longer(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    pipes.clock.advance(hours=48)
    pipes.told("NUT 10 DEP 145")
    pipes.clock.advance(hours=25)
    assert "Rien n'attend" in pipes.told("OUI")
    assert pipes.report().values == {}


def test_another_report_ends_an_annule(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.told("ANNULE")
    pipes.told("NUT 10 DEP 145")
    assert "Rien n'attend" in pipes.told("OUI")
    assert pipes.report().values == PEC_VALUES


def test_an_oui_is_for_her_own_question(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 160")
    assert "Rien" in pipes.told("OUI", FANTA) or "a mago" in pipes.answers(FANTA)[-1]
    assert pipes.report().values == {}


def test_a_broken_rule_is_settled_by_a_number_and_not_by_an_oui(pipes: Pipes) -> None:
    pipes.told("PEC 10 TDR 37 POS 48")
    pipes.told("OUI")
    assert pipes.report().values == {}
    pipes.told("COR POS 28")
    assert pipes.report().values == {"TDR": 37, "POS": 28}


def test_a_question_and_its_oui_in_one_batch(pipes: Pipes) -> None:
    pipes.receive("PEC 10 VUS 160")
    pipes.clock.advance(seconds=30)
    pipes.receive("OUI")
    assert pipes.read() == 2
    assert pipes.report().values == {"VUS": 160}


def test_a_near_code_is_stored_only_after_an_oui(pipes: Pipes) -> None:
    asked = pipes.told("STK 10 BEB 24 MXO 300")
    assert "MXO" in asked
    assert "MOX" in asked
    assert pipes.report(form="STK").values == {"BEB": 24}
    pipes.told("oui")
    assert pipes.report(form="STK").values == {"BEB": 24, "MOX": 300}


def test_bare_codes_go_where_the_last_message_went(pipes: Pipes) -> None:
    pipes.told("PEC 09 VUS 45 FIE 38")
    pipes.told("TDR 37")
    assert pipes.report(period="202609").values["TDR"] == 37
    assert pipes.periods() == ["202609"]


def test_a_correction_goes_where_the_last_message_went(pipes: Pipes) -> None:
    pipes.told(PEC.replace("PEC 10", "PEC 09"))
    pipes.told("COR POS 27")
    assert pipes.report(period="202609").values["POS"] == 27
    pipes.told(PEC)
    pipes.told("CORR 09 POS 26 CTA 26")
    assert pipes.report(period="202609").values | {"POS": 26, "CTA": 26} == (
        pipes.report(period="202609").values
    )
    assert pipes.report().values == PEC_VALUES


@pytest.mark.parametrize(
    ("before", "after", "large"),
    [
        (45, 66, False),
        (45, 134, False),
        (45, 135, True),
        (10, 30, False),
        (10, 31, True),
        (66, 45, False),
        (66, 22, True),
        (30, 10, False),
        (0, 20, False),
        (0, 21, True),
    ],
)
def test_a_large_correction_waits_for_an_oui(
    pipes: Pipes, before: int, after: int, large: bool
) -> None:
    pipes.told(f"PEC 10 VUS {before}")
    answer = pipes.told(f"COR VUS {after}")
    assert pipes.report().values["VUS"] == (before if large else after)
    assert ("OUI" in answer) is large
    if large:
        pipes.told("OUI")
        assert pipes.report().values["VUS"] == after


def test_a_full_new_report_is_no_large_correction(pipes: Pipes) -> None:
    pipes.told(PEC.replace("VUS 45", "VUS 140"))
    pipes.told(PEC)
    assert pipes.report().values == PEC_VALUES
    assert pipes.report().version == 2


def test_nothing_to_report_is_all_zero_after_an_oui(pipes: Pipes) -> None:
    asked = pipes.told("NUT 10 RAS")
    assert "OUI" in asked
    assert pipes.report(form="NUT").values == {}
    pipes.told("OUI")
    assert pipes.report(form="NUT").values == dict.fromkeys(NUT_CODES, 0)
    assert pipes.report(form="NUT").complete


@pytest.mark.parametrize("text", ["RAS", "STK RAS", "STK 10 RAS"])
def test_nothing_to_report_needs_a_form_that_can_be_zero(pipes: Pipes, text: str) -> None:
    assert "RAS" in pipes.told(text)
    pipes.told("OUI")
    assert pipes.periods(form="STK") == []


def test_the_version_before_counts_again(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.told("COR POS 27 CTA 26")
    assert "PEC" in pipes.told("ANNULE")
    assert pipes.report().values["POS"] == 27
    answer = pipes.told("OUI")
    assert answer.startswith("Dernier message annule.")
    assert pipes.report().values == PEC_VALUES
    assert (pipes.report().version, pipes.report().status) == (3, "complete")


def test_what_had_no_version_before_is_withdrawn(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.told("ANNULE")
    pipes.told("OUI")
    report = pipes.report()
    assert (report.values, report.status, report.complete) == ({}, "withdrawn", False)
    assert pipes.rows("dhis2")[0].revision == 2


def test_what_dhis2_has_is_not_undone_by_an_agent_after_the_fifteenth(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.forwarded("KOLA", "PEC", OCTOBER)
    pipes.clock.advance(days=11)
    pipes.told("ANNULE")
    pipes.clock.advance(days=1)
    pipes.told("OUI")
    assert pipes.report().values == PEC_VALUES
    pipes.told("ANNULE")
    pipes.told("OUI")
    assert pipes.report().values == PEC_VALUES


def test_a_withdrawn_report_comes_back_on_an_oui(pipes: Pipes) -> None:
    for text in (PEC, "ANNULE", "OUI", PEC):
        answer = pipes.told(text)
    assert "OUI" in answer
    assert pipes.report().values == {}
    pipes.told("OUI")
    assert pipes.report().values == PEC_VALUES
    assert pipes.report().status == "complete"


def test_there_may_be_nothing_to_undo(pipes: Pipes) -> None:
    assert "aucun message" in pipes.told("ANNULE")


def test_a_message_sent_before_the_withdrawal_brings_nothing_back(pipes: Pipes) -> None:
    pipes.told(PEC)
    early = pipes.clock.now - timedelta(minutes=30)
    pipes.told("ANNULE")
    pipes.clock.advance(minutes=1)
    pipes.told("OUI")
    pipes.told("PEC 10 VUS 44", sent=early)
    assert pipes.report().values == {}


def test_the_head_reports_for_a_site_of_hers(pipes: Pipes) -> None:
    answer = pipes.told("POUR TENE PEC 10 VUS 50 FIE 42", NANA)
    assert answer.startswith("Tene: PEC oct INCOMPLET.")
    assert pipes.report("TENE").values == {"VUS": 50, "FIE": 42}
    (version,) = pipes.versions()
    assert version.post_id is not None


@pytest.mark.parametrize(
    ("text", "phone", "words"),
    [
        ("POUR LONE PEC 10 VUS 50", NANA, "Site pas trouve"),
        ("PEC 10 VUS 50", NANA, "POUR, le site"),
        ("POUR KOLA PEC 10 VUS 50", AWA, "pas pour vous"),
        ("VAL KOLA 10", AWA, "pas pour vous"),
    ],
)
def test_who_may_not_say_what(pipes: Pipes, text: str, phone: str, words: str) -> None:
    assert words in pipes.told(text, phone)
    assert pipes.versions() == []


def test_a_misspelt_site_is_found(pipes: Pipes) -> None:
    pipes.told("POUR SIRAKRO PEC 10 VUS 50", NANA)
    assert pipes.report("SIRAKORO").values == {"VUS": 50}


def test_the_head_goes_further_back(pipes: Pipes) -> None:
    assert "ferme" in pipes.told("PEC 0326 VUS 50")
    pipes.told("POUR TENE PEC 0326 VUS 50", NANA)
    assert pipes.report("TENE", period="202603").values == {"VUS": 50}


def test_what_is_in_dhis2_is_changed_by_the_head_after_the_15th(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.forwarded("KOLA", "PEC", OCTOBER)
    pipes.clock.advance(days=11)
    pipes.told("COR 10 POS 27")
    assert pipes.report().values["POS"] == 27
    pipes.forwarded("KOLA", "PEC", OCTOBER)
    pipes.clock.advance(days=1)
    answer = pipes.told("COR 10 POS 26")
    assert "DTC" in answer
    assert pipes.report().values["POS"] == 27
    pipes.told("POUR KOLA COR 10 POS 26 CTA 26", NANA)
    assert pipes.report().values["POS"] == 26


def test_a_gap_may_be_filled_after_the_15th(pipes: Pipes) -> None:
    pipes.told("PEC 10 VUS 45")
    pipes.forwarded("KOLA", "PEC", OCTOBER)
    pipes.clock.advance(days=20)
    pipes.told("PEC 10 FIE 38")
    assert pipes.report().values == {"VUS": 45, "FIE": 38}


def test_the_language_changes_with_the_answer_that_says_so(pipes: Pipes) -> None:
    assert "bamanankan" in pipes.told("LANGUE BM")
    assert "dafalen" in pipes.told(PEC)
    assert "francais" in pipes.told("LANGUE FR")
    assert "Quelle langue" in pipes.told("LANGUE")


def test_the_state_of_the_month(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.told("NUT 10 DEP 180")
    pipes.forwarded("KOLA", "PEC", OCTOBER)
    answer = pipes.told("ETAT")
    assert answer.startswith("octobre: PEC dans DHIS2 04/11 12h00")
    assert "NUT incomplet, manque MAM MAS URE GUE ABD SOD RST" in answer
    assert "SMI rien" in answer
    receipt = pipes.report(form="NUT").receipt
    assert "NUT incomplet" in pipes.told(f"ETAT {receipt}")
    assert "pas connu" in pipes.told("ETAT 9ZZZ")


@pytest.mark.parametrize("text", ["AIDE", "AIDE PEC", "AIDE ATP", "AIDE COR", "AIDE XYZ"])
def test_help_is_one_or_two_messages_without_a_number(pipes: Pipes, text: str) -> None:
    answer = pipes.told(text)
    assert not any(sign.isdigit() for sign in answer)
    assert pipes.rows("reply")[-1].parts <= 2
