"""Supervisors are alerted of a stock-out in the same minute, once, with what is left nearby."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from gateway.stock import alerts as stock_alerts
from gateway.stock import treatment_stock
from gateway.storage import inbox, roster
from gateway.storage.engine import reading
from gateway.ussd.reports import file_group
from menus.gsm7 import parts
from menus.model.catalogue import Catalogue
from menus.ussd.state import File
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, OCTOBER, SIRA, Harness, person

CHIEF = "+22370000201"  # of the district
DEPUTY = "+22370000102"  # the facility's second phone
OTHERS = "KIT 30 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 150 PAR 200 PLQ 20 SAY 15 CAP 100"
NUT = "NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST"
NOWHERE = "Pas de stock connu dans le district."
COMPOSERS = {
    stock_alerts.TOPIC: stock_alerts.compose,
    treatment_stock.TOPIC: treatment_stock.compose,
}


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    harness = Harness(engine, catalogue)
    harness.enrol((), [person(CHIEF, "district", "DUGU")])
    return harness


def texts(harness: Harness, phone: str = NANA) -> list[str | None]:
    """The texts of the notices to a number, if they went out now."""
    with reading(harness.engine) as connection:
        return [
            COMPOSERS[row.topic](connection, harness.context, phone, row.subject, harness.clock.now)
            for row in harness.rows("notice")
            if row.phone == phone
        ]


def test_the_dtc_is_told_in_the_same_minute_with_what_is_left_nearby(harness: Harness) -> None:
    harness.told(f"STK 10 BEB 24 ENF 20 {OTHERS}", FANTA)
    harness.told("RUPT ENF")
    notice = harness.only("notice")
    assert (notice.phone, notice.text) == (NANA, None)
    assert notice.next_at - harness.clock.now < timedelta(minutes=1)
    assert notice.expires_at - harness.clock.now == timedelta(hours=24)
    assert texts(harness) == ["Alerte stock. Rupture: ENF Kola. Stock proche: ENF Tene 20."]


def test_several_products_and_messages_are_told_in_one(harness: Harness) -> None:
    harness.told("RUPT ENF ATP")
    harness.clock.advance(seconds=30)
    harness.told("RUPT KIT", ISSA)
    harness.told("RUPT KIT", ISSA)
    assert len(harness.rows("notice")) == 1
    assert texts(harness) == ["Alerte stock. Rupture: ATP Kola, ENF Kola, KIT Sirakoro. " + NOWHERE]


def test_what_comes_after_the_sending_is_told_in_another(harness: Harness) -> None:
    harness.told("RUPT ENF")
    harness.change_rows("notice", state="sent")
    harness.clock.advance(minutes=2)
    harness.told("RUPT KIT")
    assert texts(harness)[1] == ("Alerte stock. Rupture: KIT Kola. " + NOWHERE)


def test_one_that_is_being_sent_takes_nothing_up(harness: Harness) -> None:
    harness.told("RUPT ENF")
    harness.change_rows("notice", lease="somebody", lease_until=2**40)
    harness.told("RUPT KIT")
    assert len(harness.rows("notice")) == 2


def test_what_came_back_before_the_sending_is_not_told(harness: Harness) -> None:
    harness.told("RUPT ENF KIT")
    harness.clock.advance(seconds=20)
    harness.told("RCU ENF 20")
    assert texts(harness) == ["Alerte stock. Rupture: KIT Kola. " + NOWHERE]
    harness.told("RCU KIT 25")
    assert texts(harness) == [None]


def test_everybody_who_heads_the_facility_is_told_and_nobody_else(harness: Harness) -> None:
    harness.enrol((), [person(DEPUTY, "dtc", "KANI", "bm")])
    harness.told("RUPT ENF")
    assert sorted(row.phone for row in harness.rows("notice")) == [NANA, DEPUTY]
    harness.told("RUPT ENF", SIRA)  # a site without a facility: no DTC to tell
    assert len(harness.rows("notice")) == 2


def test_a_medicine_that_is_gone_is_told_apart_and_to_the_district_too(harness: Harness) -> None:
    harness.told("RUPT ENF")
    assert texts(harness, CHIEF) == []
    harness.told("RUPT BEB KIT")
    assert texts(harness) == [
        "Alerte stock. Plus aucun CTA (BEB ENF) a Kola. Rupture: KIT Kola. " + NOWHERE
    ]
    assert texts(harness, CHIEF) == [
        "Alerte stock. Plus aucun CTA (BEB ENF) a Kola (Kani). " + NOWHERE
    ]
    harness.told("RCU BEB 20")
    assert texts(harness, CHIEF) == [None]


def test_a_count_of_zero_is_told_as_well(harness: Harness) -> None:
    harness.told(f"STK 10 BEB 24 ENF 0J12 {OTHERS}")
    # Twelve days of October, and three since.
    assert texts(harness) == ["Alerte stock. Rupture: ENF Kola 15j. " + NOWHERE]


def test_stock_at_the_facility_comes_before_stock_in_the_district(harness: Harness) -> None:
    harness.told(f"STK 10 BEB 24 ENF 50 {OTHERS}", SIRA)
    harness.told("RUPT ENF")
    assert texts(harness) == ["Alerte stock. Rupture: ENF Kola. Stock proche: ENF Lone 50."]
    harness.told(f"STK 10 BEB 24 ENF 4 {OTHERS}", FANTA)
    assert texts(harness) == ["Alerte stock. Rupture: ENF Kola. Stock proche: ENF Tene 4."]


def test_an_alert_fits_two_parts_however_much_is_out(harness: Harness) -> None:
    for phone in (AWA, FANTA, ISSA):
        harness.told("RUPT BEB ENF KIT SEL ZIN MOX SUP ATP PAR PLQ SAY CAP", phone)
    (told,) = texts(harness)
    assert told is not None
    assert len(parts(told)) <= 2
    assert told.endswith("Tout voir: RUPT")


def test_a_group_confirmed_on_the_screen_is_told_as_well(harness: Harness) -> None:
    month = datetime(2026, 10, 30, 12, tzinfo=UTC)
    for form, values in (("NUT", {"RST": 6}), ("STK", {"ATP": 150, "ENF": 0})):
        harness.receive(form, sent=month)
        file_on_screen(harness, File(form, OCTOBER, values, {}, ()))
    topics = sorted((row.topic, row.phone) for row in harness.rows("notice"))
    assert topics == [("stock_low", NANA), ("stock_out", NANA)]
    assert texts(harness) == [
        "Alerte stock. Rupture: ENF Kola 5j. " + NOWHERE,
        "Alerte stock. Kola: ATP 150 pour RST 6, pas assez pour un mois. " + NOWHERE,
    ]


def file_on_screen(harness: Harness, file: File) -> None:
    """The newest message is a group that was confirmed in a dialogue."""
    with harness.engine.begin() as connection:
        (message,) = inbox.take(connection, inbox.lane_of(AWA), 1)
        (post,) = roster.posts_of(connection, [AWA], OCTOBER)[AWA]
        file_group(connection, harness.context, message, post, file)
