"""A dialogue by USSD hop by hop: screens, numbers, what is kept when the connection drops."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
import redis
from sqlalchemy import select

from gateway.storage import reports
from gateway.storage.engine import connect, reading
from gateway.storage.tables import inbox
from menus.gsm7 import septets
from tests.gateway.dialling import PEC_KEYS, FakeWorkSignal, Telephone, statements
from tests.gateway.harness import (
    AWA,
    FANTA,
    NANA,
    OCTOBER,
    OUMAR,
    PEC,
    PEC_VALUES,
    PEOPLE,
    STRANGER,
    UNITS,
    Harness,
    killed_at,
    person,
    unit,
)

MENU = "1 Rapport\n2 Stock\n3 Rupture\n4 Reference\n5 Mon etat\n6 Aide\n7 Langue"
ASKS = "Tapez les nombres avec * entre eux: "
BACK = "\n00 Retour\n000 Menu"
# The three groups of a PEC, each as it is asked.
GROUPS = [
    f"CON PEC octobre {place}/3. {ASKS}{fields}{BACK}"
    for place, fields in (
        (1, "enfants vus en consultation*fievres*tests faits*tests positifs*traites par CTA"),
        (2, "fievres graves*artesunate donne*infections respiratoires*IRA sous amoxicilline"),
        (3, "diarrhees*SRO et zinc donnes*enfants referes*enfants decedes"),
    )
]
BRIEF = f"PEC octobre 1/3. {ASKS}Vus*Fievre*TDR*Pos*CTA{BACK}"
CUT_OFF = f"CON Coupure: retapez la suite.\n{BRIEF}"
FIVE = "CON Vus 45, Fievre 38, TDR 37, Pos 28, CTA 27.\n1=Oui 2=Corriger\n00 Retour"
NUT = "enfants depistes (PB)*malnutris moderes*malnutris severes admis*severes compliques referes"
LANGUAGES = "CON Quelle langue?\n1 Francais\n2 Bamanankan\n00 Retour"


def unfinished(done: int) -> str:
    """Return the screen that offers to go on with a PEC of which so many groups are known."""
    offer = f"1 Continuer le rapport d'octobre ({done}/3)\n2 Recommencer\n3 Menu"
    return f"CON PEC octobre pas fini.\n{offer}"


def nothing_stored(harness: Harness) -> bool:
    with reading(harness.engine) as connection:
        return reports.of_period(connection, OCTOBER) == []


def test_a_whole_pec_takes_eight_answers(harness: Harness, phone: Telephone) -> None:
    assert phone.dial() == f"CON Kibaru Kola\n{MENU}"
    shown = phone.keys(*PEC_KEYS)
    report = harness.report()
    assert len(PEC_KEYS) <= 8
    assert dict(report.values) == PEC_VALUES
    assert (report.complete, report.version) == (True, 3)
    assert (
        shown == f"END PEC octobre recu en entier, merci. No {report.receipt}. Reste NUT SMI STK."
    )
    assert isinstance(phone.services.work_signal, FakeWorkSignal)
    assert phone.services.work_signal.names == ["forward"] * 3
    assert harness.answers(AWA) == []
    assert len(harness.rows("dhis2")) == 1


def test_numbers_that_were_not_confirmed_are_not_stored(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    assert phone.keys("1", "1", "45*38*37*28*27") == FIVE
    assert nothing_stored(harness)


@pytest.mark.parametrize("late", ["", "1", "1*1", "1*1*45"])
def test_a_hop_of_before_that_comes_late_costs_no_caller_the_place(
    harness: Harness, phone: Telephone, late: str
) -> None:
    phone.dial()
    asked = phone.keys("1", "1", "45*38*37*28*27")
    here, phone.text = phone.text, late
    assert phone.repeat().startswith("CON ")
    phone.text = here
    assert phone.repeat() == asked
    assert phone.key("1") == GROUPS[1]
    assert harness.report().values["VUS"] == 45


def test_the_dial_offers_to_go_on(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    harness.clock.advance(days=2)
    assert phone.dial() == unfinished(1)
    assert phone.key("1") == GROUPS[1]
    shown = phone.keys(*PEC_KEYS[4:])
    report = harness.report()
    assert (
        shown == f"END PEC octobre recu en entier, merci. No {report.receipt}. Reste NUT SMI STK."
    )
    assert dict(report.values) == PEC_VALUES


def test_an_sms_and_a_dialogue_fill_the_same_report(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    told = harness.told("PEC 10 GRV 2 ART 2 IRA 9 AMX 9")
    assert told.partition("Manque ")[2].partition(".")[0] == "PEC DIA SRZ RFS DCD"
    assert phone.dial() == unfinished(2)
    assert phone.key("1") == GROUPS[2]
    phone.keys("11*10*3*0", "1")
    assert dict(harness.report().values) == PEC_VALUES


def test_begun_anew_every_group_is_asked(harness: Harness, phone: Telephone) -> None:
    harness.told("PEC 10 VUS 45 FIE 38")
    phone.dial()
    assert phone.key("2") == GROUPS[0]
    phone.keys("50*38*37*28*27", "1")
    assert harness.report().values["VUS"] == 50


def test_a_repeated_hop_changes_nothing(harness: Harness, phone: Telephone) -> None:
    assert phone.dial() == phone.repeat() == phone.repeat()
    for key in PEC_KEYS:
        assert phone.key(key) == phone.repeat() == phone.repeat()
    assert harness.report().version == 3
    assert len(harness.versions()) == 3


@pytest.mark.parametrize("confirmed", [2, 3])
def test_a_confirmation_repeated_after_redis_lost_everything(
    harness: Harness, phone: Telephone, redis_url: str, confirmed: int
) -> None:
    phone.dial()
    shown = phone.keys(*PEC_KEYS[: 2 + 2 * confirmed])
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    assert phone.repeat() == shown
    assert len(harness.versions()) == confirmed


def test_a_text_that_does_not_go_on_begins_anew(harness: Harness, phone: Telephone) -> None:
    first = phone.dial()
    phone.keys("1", "1", "45*38*37*28*27")
    phone.text = "7"
    assert phone.repeat() == LANGUAGES
    phone.text = ""
    assert phone.repeat() == first
    assert nothing_stored(harness)


@pytest.mark.parametrize(
    ("dialled", "shown"),
    [
        ("1*2", f"CON NUT octobre 1/2. {ASKS}{NUT}\n00 Retour"),
        ("5", "CON octobre: PEC rien; NUT rien; SMI rien; STK rien.\n00 Menu"),
        ("1*1*45*38*37*28*27*1", CUT_OFF),
    ],
)
def test_a_number_dialled_with_its_answers(
    harness: Harness, phone: Telephone, dialled: str, shown: str
) -> None:
    assert phone.dial(dialled) == shown
    assert nothing_stored(harness)


def test_two_sites_are_asked_first(harness: Harness, phone: Telephone) -> None:
    phone.phone = OUMAR
    assert phone.dial() == "CON Pour quel lieu?\n1 Kola\n2 Tene"
    assert phone.key("2") == f"CON Kibaru Tene\n{MENU}"
    phone.keys(*PEC_KEYS)
    assert dict(harness.report("TENE").values) == PEC_VALUES
    assert phone.dial("2*5") == (
        "CON octobre: PEC complet, sera transmis (en retard); NUT rien; SMI rien; STK rien.\n00 Menu"
    )


def test_a_supervisor_and_a_stranger(phone: Telephone) -> None:
    phone.phone = NANA
    assert phone.dial() == (
        "CON Kibaru Kani\n1 Etat\n2 Manquants\n3 Ruptures\n4 References\n5 Valider"
    )
    phone.phone = STRANGER
    assert phone.dial() == "END Ce numero n'est pas inscrit. Voyez le DTC de votre centre."


def test_another_language(phone: Telephone) -> None:
    phone.phone = FANTA
    assert phone.dial() == (
        "CON Kibaru Tene\n1 Sèbèn ci\n2 Fura tòlen\n3 Rupture\n4 Reference\n5 Mon etat\n"
        "6 Dèmè\n7 Kan"
    )
    assert phone.keys("7", "1", "00") == f"CON Kibaru Tene\n{MENU}"


def test_two_callers_with_one_id_do_not_meet(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys("1", "1")
    other = replace(phone, phone=FANTA)
    assert other.repeat() == (
        "CON PEC òkutòburu 1/3. Hakèw sèbèn ni * ye u cè: Den banabaatò hakè*Farigan*"
        "Sumaya kòròbòlen*Sumaya sòròlen*Sumaya fura dilen\n00 Kòsegin\n000 Menu"
    )
    other.key("1")
    assert phone.key("45*38*37*28*27") == FIVE


def test_sql_is_asked_at_the_dial_and_where_something_is_stored(
    harness: Harness, phone: Telephone
) -> None:
    asked = []
    with statements(harness.engine) as seen:
        phone.dial()
        asked.append(len(seen))
        for key in PEC_KEYS:
            before = len(seen)
            phone.key(key)
            asked.append(len(seen) - before)
    dialled, menu, opened, *groups = asked
    assert dialled > 0
    assert menu == 0
    assert opened > 0
    assert [count == 0 for count in groups] == [True, False] * 3


def at_once(act: Callable[[], str], times: int = 3) -> list[str]:
    """What so many threads get that do the same at the same moment."""
    barrier = Barrier(times)

    def together() -> str:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(together) for _ in range(times)]]


def test_copies_of_a_hop_at_the_same_moment(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    for key in PEC_KEYS:
        phone.text = f"{phone.text}*{key}" if phone.text else key
        assert len(set(at_once(phone.repeat))) == 1
    assert dict(harness.report().values) == PEC_VALUES
    assert harness.report().version == 3
    assert len(harness.inbox_states()) == 3


def test_a_confirmed_group_is_a_message_like_any_other(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:4])
    with reading(harness.engine) as connection:
        (row,) = connection.execute(select(inbox))
    assert (row.provider, row.text, row.state) == (
        "ussd",
        "PEC 10 VUS 45 FIE 38 TDR 37 POS 28 CTA 27",
        "read",
    )
    assert harness.counted()["ussd_groups"] == 1
    harness.told("ANNULE")
    harness.told("OUI")
    assert dict(harness.report().values) == {}


def test_a_doubt_that_was_answered_counts_as_oui(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys("1", "1", "200*38*37*28*27", "1", "1")
    report = harness.report()
    assert report.values["VUS"] == 200
    assert dict(report.pending) == {}


def test_a_rule_of_an_earlier_month_speaks(harness: Harness, phone: Telephone) -> None:
    harness.told("NUT 9 DEP 60 MAM 2 MAS 1 URE 0 GUE 0 ABD 0 SOD 0 RST 5")
    phone.dial()
    shown = phone.keys("1", "2", "60*2*1*0", "1", "9*0*0*1")
    assert shown == (
        "CON GUE 9 + ABD 0 + SOD 0 depassent RST 5 le mois passe + MAS 1.\nCorriger quoi?\n"
        "1 Gueris 9\n2 Abandons 0\n3 Deces 0\n4 MAS 1\n00 Retour"
    )
    assert "GUE" not in harness.report(form="NUT").values


def test_what_an_sms_filled_in_between_is_not_asked(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys("1", "1", "45*38*37*28*27")
    harness.told("PEC 10 IRA 35 AMX 30")
    assert phone.key("1") == (f"CON PEC octobre 2/3. {ASKS}fievres graves*artesunate donne{BACK}")
    assert phone.keys("2*2") == "CON Grave 2, ArtR 2.\n1=Oui 2=Corriger\n00 Retour"
    assert phone.key("1") == GROUPS[2]


def test_a_rule_that_only_speaks_since_an_sms_is_told(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys("1", "1", "45*38", "37*28*27")
    harness.told("PEC 10 DIA 50 SRZ 2")
    assert phone.key("1") == (
        "CON PEC oct A CORRIGER. No 2UQV. Fievre38 TDR37 Pos28 CTA27 Dia50 SRO-Zn2. Manque PEC GRV"
        " ART IRA AMX RFS DCD. DIA 50 depasse VUS 45. Corrigez: COR VUS\n1 Suite"
    )
    assert "VUS" not in harness.report().values
    assert harness.report().values["DIA"] == 50


def test_another_copy_of_a_command_is_not_run_again(
    harness: Harness, phone: Telephone, redis_url: str
) -> None:
    phone.dial()
    shown = phone.keys("5")
    assert phone.repeat() == shown
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    assert phone.repeat() == "CON Deja recu. Mon etat dit ce qui est garde.\n00 Menu"
    assert len(harness.inbox_states()) == 1


def test_an_sms_follows_when_the_programme_says_so(harness: Harness, phone: Telephone) -> None:
    programme = harness.catalogue.programme
    ussd = replace(programme.ussd, sms_receipt=True)
    catalogue = replace(harness.catalogue, programme=replace(programme, ussd=ussd))
    phone.services = replace(phone.services, context=replace(harness.context, catalogue=catalogue))
    phone.dial()
    phone.keys(*PEC_KEYS)
    (text,) = harness.answers(AWA)
    assert text.startswith(f"PEC octobre OK. No {harness.report().receipt}.")


def test_what_is_transmitted_is_not_begun_anew_after_its_day(
    harness: Harness, phone: Telephone
) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS)
    harness.forwarded("KOLA", "PEC", OCTOBER)
    complete = f"CON PEC octobre est complet. No {harness.report().receipt}."
    assert phone.dial("1*1") == f"{complete}\n2 Recommencer\n00 Retour"
    harness.clock.advance(days=12)
    assert phone.dial("1*1") == f"{complete}\n00 Retour"


def test_who_left_the_roster_meanwhile_stores_nothing(harness: Harness, phone: Telephone) -> None:
    phone.dial()
    phone.keys("1", "1", "45*38*37*28*27")
    gone = [replace(who, active=who.phone != AWA) for who in PEOPLE]
    harness.enrol(UNITS, gone, since="202611")
    assert phone.key("1") == (
        "CON Ce numero n'est pas inscrit. Voyez le DTC de votre centre.\n00 Menu"
    )
    assert nothing_stored(harness)
    assert harness.inbox_states() == {}


def test_a_network_with_less_room(harness: Harness, phone: Telephone) -> None:
    programme = harness.catalogue.programme
    ussd = replace(programme.ussd, septets_of_network={"61002": 120})
    catalogue = replace(harness.catalogue, programme=replace(programme, ussd=ussd))
    phone.services = replace(phone.services, context=replace(harness.context, catalogue=catalogue))
    phone.dial()
    shown = phone.keys("1", "1")
    assert septets(shown) <= 120
    assert shown == f"CON {BRIEF}"


def test_a_process_killed_while_it_stored_has_stored_nothing(
    harness: Harness, phone: Telephone
) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:3])
    with killed_at(harness.engine, "INSERT INTO report_versions"):
        phone.key(PEC_KEYS[3])
    assert nothing_stored(harness)
    assert phone.repeat() == GROUPS[1]
    assert harness.report().version == 1


def test_what_was_told_not_to_be_kept_is_not_stored_by_a_repeat(
    harness: Harness, phone: Telephone
) -> None:
    phone.dial()
    phone.keys(*PEC_KEYS[:3])
    whole = phone.services
    away = connect("postgresql+psycopg://127.0.0.1:1/kibaru")
    phone.services = replace(whole, engine=away)
    assert phone.key(PEC_KEYS[3]) == (
        "END Panne chez nous: ces nombres ne sont pas gardes. Essayez plus tard, ou envoyez le"
        " rapport par SMS."
    )
    phone.services = whole
    assert phone.repeat() == CUT_OFF
    assert nothing_stored(harness)
    away.dispose()


@pytest.mark.parametrize("code", ["SITE-07", "CSC01-S2", "1203", "MAI"])
def test_a_site_is_validated_whatever_its_code_looks_like(
    harness: Harness, phone: Telephone, code: str
) -> None:
    harness.enrol((*UNITS, unit(code, "site", "KANI")), (*PEOPLE, person(STRANGER, "asc", code)))
    harness.told(PEC, STRANGER)
    phone.phone = NANA
    phone.dial()
    place = sorted(["KOLA", "SIRAKORO", "TENE", code]).index(code) + 1
    name = code.title()
    asked = phone.keys("5", str(place), "1")
    assert asked == f"CON Valider {name} octobre: exact?\n1=Oui 2=Non"
    lacks = f"Pas valides: {name} pas recu NUT SMI STK.\n00 Menu"
    assert phone.key("1") == f"CON VAL octobre {name}: rapports valides 1. {lacks}"
    assert harness.report(code).validated_at is not None


def test_a_chosen_site_is_not_taken_for_another_of_that_name(
    harness: Harness, phone: Telephone
) -> None:
    other = replace(unit("KOLA2", "site", "KANI"), name="Kola")
    harness.enrol((*UNITS, other), (*PEOPLE, person(STRANGER, "asc", "KOLA2")))
    harness.told(PEC)
    phone.phone = NANA
    phone.dial()
    lacks = "Pas valides: Kola pas recu NUT SMI STK.\n00 Menu"
    shown = phone.keys("5", "1", "1", "1")
    assert shown == f"CON VAL octobre Kola: rapports valides 1. {lacks}"
    assert harness.report().validated_at is not None


def test_the_last_screen_warns_of_stock_that_will_not_last(
    harness: Harness, phone: Telephone
) -> None:
    harness.told("NUT 10 DEP 180 MAM 6 MAS 4 URE 3 GUE 5 ABD 0 SOD 1 RST 10")
    phone.dial()
    shown = phone.keys("2", "9*5*30*8", "1", "5*5*5*2", "1", "9*9*9*9", "1")
    assert shown.startswith("END STK octobre recu en entier, merci.")
    assert shown.endswith("ATP 2 pour RST 10: pas assez pour un mois, demandez une livraison.")
