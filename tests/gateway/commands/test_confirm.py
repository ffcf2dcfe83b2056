"""OUI lets count what the last answer asked, for 72 hours; NON drops it."""

import pytest
from sqlalchemy import Engine

from gateway.commands.common import Handler
from gateway.commands.confirm import confirm, refuse
from gateway.model.report import Why
from menus.model.catalogue import Catalogue
from tests.gateway.harness import FANTA, NANA, PEC, PEC_VALUES, Harness
from tests.gateway.units_of_work import heard, keys

LACKS = "Manque PEC FIE TDR POS CTA GRV ART IRA AMX DIA SRZ RFS DCD."
NOTHING_WAITS = "Rien n'attend votre reponse. Rien n'est change. AIDE explique quoi envoyer."


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    """Kola's agent was asked whether 160 children were seen."""
    made = Harness(engine, catalogue)
    assert made.told("PEC 10 VUS 160") == (
        f"PEC oct A CONFIRMER. No 2UQV. {LACKS} VUS 160: tres eleve? Si exact OUI, sinon COR VUS .. "
        "Retard."
    )
    return made


def test_a_number_above_its_limit_counts_after_an_oui(harness: Harness) -> None:
    assert harness.report().values == {}
    assert harness.report().pending["VUS"].why is Why.DOUBT
    assert harness.told("OUI") == (
        f"PEC oct INCOMPLET. No 2UQV. Vus160. {LACKS} Retard. Le reste est garde."
    )
    assert harness.report().values == {"VUS": 160}
    assert harness.report().pending == {}


def test_non_drops_what_was_asked_and_keeps_what_is_stored(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160 FIE 38")
    assert harness.told("NON") == (
        "Laisse tomber. PEC oct INCOMPLET. No 2UQV. Fievre38. Manque PEC VUS TDR POS CTA GRV ART "
        "IRA AMX DIA SRZ RFS DCD. Retard. Le reste est garde."
    )
    assert harness.report().values == {"FIE": 38}
    assert harness.report().pending == {}
    assert harness.told("OUI") == NOTHING_WAITS
    assert harness.report().values == {"FIE": 38}


def test_an_oui_answers_once(harness: Harness) -> None:
    harness.told("OUI")
    assert harness.told("OUI") == NOTHING_WAITS
    assert harness.report().version == 1


@pytest.mark.parametrize("handle", [confirm, refuse])
def test_without_a_question_nothing_waits(harness: Harness, handle: Handler) -> None:
    with heard(harness, "OUI", FANTA) as (uow, understood):
        assert keys(handle(uow, understood)) == ["nothing_to_confirm"]
        assert uow.conversations.get(understood.posts[0].id) is None


def test_an_oui_comes_too_late_after_72_hours(harness: Harness) -> None:
    harness.clock.advance(hours=72, seconds=1)
    assert harness.told("OUI") == NOTHING_WAITS
    assert harness.report().values == {}


def test_an_oui_is_good_for_72_hours(harness: Harness) -> None:
    harness.clock.advance(hours=72)
    harness.told("OUI")
    assert harness.report().values == {"VUS": 160}


def test_another_report_makes_no_question_last_longer(harness: Harness) -> None:
    harness.clock.advance(hours=48)
    harness.told("NUT 10 DEP 145")
    harness.clock.advance(hours=25)
    assert harness.told("OUI") == NOTHING_WAITS
    assert harness.report().values == {}


def test_an_oui_is_for_the_question_of_its_own_sender(harness: Harness) -> None:
    harness.told("LANGUE FR", FANTA)
    assert harness.told("OUI", FANTA) == NOTHING_WAITS
    assert harness.report().values == {}


def test_a_broken_rule_is_settled_by_a_number_and_not_by_an_oui(harness: Harness) -> None:
    harness.told("NON")
    harness.told("PEC 10 TDR 37 POS 48")
    assert harness.told("OUI") == NOTHING_WAITS
    assert harness.report().values == {}
    harness.told("COR POS 28")
    assert harness.report().values == {"TDR": 37, "POS": 28}


def test_a_question_and_its_oui_in_one_batch(harness: Harness) -> None:
    harness.receive("PEC 10 FIE 160")
    harness.clock.advance(seconds=30)
    harness.receive("OUI")
    assert harness.read() == 2
    assert harness.report().values == {"VUS": 160, "FIE": 160}


def test_a_near_code_is_stored_only_after_an_oui(harness: Harness) -> None:
    lacks = "Manque STK ENF KIT SEL ZIN SUP ATP PAR PLQ SAY CAP."
    assert harness.told("STK 10 BEB 24 MXO 300") == (
        f"STK oct A CONFIRMER. No 6K26. CTA-beb24. {lacks} MXO: est-ce MOX? Si exact OUI, sinon "
        "COR MOX .. Retard."
    )
    assert harness.report(form="STK").values == {"BEB": 24}
    assert harness.told("oui") == (
        f"STK oct INCOMPLET. No 6K26. CTA-beb24 Amox300. {lacks} Retard. Le reste est garde."
    )
    assert harness.report(form="STK").values == {"BEB": 24, "MOX": 300}


def test_a_withdrawn_report_comes_back_on_an_oui(harness: Harness) -> None:
    for text in (PEC, "ANNULE", "OUI", PEC):
        answer = harness.told(text)
    assert answer == (
        "PEC octobre A CONFIRMER. No 2UQV. Ce rapport etait annule. Le remettre? Si oui, repondez "
        "OUI. Recu en retard."
    )
    assert harness.report().values == {}
    harness.told("OUI")
    assert harness.report().values == PEC_VALUES
    assert harness.report().status == "complete"


def test_of_two_replies_about_one_report_the_later_is_given(harness: Harness) -> None:
    """An OUI lets in a doubted stock count and a shipment, which weighs the count again."""
    harness.told("STK 09 ENF 12")
    harness.told("STK 10 ENF 32")
    harness.told("RCU ENF 61")
    with heard(harness, "OUI") as (uow, understood):
        answer = confirm(uow, understood)
        assert not isinstance(answer, str)
        assert [reply.values for reply in answer.replies] == [{"ENF": 32}]
        assert answer.lead == "Recu note: ENF 61. Dernier compte: ENF 32."
        assert answer.site_id == harness.unit_id("KOLA")


def test_a_supervisors_question_names_its_site_with_the_answer(harness: Harness) -> None:
    harness.told("POUR TENE PEC 10 VUS 160", NANA)
    assert harness.told("OUI", NANA) == (
        f"Tene: PEC oct INCOMPLET. No 2BA7. Vus160. {LACKS} Retard. Le reste est garde."
    )
    assert harness.report("TENE").values == {"VUS": 160}
