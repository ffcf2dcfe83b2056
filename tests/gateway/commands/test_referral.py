"""REF registers a referral once, under a number of its own; ANNULE withdraws it in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from gateway.model.referral import ReferralState
from gateway.storage import referrals
from gateway.storage.engine import connect, reading
from gateway.storage.tables import org_units
from menus.gsm7 import lost, parts
from menus.model.catalogue import Catalogue
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    OUMAR,
    SIRA,
    once_before,
)
from tests.gateway.referral_harness import DISTRICT, GIRL, ReferralHarness

NOTHING_TO_UNDO = "Il n'y a aucun message a annuler. Rien n'est change."


def test_the_same_text_again_is_the_same_referral(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.clock.advance(minutes=12)
    again = referral_harness.told(GIRL.lower())
    assert again == (
        f"REF {number} deja enregistree a 10h42. Ecrivez {number} sur la fiche de reference. "
        "CSCom Kani prevenu."
    )
    assert len(referral_harness.referrals()) == 1
    assert len(referral_harness.notices(NANA)) == 1
    referral_harness.clock.advance(minutes=31)
    referral_harness.told(GIRL)
    assert len(referral_harness.referrals()) == 2
    referral_harness.told(GIRL, ISSA)
    assert len(referral_harness.referrals()) == 3


def test_twice_in_one_batch_is_once(referral_harness: ReferralHarness) -> None:
    referral_harness.receive(GIRL)
    referral_harness.receive(GIRL)
    referral_harness.read()
    assert len(referral_harness.referrals()) == 1
    assert len(referral_harness.answers(AWA)) == 2


def test_what_is_unclear_is_asked_and_nothing_is_kept(referral_harness: ReferralHarness) -> None:
    assert referral_harness.told("REF 14 PG") == (
        "REF pas encore note. Pas clair: sexe F ou M. Renvoyez REF, age en mois, F ou M, motif, "
        "traitement."
    )
    near = referral_harness.told("REF 14 F PGG")
    assert near == (
        "REF pas encore note. Pas clair: motif (PG PN DG MC NN CV LE VT FE PP AU), est-ce PG?. "
        "Renvoyez REF, age en mois, F ou M, motif, traitement."
    )
    assert len(parts(near)) <= 2
    assert referral_harness.referrals() == []
    assert referral_harness.notices(NANA) == []


def test_numbers_are_unique_within_their_facility_for_a_year(
    referral_harness: ReferralHarness,
) -> None:
    seen = set()
    for turn in range(40):
        referral_harness.clock.advance(minutes=31)
        seen.add(referral_harness.refer(GIRL, (AWA, FANTA, ISSA)[turn % 3]))
    assert len(seen) == 40
    with reading(referral_harness.engine) as connection:
        kani = referral_harness.unit_id("KANI")
        now = referral_harness.clock.now
        taken = referrals.numbers_taken(connection, kani, 0, now - timedelta(days=372))
        old = referrals.numbers_taken(connection, kani, 0, now + timedelta(seconds=1))
    assert taken == seen
    assert old == set()


def test_names_and_telephones_are_not_kept_and_the_child_still_is(
    referral_harness: ReferralHarness,
) -> None:
    answer = referral_harness.told("REF 14 F PG ART Aminata Canari tel 70007777")
    assert answer.endswith("CSCom Kani prevenu. Pas de nom ni de telephone dans les SMS.")
    assert referral_harness.only_referral().reason == "PG"
    number = referral_harness.only_referral().number
    crf = referral_harness.told(f"CRF {number} A Aminata Canari", NANA)
    assert crf.endswith("Pas de nom ni de telephone dans les SMS.")
    assert referral_harness.told(f"REFUS {number} Canari").endswith("dans les SMS.")
    assert referral_harness.told("REF Canari 14 F").endswith("dans les SMS.")
    assert referral_harness.kept_texts() == [None] * 4
    everything = " ".join(
        str(row) for kind in ("reply", "notice", "referral") for row in referral_harness.rows(kind)
    )
    assert "canari" not in everything.lower()
    assert "70007777" not in everything


def test_what_somebody_may_not_say_of_a_patient_is_not_kept(
    referral_harness: ReferralHarness,
) -> None:
    assert referral_harness.told("CRF 4721 A Canari 76123456") == (
        "CRF n'est pas pour vous. Rien n'est change."
    )
    assert referral_harness.told("REF Canari 14M F PG", NANA) == (
        "REF n'est pas pour vous. Rien n'est change."
    )
    assert referral_harness.kept_texts() == [None] * 2


def test_what_was_understood_is_kept_as_any_message_is(referral_harness: ReferralHarness) -> None:
    referral_harness.told(GIRL)
    assert referral_harness.kept_texts() == [GIRL]


def test_annule_takes_a_referral_back_until_the_centre_has_spoken(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    assert referral_harness.told("ANNULE") == (
        f"Annuler la reference {number}? Si oui, repondez OUI."
    )
    assert referral_harness.told("OUI") == f"REF {number} annulee. CSCom Kani prevenu."
    assert referral_harness.only_referral().state is ReferralState.WITHDRAWN
    assert referral_harness.notices(NANA) == [f"Alerte REF {number} de Kola: annulee par l'ASC."]
    assert referral_harness.told("ANNULE") == NOTHING_TO_UNDO
    referral_harness.told(f"CRF {number} A", NANA)
    assert referral_harness.only_referral().state is ReferralState.WITHDRAWN


def test_annule_undoes_whichever_came_last(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.clock.advance(minutes=5)
    referral_harness.told("PEC 10 VUS 45")
    assert referral_harness.told("ANNULE") == (
        "Annuler votre dernier message (PEC)? Si oui, repondez OUI."
    )
    referral_harness.told("NON")
    referral_harness.clock.advance(minutes=5)
    second = referral_harness.refer("REF 3 M CV")
    assert second != number
    assert referral_harness.told("ANNULE") == (
        f"Annuler la reference {second}? Si oui, repondez OUI."
    )
    referral_harness.told("OUI")
    states = [referral.state for referral in referral_harness.referrals()]
    assert states == [ReferralState.SENT, ReferralState.WITHDRAWN]


def test_a_referral_that_arrived_is_not_taken_back(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.told("ANNULE")
    referral_harness.told(f"CRF {number} A", NANA)
    assert referral_harness.told("OUI") == NOTHING_TO_UNDO
    assert referral_harness.only_referral().state is ReferralState.ARRIVED


def test_a_site_without_a_facility_tells_its_district(referral_harness: ReferralHarness) -> None:
    answer = referral_harness.told(GIRL, SIRA)
    assert answer.endswith("Dugu prevenu.")
    assert len(referral_harness.notices(DISTRICT)) == 1
    number = referral_harness.only_referral().number
    referral_harness.told(f"CRF {number} A", DISTRICT)
    assert referral_harness.only_referral().state is ReferralState.ARRIVED


def test_a_number_is_given_out_under_a_lock_on_the_facility(
    postgresql_url: str, catalogue: Catalogue
) -> None:
    engine = connect(postgresql_url)
    referral_harness = ReferralHarness(engine, catalogue)
    kani = referral_harness.unit_id("KANI")
    lock = select(org_units.c.id).where(org_units.c.id == kani).with_for_update(nowait=True)

    def try_to_lock(_: object) -> None:
        with (
            pytest.raises(OperationalError, match="could not obtain lock"),
            engine.begin() as other,
        ):
            other.execute(lock)

    referral_harness.receive(GIRL)
    with once_before(engine, "FROM referrals", try_to_lock):
        referral_harness.read()
    assert len(referral_harness.referrals()) == 1
    engine.dispose()


def test_an_agent_of_two_sites_is_asked_which(referral_harness: ReferralHarness) -> None:
    assert referral_harness.told(GIRL, OUMAR) == (
        "Pour quel site: Kola, Tene? Rien n'est encore note. Repondez par le nom du site."
    )
    assert referral_harness.referrals() == []
    referral_harness.told("TENE", OUMAR)
    assert referral_harness.only_referral().site_id == referral_harness.unit_id("TENE")


def test_a_name_is_not_kept_while_the_site_is_asked_for(referral_harness: ReferralHarness) -> None:
    referral_harness.told("REF 14 F PG ART Aminata Canari", OUMAR)
    referral_harness.told("TENE", OUMAR)
    assert all("Canari" not in (text or "") for text in referral_harness.kept_texts())


def test_every_answer_and_notice_is_gsm_7_and_short(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer("REF 59 M MC ART AMX SEL PAR SUC")
    for text, phone in (
        (f"CRF {number} N", NANA), (f"PARTI {number}", AWA), (f"REFUS {number}", AWA),
        (f"CRF {number} A", NANA), (f"CRF {number} H", NANA), (f"CRF {number} G J30", NANA),
        (f"FAIT {number}", AWA), (f"CRF {number}", NANA), ("CRF", NANA), ("REF", AWA), ("FAIT", AWA),
    ):  # fmt: skip
        referral_harness.told(text, phone)
    texts = [row.text for kind in ("reply", "notice") for row in referral_harness.rows(kind)]
    assert len(texts) > 15
    for text in texts:
        assert not lost(text), text
        assert len(parts(text)) <= 2, text
    alerts = [row.text for row in referral_harness.rows("notice")]
    assert all(text.startswith(("Alerte ", "Rappel ")) for text in alerts)
    short = [text for text in alerts if "AMX" not in text and "+" not in text]
    assert all(len(parts(text)) == 1 for text in short)
