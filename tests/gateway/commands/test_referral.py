"""Holds up: the loop of a referral as a story, between two phones, on both databases."""

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
from tests.gateway.referral_harness import DISTRICT, GIRL, OTHER_DTC, ReferralHarness


def test_a_girl_is_referred_arrives_and_is_visited(referral_harness: ReferralHarness) -> None:
    answer = referral_harness.told(GIRL)
    referral = referral_harness.only_referral()
    number = referral.number
    assert answer == (
        f"REF {number} enregistree a 10h42. Ecrivez {number} sur la fiche de reference. "
        "CSCom Kani prevenu."
    )
    assert referral_harness.notices(NANA) == [
        (
            f"Alerte REF {number} de Kola: fille 14 mois, palu grave, artesunate donne, depart "
            f"10h42. A l'arrivee: CRF {number} A. Si non arrive: CRF {number} N"
        )
    ]
    referral_harness.clock.advance(hours=3)
    assert referral_harness.told(f"CRF {number} A", NANA) == (
        f"CRF {number} de Kola note: arrive. L'ASC est prevenu. "
        f"Apres les soins: CRF {number} puis H, G ou D."
    )
    assert referral_harness.notices(AWA) == [f"Alerte REF {number}: arrive, CSCom Kani, a 13h42."]
    referral_harness.clock.advance(hours=20)
    assert referral_harness.told(f"CRF {number} G J3", NANA) == (
        f"CRF {number} de Kola note: soigne, retour au village. Visite de l'ASC avant le 08/11. "
        "L'ASC est prevenu."
    )
    assert referral_harness.notices(AWA)[-1] == (
        f"Alerte REF {number}: soigne, retour au village. Visite de suivi avant le 08/11, puis "
        f"repondez FAIT {number}"
    )
    referral_harness.clock.advance(days=3)
    assert referral_harness.told(f"FAIT {number}") == f"REF {number}: visite de suivi notee. Merci."
    assert referral_harness.only_referral().state is ReferralState.TREATED
    assert referral_harness.only_referral().followed_up_at == referral_harness.clock.now


