"""Holds up: the loop of a referral as a story, between two phones, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from gateway.model.referral import Referral, State
from gateway.model.roster import PersonRow
from gateway.storage import referrals
from gateway.storage.engine import connect, reading
from gateway.storage.tables import inbox, org_units
from gateway.storage.tables import referrals as table
from menus.gsm7 import lost, parts
from menus.model.catalogue import Catalogue
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    OUMAR,
    SIRA,
    UNITS,
    Pipes,
    once_before,
    person,
    unit,
)

DISTRICT = "+22370000201"
OTHER_DTC = "+22370000102"
PEOPLE: tuple[PersonRow, ...] = (
    person(AWA, "asc", "KOLA"),
    person(FANTA, "asc", "TENE"),
    person(ISSA, "asc", "SIRAKORO"),
    person(SIRA, "asc", "LONE"),
    person(OUMAR, "asc", "KOLA"),
    person(OUMAR, "asc", "TENE"),
    person(NANA, "dtc", "KANI"),
    person(OTHER_DTC, "dtc", "BLA"),
    person(DISTRICT, "district", "DUGU"),
)
GIRL = "REF 14 F PG ART"


class House(Pipes):
    """The programme of the pipes, with a district above and a facility beside."""

    def referrals(self) -> list[Referral]:
        with reading(self.engine) as connection:
            ids = list(connection.scalars(select(table.c.id).order_by(table.c.id)))
            found = referrals.by_ids(connection, ids)
        return [found[one] for one in ids]

    def only_referral(self) -> Referral:
        (referral,) = self.referrals()
        return referral

    def refer(self, text: str = GIRL, phone: str = AWA) -> str:
        """Refers somebody; returns the number."""
        before = {one.id for one in self.referrals()}
        self.told(text, phone)
        (fresh,) = [one for one in self.referrals() if one.id not in before]
        return fresh.number

    def notices(self, phone: str) -> list[str]:
        """What this person is told unasked, in order, less what was overtaken."""
        return [
            row.text
            for row in self.rows("notice")
            if row.phone == phone and row.expires_at > self.clock.now
        ]

    def kept_texts(self) -> list[str | None]:
        with reading(self.engine) as connection:
            return list(connection.scalars(select(inbox.c.text).order_by(inbox.c.id)))


@pytest.fixture
def house(engine: Engine, catalogue: Catalogue) -> House:
    made = House(engine, catalogue)
    units = (*UNITS, unit("BLA", "facility", "DUGU"), unit("BLASITE", "site", "BLA"))
    made.enrol(units, PEOPLE)
    made.clock.advance(minutes=-78)  # 10:42
    return made


def test_a_girl_is_referred_arrives_and_is_visited(house: House) -> None:
    answer = house.told(GIRL)
    referral = house.only_referral()
    number = referral.number
    assert answer == (
        f"REF {number} enregistree a 10h42. Ecrivez {number} sur la fiche de reference. "
        "CSCom Kani prevenu."
    )
    assert house.notices(NANA) == [
        (
            f"Alerte REF {number} de Kola: fille 14 mois, palu grave, artesunate donne, depart "
            f"10h42. A l'arrivee: CRF {number} A. Si non arrive: CRF {number} N"
        )
    ]
    house.clock.advance(hours=3)
    assert house.told(f"CRF {number} A", NANA) == (
        f"CRF {number} de Kola note: arrive. L'ASC est prevenu. "
        f"Apres les soins: CRF {number} puis H, G ou D."
    )
    assert house.notices(AWA) == [f"Alerte REF {number}: arrive, CSCom Kani, a 13h42."]
    house.clock.advance(hours=20)
    assert house.told(f"CRF {number} G J3", NANA) == (
        f"CRF {number} de Kola note: soigne, retour au village. Visite de l'ASC avant le 08/11. "
        "L'ASC est prevenu."
    )
    assert house.notices(AWA)[-1] == (
        f"Alerte REF {number}: soigne, retour au village. Visite de suivi avant le 08/11, puis "
        f"repondez FAIT {number}"
    )
    house.clock.advance(days=3)
    assert house.told(f"FAIT {number}") == f"REF {number}: visite de suivi notee. Merci."
    assert house.only_referral().state is State.TREATED
    assert house.only_referral().followed_up_at == house.clock.now


def test_a_death_is_kept_and_told_to_nobody_by_sms(house: House) -> None:
    number = house.refer()
    answer = house.told(f"CRF {number} D", NANA)
    assert answer == (
        f"CRF {number} de Kola note: decede. L'ASC n'est pas prevenu par SMS: appelez-le."
    )
    assert house.only_referral().state is State.DIED
    assert house.notices(AWA) == []
    for text in (f"FAIT {number}", f"PARTI {number}", f"REFUS {number}"):
        assert house.told(text) == f"REF {number}: appelez le centre. Rien n'est change."


def test_news_that_were_not_sent_yet_are_overtaken_by_a_death(house: House) -> None:
    number = house.refer()
    house.told(f"CRF {number} G", NANA)
    assert len(house.notices(AWA)) == 1
    house.told(f"CRF {number} D", NANA)
    assert house.notices(AWA) == []


def test_the_centre_still_hears_of_who_has_left_before_it_was_told(house: House) -> None:
    number = house.refer()
    house.told(f"PARTI {number}")
    assert [text.startswith("Alerte REF") for text in house.notices(NANA)] == [True]


def test_who_does_not_arrive_is_looked_for(house: House) -> None:
    number = house.refer()
    assert "pas arrive" in house.told(f"CRF {number} N", NANA)
    assert house.notices(AWA) == [
        (
            f"Alerte REF {number}: pas arrive, CSCom Kani. Malade parti? PARTI {number}. Refus ou "
            f"pas de transport? REFUS {number}"
        )
    ]
    assert house.told(f"PARTI {number}") == f"REF {number}: note, le malade est parti."
    assert house.notices(NANA)[-1] == (
        f"Alerte REF {number} de Kola: le malade est parti, dit l'ASC."
    )
    assert house.only_referral().state is State.NOT_ARRIVED
    house.told(f"CRF {number} A", NANA)
    assert house.only_referral().state is State.ARRIVED


def test_a_refusal_is_told_to_the_centre(house: House) -> None:
    number = house.refer()
    answer = house.told(f"REFUS {number}")
    assert answer == (
        f"REF {number}: note, pas parti. Essayez encore; s'il part, envoyez PARTI {number}"
    )
    assert house.notices(NANA) == [
        f"Alerte REF {number} de Kola: pas parti (refus ou transport), dit l'ASC."
    ]
    assert not house.only_referral().is_open
    assert "pas parti" in house.told(f"REFUS {number}")


def test_the_centre_corrects_itself_and_nobody_hears_twice(house: House) -> None:
    number = house.refer()
    house.told(f"CRF {number} A", NANA)
    assert "deja note, arrive" in house.told(f"CRF {number} A", NANA)
    assert len(house.notices(AWA)) == 1
    house.clock.advance(minutes=1)
    house.told(f"CRF {number} H", NANA)
    assert house.only_referral().state is State.HOSPITALISED
    assert "deja note, hospitalise" in house.told(f"CRF {number} A", NANA)


def test_the_same_text_again_is_the_same_referral(house: House) -> None:
    number = house.refer()
    house.clock.advance(minutes=12)
    again = house.told(GIRL.lower())
    assert again == (
        f"REF {number} deja enregistree a 10h42. Ecrivez {number} sur la fiche de reference. "
        "CSCom Kani prevenu."
    )
    assert len(house.referrals()) == 1
    assert len(house.notices(NANA)) == 1
    house.clock.advance(minutes=31)
    house.told(GIRL)
    assert len(house.referrals()) == 2
    house.told(GIRL, ISSA)
    assert len(house.referrals()) == 3


def test_twice_in_one_batch_is_once(house: House) -> None:
    house.receive(GIRL)
    house.receive(GIRL)
    house.read()
    assert len(house.referrals()) == 1
    assert len(house.answers(AWA)) == 2


def test_what_is_unclear_is_asked_and_nothing_is_kept(house: House) -> None:
    assert house.told("REF 14 PG") == (
        "REF pas encore note. Pas clair: sexe F ou M. Renvoyez REF, age en mois, F ou M, motif, "
        "traitement."
    )
    near = house.told("REF 14 F PGG")
    assert "PG PN DG MC NN CV LE VT FE PP AU" in near
    assert "est-ce PG?" in near
    assert len(parts(near)) <= 2
    assert house.referrals() == []
    assert house.notices(NANA) == []


def test_numbers_are_unique_within_their_facility_for_a_year(house: House) -> None:
    seen = set()
    for turn in range(40):
        house.clock.advance(minutes=31)
        seen.add(house.refer(GIRL, (AWA, FANTA, ISSA)[turn % 3]))
    assert len(seen) == 40
    with reading(house.engine) as connection:
        kani = house.unit_id("KANI")
        now = house.clock.now
        taken = referrals.numbers_taken(connection, kani, 0, now - timedelta(days=372))
        old = referrals.numbers_taken(connection, kani, 0, now + timedelta(seconds=1))
    assert taken == seen
    assert old == set()


def test_names_and_telephones_are_not_kept_and_the_child_still_is(house: House) -> None:
    answer = house.told("REF 14 F PG ART Aminata Canari tel 70007777")
    assert answer.endswith("CSCom Kani prevenu. Pas de nom ni de telephone dans les SMS.")
    assert house.only_referral().reason == "PG"
    number = house.only_referral().number
    crf = house.told(f"CRF {number} A Aminata Canari", NANA)
    assert crf.endswith("Pas de nom ni de telephone dans les SMS.")
    assert house.told(f"REFUS {number} Canari").endswith("dans les SMS.")
    assert house.told("REF Canari 14 F").endswith("dans les SMS.")
    assert house.kept_texts() == [None] * 4
    everything = " ".join(
        str(row) for kind in ("reply", "notice", "referral") for row in house.rows(kind)
    )
    assert "canari" not in everything.lower()
    assert "70007777" not in everything


def test_what_somebody_may_not_say_of_a_patient_is_not_kept(house: House) -> None:
    assert "pas pour vous" in house.told("CRF 4721 A Canari 76123456")
    assert "pas pour vous" in house.told("REF Canari 14M F PG", NANA)
    assert house.kept_texts() == [None] * 2


def test_what_was_understood_is_kept_as_any_message_is(house: House) -> None:
    house.told(GIRL)
    assert house.kept_texts() == [GIRL]


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
def test_who_may_say_what(house: House, text: str, phone: str, done: bool) -> None:
    number = house.refer()
    answer = house.told(text.format(number=number), phone)
    assert (house.only_referral().state is not State.SENT) is done
    assert ("Rien n'est" in answer) is not done


def test_a_number_that_nobody_gave_out_is_unknown(house: House) -> None:
    taken = house.refer()
    other = "1234" if taken != "1234" else "1235"
    assert house.told(f"CRF {other} A", NANA) == (
        f"REF {other} n'est pas connu dans votre zone. Rien n'est note. Verifiez le numero sur la "
        "fiche."
    )
    assert "quel numero" in house.told("CRF A", NANA)
    assert "puis A arrive" in house.told(f"CRF {taken}", NANA)
    assert "quel numero" in house.told("PARTI")


def test_annule_takes_a_referral_back_until_the_centre_has_spoken(house: House) -> None:
    number = house.refer()
    assert f"Annuler la reference {number}?" in house.told("ANNULE")
    assert house.told("OUI") == f"REF {number} annulee. CSCom Kani prevenu."
    assert house.only_referral().state is State.WITHDRAWN
    assert house.notices(NANA) == [f"Alerte REF {number} de Kola: annulee par l'ASC."]
    assert "aucun message a annuler" in house.told("ANNULE")
    assert "n'est pas connu" in house.told(f"CRF {number} A", NANA)


def test_annule_undoes_whichever_came_last(house: House) -> None:
    number = house.refer()
    house.clock.advance(minutes=5)
    house.told("PEC 10 VUS 45")
    assert "(PEC)" in house.told("ANNULE")
    house.told("NON")
    house.clock.advance(minutes=5)
    house.told("REF 3 M CV")
    assert f"{number}?" not in house.told("ANNULE")
    assert "annulee" in house.told("OUI")
    assert [one.state for one in house.referrals()] == [State.SENT, State.WITHDRAWN]


def test_a_referral_that_arrived_is_not_taken_back(house: House) -> None:
    number = house.refer()
    house.told("ANNULE")
    house.told(f"CRF {number} A", NANA)
    assert "aucun message a annuler" in house.told("OUI")
    assert house.only_referral().state is State.ARRIVED


def test_a_site_without_a_facility_tells_its_district(house: House) -> None:
    answer = house.told(GIRL, SIRA)
    assert answer.endswith("Dugu prevenu.")
    assert len(house.notices(DISTRICT)) == 1
    number = house.only_referral().number
    assert "note: arrive" in house.told(f"CRF {number} A", DISTRICT)


def test_every_change_is_wanted_in_dhis2(house: House) -> None:
    number = house.refer()
    row = house.only("referral")
    assert (row.key, row.revision) == (f"referral:{house.only_referral().id}", 1)
    house.told(f"CRF {number} A", NANA)
    house.told(f"CRF {number} A", NANA)
    assert house.only("referral").revision == 2


def test_a_number_is_given_out_under_a_lock_on_the_facility(
    postgresql_url: str, catalogue: Catalogue
) -> None:
    engine = connect(postgresql_url)
    house = House(engine, catalogue)
    kani = house.unit_id("KANI")
    lock = select(org_units.c.id).where(org_units.c.id == kani).with_for_update(nowait=True)

    def try_to_lock(_: object) -> None:
        with (
            pytest.raises(OperationalError, match="could not obtain lock"),
            engine.begin() as other,
        ):
            other.execute(lock)

    house.receive(GIRL)
    with once_before(engine, "FROM referrals", try_to_lock):
        house.read()
    assert len(house.referrals()) == 1
    engine.dispose()


def test_an_agent_of_two_sites_is_asked_which(house: House) -> None:
    assert "Pour quel site: Kola, Tene?" in house.told(GIRL, OUMAR)
    assert house.referrals() == []
    assert "enregistree" in house.told("TENE", OUMAR)
    assert house.only_referral().site_id == house.unit_id("TENE")


def test_a_name_is_not_kept_while_the_site_is_asked_for(house: House) -> None:
    house.told("REF 14 F PG ART Aminata Canari", OUMAR)
    house.told("TENE", OUMAR)
    assert all("Canari" not in (text or "") for text in house.kept_texts())


def test_every_answer_and_notice_is_gsm_7_and_short(house: House) -> None:
    number = house.refer("REF 59 M MC ART AMX SEL PAR SUC")
    for text, phone in (
        (f"CRF {number} N", NANA), (f"PARTI {number}", AWA), (f"REFUS {number}", AWA),
        (f"CRF {number} A", NANA), (f"CRF {number} H", NANA), (f"CRF {number} G J30", NANA),
        (f"FAIT {number}", AWA), (f"CRF {number}", NANA), ("CRF", NANA), ("REF", AWA), ("FAIT", AWA),
    ):  # fmt: skip
        house.told(text, phone)
    texts = [row.text for kind in ("reply", "notice") for row in house.rows(kind)]
    assert len(texts) > 15
    for text in texts:
        assert not lost(text), text
        assert len(parts(text)) <= 2, text
    alerts = [row.text for row in house.rows("notice")]
    assert all(one.startswith(("Alerte ", "Rappel ")) for one in alerts)
    assert all(len(parts(one)) == 1 for one in alerts if "AMX" not in one and "+" not in one)
