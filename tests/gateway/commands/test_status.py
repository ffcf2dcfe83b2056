"""ETAT of an agent: each form of the month, or the report of a receipt."""

import pytest

from gateway.commands.status import state, state_of_receipt, state_of_site
from menus.model.period import Period
from tests.gateway.harness import NOON, OCTOBER, OUMAR, PEC, Harness
from tests.gateway.units_of_work import heard, keys


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """Kola has a complete PEC, which DHIS2 has, and has begun NUT."""
    harness.told(PEC)
    harness.told("NUT 10 DEP 180")
    harness.forwarded("KOLA", "PEC", OCTOBER)
    return harness


def test_the_state_of_the_month(harness: Harness) -> None:
    assert harness.told("ETAT") == (
        "octobre: PEC dans DHIS2 04/11 12h00 (en retard); NUT incomplet, manque MAM MAS URE GUE "
        "ABD SOD RST; SMI rien; STK rien."
    )
    assert harness.told("ETAT 9") == "septembre: PEC rien; NUT rien; SMI rien; STK rien."


def test_the_state_of_one_receipt(harness: Harness) -> None:
    receipt = harness.report(form="NUT").receipt
    assert harness.told(f"ETAT {receipt}") == (
        "octobre: NUT incomplet, manque MAM MAS URE GUE ABD SOD RST."
    )
    assert harness.told("ETAT 9ZZZ") == "Ce numero de recu n'est pas connu pour votre site."


def test_a_receipt_is_looked_for_at_these_sites_alone(harness: Harness) -> None:
    receipt = harness.report().receipt
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    with heard(harness, "ETAT") as (uow, understood):
        unknown = state_of_receipt(uow, understood, [], receipt)
        assert state_of_receipt(uow, understood, [tene], receipt) == unknown
        assert state_of_receipt(uow, understood, [kola, tene], receipt) == (
            "octobre: PEC dans DHIS2 04/11 12h00 (en retard)."
        )


def test_a_month_that_is_closed_is_a_problem(harness: Harness) -> None:
    with heard(harness, "ETAT 5/26") as (uow, understood):
        assert keys(state(uow, understood)) == ["month_closed"]


def test_an_agent_of_several_sites_is_asked_which(harness: Harness) -> None:
    assert harness.told("ETAT", OUMAR) == (
        "Pour quel site: Kola, Tene? Rien n'est encore note. Repondez par le nom du site."
    )
    assert harness.told("ETAT TENE", OUMAR) == ("octobre: PEC rien; NUT rien; SMI rien; STK rien.")


def test_the_state_sees_what_this_batch_has_filed(harness: Harness) -> None:
    harness.receive("SMI 10 VAD 60", sent=NOON)
    harness.receive("ETAT", sent=NOON)
    assert harness.read() == 2
    assert "SMI incomplet, manque CPN VNN NND PIL INJ CDM EDU" in harness.rows("reply")[-1].text


def test_the_state_of_any_site_and_month(harness: Harness) -> None:
    with heard(harness, "ETAT") as (uow, understood):
        assert understood.site is not None
        assert state_of_site(uow, understood, understood.site, Period(2026, 8)) == (
            "aout: PEC rien; NUT rien; SMI rien; STK rien."
        )