def test_a_death_is_kept_and_told_to_nobody_by_sms(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    answer = referral_harness.told(f"CRF {number} D", NANA)
    assert answer == (
        f"CRF {number} de Kola note: decede. L'ASC n'est pas prevenu par SMS: appelez-le."
    )
    assert referral_harness.only_referral().state is ReferralState.DIED
    assert referral_harness.notices(AWA) == []
    for text in (f"FAIT {number}", f"PARTI {number}", f"REFUS {number}"):
        assert referral_harness.told(text) == f"REF {number}: appelez le centre. Rien n'est change."


def test_news_that_were_not_sent_yet_are_overtaken_by_a_death(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"CRF {number} G", NANA)
    assert len(referral_harness.notices(AWA)) == 1
    referral_harness.told(f"CRF {number} D", NANA)
    assert referral_harness.notices(AWA) == []


def test_the_centre_still_hears_of_who_has_left_before_it_was_told(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"PARTI {number}")
    assert [text.startswith("Alerte REF") for text in referral_harness.notices(NANA)] == [True]


def test_who_does_not_arrive_is_looked_for(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    assert "pas arrive" in referral_harness.told(f"CRF {number} N", NANA)
    assert referral_harness.notices(AWA) == [
        (
            f"Alerte REF {number}: pas arrive, CSCom Kani. Malade parti? PARTI {number}. Refus ou "
            f"pas de transport? REFUS {number}"
        )
    ]
    assert referral_harness.told(f"PARTI {number}") == f"REF {number}: note, le malade est parti."
    assert referral_harness.notices(NANA)[-1] == (
        f"Alerte REF {number} de Kola: le malade est parti, dit l'ASC."
    )
    assert referral_harness.only_referral().state is ReferralState.NOT_ARRIVED
    referral_harness.told(f"CRF {number} A", NANA)
    assert referral_harness.only_referral().state is ReferralState.ARRIVED


def test_a_refusal_is_told_to_the_centre(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    answer = referral_harness.told(f"REFUS {number}")
    assert answer == (
        f"REF {number}: note, pas parti. Essayez encore; s'il part, envoyez PARTI {number}"
    )
    assert referral_harness.notices(NANA) == [
        f"Alerte REF {number} de Kola: pas parti (refus ou transport), dit l'ASC."
    ]
    assert not referral_harness.only_referral().is_open
    assert "pas parti" in referral_harness.told(f"REFUS {number}")


def test_the_centre_corrects_itself_and_nobody_hears_twice(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"CRF {number} A", NANA)
    assert "deja note, arrive" in referral_harness.told(f"CRF {number} A", NANA)
    assert len(referral_harness.notices(AWA)) == 1
    referral_harness.clock.advance(minutes=1)
    referral_harness.told(f"CRF {number} H", NANA)
    assert referral_harness.only_referral().state is ReferralState.HOSPITALISED
    assert "deja note, hospitalise" in referral_harness.told(f"CRF {number} A", NANA)


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
    assert "PG PN DG MC NN CV LE VT FE PP AU" in near
    assert "est-ce PG?" in near
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
    assert "pas pour vous" in referral_harness.told("CRF 4721 A Canari 76123456")
    assert "pas pour vous" in referral_harness.told("REF Canari 14M F PG", NANA)
    assert referral_harness.kept_texts() == [None] * 2


def test_what_was_understood_is_kept_as_any_message_is(referral_harness: ReferralHarness) -> None:
    referral_harness.told(GIRL)
    assert referral_harness.kept_texts() == [GIRL]


@pytest.mark.parametrize(
    ("text", "phone", "done"),
    [
        ("CRF {number} A", NANA, True),
        ("CRF {number} A", DISTRICT, True),
        ("CRF {number} A", OTHER_DTC, False),
        ("CRF {number} A", AWA, False),
        ("PARTI {number}", AWA, True),
        ("PARTI {number}", OUMAR, True),
        ("PARTI {number}", FANTA, False),
        ("PARTI {number}", NANA, False),
        ("REFUS {number}", SIRA, False),
    ],
)
def test_who_may_say_what(
    referral_harness: ReferralHarness, text: str, phone: str, done: bool
) -> None:
    number = referral_harness.refer()
    answer = referral_harness.told(text.format(number=number), phone)
    assert (referral_harness.only_referral().state is not ReferralState.SENT) is done
    assert ("Rien n'est" in answer) is not done


def test_a_number_that_nobody_gave_out_is_unknown(referral_harness: ReferralHarness) -> None:
    taken = referral_harness.refer()
    other = "1234" if taken != "1234" else "1235"
    assert referral_harness.told(f"CRF {other} A", NANA) == (
        f"REF {other} n'est pas connu dans votre zone. Rien n'est note. Verifiez le numero sur la "
        "fiche."
    )
    assert "quel numero" in referral_harness.told("CRF A", NANA)
    assert "puis A arrive" in referral_harness.told(f"CRF {taken}", NANA)
    assert "quel numero" in referral_harness.told("PARTI")


def test_annule_takes_a_referral_back_until_the_centre_has_spoken(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    assert f"Annuler la reference {number}?" in referral_harness.told("ANNULE")
    assert referral_harness.told("OUI") == f"REF {number} annulee. CSCom Kani prevenu."
    assert referral_harness.only_referral().state is ReferralState.WITHDRAWN
    assert referral_harness.notices(NANA) == [f"Alerte REF {number} de Kola: annulee par l'ASC."]
    assert "aucun message a annuler" in referral_harness.told("ANNULE")
    assert "n'est pas connu" in referral_harness.told(f"CRF {number} A", NANA)


def test_annule_undoes_whichever_came_last(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.clock.advance(minutes=5)
    referral_harness.told("PEC 10 VUS 45")
    assert "(PEC)" in referral_harness.told("ANNULE")
    referral_harness.told("NON")
    referral_harness.clock.advance(minutes=5)
    referral_harness.told("REF 3 M CV")
    assert f"{number}?" not in referral_harness.told("ANNULE")
    assert "annulee" in referral_harness.told("OUI")
    assert [one.state for one in referral_harness.referrals()] == [
        ReferralState.SENT,
        ReferralState.WITHDRAWN,
    ]


def test_a_referral_that_arrived_is_not_taken_back(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    referral_harness.told("ANNULE")
    referral_harness.told(f"CRF {number} A", NANA)
    assert "aucun message a annuler" in referral_harness.told("OUI")
    assert referral_harness.only_referral().state is ReferralState.ARRIVED


def test_a_site_without_a_facility_tells_its_district(referral_harness: ReferralHarness) -> None:
    answer = referral_harness.told(GIRL, SIRA)
    assert answer.endswith("Dugu prevenu.")
    assert len(referral_harness.notices(DISTRICT)) == 1
    number = referral_harness.only_referral().number
    assert "note: arrive" in referral_harness.told(f"CRF {number} A", DISTRICT)


def test_every_change_is_wanted_in_dhis2(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    row = referral_harness.only("referral")
    assert (row.key, row.revision) == (f"referral:{referral_harness.only_referral().id}", 1)
    referral_harness.told(f"CRF {number} A", NANA)
    referral_harness.told(f"CRF {number} A", NANA)
    assert referral_harness.only("referral").revision == 2


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
    assert "Pour quel site: Kola, Tene?" in referral_harness.told(GIRL, OUMAR)
    assert referral_harness.referrals() == []
    assert "enregistree" in referral_harness.told("TENE", OUMAR)
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
    assert all(one.startswith(("Alerte ", "Rappel ")) for one in alerts)
    assert all(len(parts(one)) == 1 for one in alerts if "AMX" not in one and "+" not in one)
