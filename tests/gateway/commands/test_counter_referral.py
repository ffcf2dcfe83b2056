"""CRF records the outcome of a referral, PARTI, REFUS and FAIT the agent's steps."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.model.referral import ReferralState
from gateway.storage import referrals
from tests.gateway.harness import AWA, FANTA, NANA, OUMAR, SIRA
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
    assert referral_harness.told(f"CRF {number} N", NANA) == (
        f"CRF {number} de Kola note: pas arrive. L'ASC est prevenu."
    )
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
    version = referral_harness.only_referral().version
    referral_harness.told(f"REFUS {number}")
    assert referral_harness.only_referral().version == version


def test_the_centre_corrects_itself_and_nobody_hears_twice(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"CRF {number} A", NANA)
    assert referral_harness.told(f"CRF {number} A", NANA) == (
        f"CRF {number} de Kola: deja note, arrive."
    )
    assert len(referral_harness.notices(AWA)) == 1
    referral_harness.clock.advance(minutes=1)
    referral_harness.told(f"CRF {number} H", NANA)
    assert referral_harness.only_referral().state is ReferralState.HOSPITALISED
    assert referral_harness.told(f"CRF {number} A", NANA) == (
        f"CRF {number} de Kola: deja note, hospitalise ou evacue."
    )


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
    referral_harness.told(text.format(number=number), phone)
    assert (referral_harness.only_referral().version > 1) is done
    assert (referral_harness.only_referral().state is not ReferralState.SENT) is done


def test_a_number_that_nobody_gave_out_is_unknown(referral_harness: ReferralHarness) -> None:
    taken = referral_harness.refer()
    other = "1234" if taken != "1234" else "1235"
    assert referral_harness.told(f"CRF {other} A", NANA) == (
        f"REF {other} n'est pas connu dans votre zone. Rien n'est note. Verifiez le numero sur la "
        "fiche."
    )
    assert referral_harness.told("CRF A", NANA) == (
        "CRF: quel numero? Rien n'est note. Envoyez CRF, le numero de la fiche, puis A, H, G, D ou N."
    )
    assert referral_harness.told(f"CRF {taken}", NANA) == (
        f"CRF {taken}: rien n'est note. Envoyez CRF {taken} puis A arrive, H hospitalise, G soigne "
        "(J et les jours avant la visite), D decede ou N pas arrive."
    )
    assert referral_harness.told("PARTI") == (
        "PARTI: quel numero? Rien n'est note. Envoyez PARTI et le numero de la fiche."
    )


def test_one_number_at_two_sites_of_a_district_is_asked_which(
    referral_harness: ReferralHarness,
) -> None:
    number = referral_harness.refer()
    with referral_harness.engine.begin() as connection:
        first = referral_harness.only_referral()
        site, facility = referral_harness.unit_id("LONE"), None
        values = {"id": 0, "site_id": site, "facility_id": facility, "inbox_id": None}
        referrals.add(connection, replace(first, **values))
    assert referral_harness.told(f"CRF {number} A", DISTRICT) == (
        f"REF {number}: il y en a plusieurs, de Kola, Lone. Rien n'est note. Appelez le centre."
    )
    assert [referral.state for referral in referral_harness.referrals()] == [ReferralState.SENT] * 2
    referral_harness.told(f"CRF {number} G", NANA)
    assert not referral_harness.referrals()[0].is_open
    # Of several with a number, the open one is meant.
    assert referral_harness.told(f"CRF {number} N", DISTRICT) == (
        f"CRF {number} de Lone note: pas arrive. L'ASC est prevenu."
    )


@pytest.mark.parametrize(
    ("said", "visit"), [("G", date(2026, 11, 7)), ("G J3", date(2026, 11, 7)), ("H", None)]
)
def test_the_visit_is_counted_from_the_day_of_the_crf(
    referral_harness: ReferralHarness, said: str, visit: date | None
) -> None:
    number = referral_harness.refer()
    referral_harness.told(f"CRF {number} {said}", NANA)
    assert referral_harness.only_referral().follow_up_on == visit


def test_every_change_is_wanted_in_dhis2(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer()
    row = referral_harness.only("referral")
    assert (row.key, row.revision) == (f"referral:{referral_harness.only_referral().id}", 1)
    referral_harness.told(f"CRF {number} A", NANA)
    referral_harness.told(f"CRF {number} A", NANA)
    assert referral_harness.only("referral").revision == 2
