"""Holds up: the conversation by SMS — what is asked, what OUI, NON, COR and ANNULE do to it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.model.report import Why
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, FANTA, NANA, OCTOBER, PEC, PEC_VALUES, Harness

NUT_CODES = ("DEP", "MAM", "MAS", "URE", "GUE", "ABD", "SOD", "RST")


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    return Harness(engine, catalogue)


def test_a_number_above_its_limit_counts_after_an_oui(harness: Harness) -> None:
    asked = harness.told("PEC 10 VUS 160")
    assert asked == (
        f"PEC oct A CONFIRMER. No {harness.report().receipt}. Manque PEC FIE TDR POS CTA GRV ART IRA"
        " AMX DIA SRZ RFS DCD. VUS 160: tres eleve? Si exact OUI, sinon COR VUS .. Retard."
    )
    assert harness.report().values == {}
    assert harness.report().pending["VUS"].why is Why.DOUBT
    harness.told("OUI")
    assert harness.report().values == {"VUS": 160}
    assert harness.report().pending == {}


def test_non_drops_what_was_asked_and_keeps_what_is_stored(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160 FIE 38")
    answer = harness.told("NON")
    assert answer.startswith(f"{harness.says('dropped')} PEC oct INCOMPLET. ")
    assert harness.report().values == {"FIE": 38}
    assert harness.report().pending == {}
    assert harness.told("OUI") == harness.says("nothing_to_confirm")
    assert harness.report().values == {"FIE": 38}


def test_an_oui_without_a_question_changes_nothing(harness: Harness) -> None:
    harness.told(PEC)
    assert harness.told("OUI") == harness.says("nothing_to_confirm")
    assert harness.report().version == 1


def test_an_oui_comes_too_late_after_72_hours(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.clock.advance(hours=72, seconds=1)
    assert harness.told("OUI") == harness.says("nothing_to_confirm")
    assert harness.report().values == {}


def test_an_oui_is_good_for_72_hours(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.clock.advance(hours=72)
    harness.told("OUI")
    assert harness.report().values == {"VUS": 160}


def test_another_report_makes_no_question_last_longer(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.clock.advance(hours=48)
    harness.told("NUT 10 DEP 145")
    harness.clock.advance(hours=25)
    assert harness.told("OUI") == harness.says("nothing_to_confirm")
    assert harness.report().values == {}


def test_another_report_ends_an_annule(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("ANNULE")
    harness.told("NUT 10 DEP 145")
    assert harness.told("OUI") == harness.says("nothing_to_confirm")
    assert harness.report().values == PEC_VALUES


def test_an_oui_is_for_her_own_question(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    assert harness.told("OUI", FANTA) == harness.says("nothing_to_confirm", "bm")
    assert harness.report().values == {}


def test_a_broken_rule_is_settled_by_a_number_and_not_by_an_oui(harness: Harness) -> None:
    harness.told("PEC 10 TDR 37 POS 48")
    harness.told("OUI")
    assert harness.report().values == {}
    harness.told("COR POS 28")
    assert harness.report().values == {"TDR": 37, "POS": 28}


def test_a_question_and_its_oui_in_one_batch(harness: Harness) -> None:
    harness.receive("PEC 10 VUS 160")
    harness.clock.advance(seconds=30)
    harness.receive("OUI")
    assert harness.read() == 2
    assert harness.report().values == {"VUS": 160}


def test_a_near_code_is_stored_only_after_an_oui(harness: Harness) -> None:
    asked = harness.told("STK 10 BEB 24 MXO 300")
    assert harness.says("unknown_code_near", brief=True, typed="MXO", near="MOX") in asked
    assert harness.report(form="STK").values == {"BEB": 24}
    harness.told("oui")
    assert harness.report(form="STK").values == {"BEB": 24, "MOX": 300}


def test_bare_codes_go_where_the_last_message_went(harness: Harness) -> None:
    harness.told("PEC 09 VUS 45 FIE 38")
    harness.told("TDR 37")
    assert harness.report(period="202609").values["TDR"] == 37
    assert harness.periods() == ["202609"]


def test_a_correction_goes_where_the_last_message_went(harness: Harness) -> None:
    harness.told(PEC.replace("PEC 10", "PEC 09"))
    harness.told("COR POS 27")
    assert harness.report(period="202609").values["POS"] == 27
    harness.told(PEC)
    harness.told("CORR 09 POS 26 CTA 26")
    assert harness.report(period="202609").values | {"POS": 26, "CTA": 26} == (
        harness.report(period="202609").values
    )
    assert harness.report().values == PEC_VALUES


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
    harness: Harness, before: int, after: int, large: bool
) -> None:
    harness.told(f"PEC 10 VUS {before}")
    answer = harness.told(f"COR VUS {after}")
    assert harness.report().values["VUS"] == (before if large else after)
    doubt = harness.says("large_change", brief=True, code="VUS", number=after, stored=before)
    assert (doubt in answer) is large
    if large:
        harness.told("OUI")
        assert harness.report().values["VUS"] == after


def test_a_full_new_report_is_no_large_correction(harness: Harness) -> None:
    harness.told(PEC.replace("VUS 45", "VUS 140"))
    harness.told(PEC)
    assert harness.report().values == PEC_VALUES
    assert harness.report().version == 2


def test_nothing_to_report_is_all_zero_after_an_oui(harness: Harness) -> None:
    asked = harness.told("NUT 10 RAS")
    assert harness.says("ras", form="NUT") in asked
    assert harness.report(form="NUT").values == {}
    harness.told("OUI")
    assert harness.report(form="NUT").values == dict.fromkeys(NUT_CODES, 0)
    assert harness.report(form="NUT").complete


@pytest.mark.parametrize(
    ("text", "key"), [("RAS", "ras_which"), ("STK RAS", "ras_stock"), ("STK 10 RAS", "ras_stock")]
)
def test_nothing_to_report_needs_a_form_that_can_be_zero(
    harness: Harness, text: str, key: str
) -> None:
    assert harness.told(text) == harness.says(key)
    harness.told("OUI")
    assert harness.periods(form="STK") == []


def test_the_version_before_counts_again(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("COR POS 27 CTA 26")
    assert harness.told("ANNULE") == "Annuler votre dernier message (PEC)? Si oui, repondez OUI."
    assert harness.report().values["POS"] == 27
    answer = harness.told("OUI")
    assert answer.startswith(f"{harness.says('undone')} PEC oct OK. ")
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
    harness.told("OUI")
    assert harness.report().values == PEC_VALUES
    harness.told("ANNULE")
    harness.told("OUI")
    assert harness.report().values == PEC_VALUES


def test_a_withdrawn_report_comes_back_on_an_oui(harness: Harness) -> None:
    for text in (PEC, "ANNULE", "OUI", PEC):
        answer = harness.told(text)
    assert answer == (
        f"PEC octobre A CONFIRMER. No {harness.report().receipt}. Ce rapport etait annule. Le remettre?"
        " Si oui, repondez OUI. Recu en retard."
    )
    assert harness.report().values == {}
    harness.told("OUI")
    assert harness.report().values == PEC_VALUES
    assert harness.report().status == "complete"


def test_there_may_be_nothing_to_undo(harness: Harness) -> None:
    assert harness.told("ANNULE") == harness.says("nothing_to_undo")


def test_a_message_sent_before_the_withdrawal_brings_nothing_back(harness: Harness) -> None:
    harness.told(PEC)
    early = harness.clock.now - timedelta(minutes=30)
    harness.told("ANNULE")
    harness.clock.advance(minutes=1)
    harness.told("OUI")
    harness.told("PEC 10 VUS 44", sent=early)
    assert harness.report().values == {}


def test_the_head_reports_for_a_site_of_hers(harness: Harness) -> None:
    answer = harness.told("POUR TENE PEC 10 VUS 50 FIE 42", NANA)
    assert answer == (
        f"Tene: PEC oct INCOMPLET. No {harness.report('TENE').receipt}. Vus50 Fievre42. Manque PEC TDR"
        " POS CTA GRV ART IRA AMX DIA SRZ RFS DCD. Retard. Le reste est garde."
    )
    assert harness.report("TENE").values == {"VUS": 50, "FIE": 42}
    (version,) = harness.versions()
    assert version.post_id is not None


@pytest.mark.parametrize(
    ("text", "phone", "key", "fills"),
    [
        ("POUR LONE PEC 10 VUS 50", NANA, "site_unknown", {}),
        ("PEC 10 VUS 50", NANA, "site_needed", {}),
        ("POUR KOLA PEC 10 VUS 50", AWA, "not_for_you", {"command": "POUR"}),
        ("VAL KOLA 10", AWA, "not_for_you", {"command": "VAL"}),
    ],
)
def test_who_may_not_say_what(
    harness: Harness, text: str, phone: str, key: str, fills: dict[str, str]
) -> None:
    assert harness.told(text, phone) == harness.says(key, **fills)
    assert harness.versions() == []


def test_a_misspelt_site_is_found(harness: Harness) -> None:
    harness.told("POUR SIRAKRO PEC 10 VUS 50", NANA)
    assert harness.report("SIRAKORO").values == {"VUS": 50}


def test_the_head_goes_further_back(harness: Harness) -> None:
    assert harness.told("PEC 0326 VUS 50") == harness.says("month_closed")
    harness.told("POUR TENE PEC 0326 VUS 50", NANA)
    assert harness.report("TENE", period="202603").values == {"VUS": 50}


def test_what_is_in_dhis2_is_changed_by_the_head_after_the_15th(harness: Harness) -> None:
    harness.told(PEC)
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=11)
    harness.told("COR 10 POS 27")
    assert harness.report().values["POS"] == 27
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=1)
    answer = harness.told("COR 10 POS 26")
    assert harness.says("change_closed", brief=True, code="POS") in answer
    assert harness.report().values["POS"] == 27
    harness.told("POUR KOLA COR 10 POS 26 CTA 26", NANA)
    assert harness.report().values["POS"] == 26


def test_a_gap_may_be_filled_after_the_15th(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45")
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=20)
    harness.told("PEC 10 FIE 38")
    assert harness.report().values == {"VUS": 45, "FIE": 38}


def test_the_language_changes_with_the_answer_that_says_so(harness: Harness) -> None:
    assert harness.told("LANGUE BM") == harness.says("language_set", "bm")
    assert harness.told(PEC).startswith("PEC òkutòburu dafalen. ")
    assert harness.told("LANGUE FR") == harness.says("language_set")
    assert harness.told("LANGUE") == harness.says("language_which")


def test_the_state_of_the_month(harness: Harness) -> None:
    harness.told(PEC)
    harness.told("NUT 10 DEP 180")
    harness.forwarded("KOLA", "PEC", OCTOBER)
    lacks = "NUT incomplet, manque MAM MAS URE GUE ABD SOD RST"
    assert harness.told("ETAT") == (
        f"octobre: PEC dans DHIS2 04/11 12h00 (en retard); {lacks}; SMI rien; STK rien."
    )
    receipt = harness.report(form="NUT").receipt
    assert harness.told(f"ETAT {receipt}") == f"octobre: {lacks}."
    assert harness.told("ETAT 9ZZZ") == harness.says("receipt_unknown")


@pytest.mark.parametrize("text", ["AIDE", "AIDE PEC", "AIDE ATP", "AIDE COR", "AIDE XYZ"])
def test_help_is_one_or_two_messages_without_a_number(harness: Harness, text: str) -> None:
    answer = harness.told(text)
    assert not any(sign.isdigit() for sign in answer)
    assert harness.rows("reply")[-1].parts <= 2
