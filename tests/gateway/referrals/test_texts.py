"""Tests of the texts about a referral."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.context import Context
from gateway.model.referral import Referral, ReferralState, ReferralStep
from gateway.referrals.texts import Place, Speaker
from gateway.storage.roster import Unit
from menus.model.arguments import AGE, SEX, ReferredPatient
from menus.model.catalogue import Catalogue
from tests.gateway.harness import BAMAKO, NOON

SITE = Unit(1, "KOLA", "Kola", "site", 2, None)
FACILITY = Unit(2, "KANI", "Kani", "facility", 3, None)
DISTRICT = Unit(3, "DUGU", "Dugu", "district", None, None)
AT_KANI, ALONE = Place(SITE, FACILITY, DISTRICT), Place(SITE, None, DISTRICT)
REFERRAL = Referral(1, 2, 1, 1, "4721", 14, "F", "PG", ("ART",), NOON, NOON)


@pytest.fixture
def texts(catalogue: Catalogue) -> Speaker:
    return Speaker(Context(catalogue, BAMAKO), "fr", NOON + timedelta(hours=1))


def test_the_facility_has_its_name(texts: Speaker) -> None:
    assert texts.facility(AT_KANI) == "CSCom Kani"
    assert texts.facility(Place(SITE, replace(FACILITY, name="CSRef Kani"))) == "CSRef Kani"
    assert texts.facility(ALONE) == "Dugu"
    assert texts.facility(Place(SITE)) == ""


def test_a_moment_has_its_day_when_that_is_another(texts: Speaker) -> None:
    assert texts.time(NOON) == "12h00"
    assert texts.time(NOON - timedelta(days=1, minutes=1)) == "03/11 11h59"
    assert texts.day(date(2026, 11, 5)) == "05/11"


def test_an_alert_holds_no_identity_and_no_age_of_an_adult(texts: Speaker) -> None:
    assert texts.alert(REFERRAL, AT_KANI) == (
        "Alerte REF 4721 de Kola: fille 14 mois, palu grave, artesunate donne, depart 12h00. "
        "A l'arrivee: CRF 4721 A. Si non arrive: CRF 4721 N"
    )
    assert texts.alert(replace(REFERRAL, age_months=None, treatments=()), AT_KANI) == (
        "Alerte REF 4721 de Kola: palu grave, depart 12h00. "
        "A l'arrivee: CRF 4721 A. Si non arrive: CRF 4721 N"
    )


def test_what_was_not_understood_is_asked(texts: Speaker) -> None:
    asked = texts.unclear(ReferredPatient(unclear=(AGE, SEX)))
    assert asked == (
        "REF pas encore note. Pas clair: age en mois, sexe F ou M. "
        "Renvoyez REF, age en mois, F ou M, motif, traitement."
    )


def test_no_sms_tells_an_agent_of_a_death(texts: Speaker) -> None:
    died = replace(REFERRAL, state=ReferralState.DIED)
    assert texts.unchanged_for_agent(died) == "REF 4721: appelez le centre. Rien n'est change."
    assert texts.unchanged_for_agent(REFERRAL) == (
        "REF 4721: envoye, sans nouvelles. Rien n'est change."
    )


def test_a_step_is_told_with_its_day(texts: Speaker) -> None:
    treated = replace(
        REFERRAL, state=ReferralState.TREATED, arrived_at=NOON, follow_up_on=date(2026, 11, 7)
    )
    assert texts.news(ReferralStep.TREATED, treated, AT_KANI) == (
        "Alerte REF 4721: soigne, retour au village. Visite de suivi avant le 07/11, "
        "puis repondez FAIT 4721"
    )
