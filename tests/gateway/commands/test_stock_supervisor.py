"""RUPT and COMMANDE of supervisors: what is out where, and what to bring to each site."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from menus.gsm7 import parts
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, FANTA, ISSA, NANA, SIRA, Harness, person

CHIEF = "+22370000201"
OCTOBER_20 = datetime(2026, 10, 20, 12, tzinfo=UTC)
OCTOBER_29 = datetime(2026, 10, 29, 12, tzinfo=UTC)
# Two months of every product by its start value: nothing is low, nothing to order.
PLENTY = {
    "BEB": 24, "ENF": 20, "KIT": 60, "SEL": 48, "ZIN": 240, "MOX": 260, "SUP": 6, "ATP": 500,
    "PAR": 360, "PLQ": 30, "SAY": 20, "CAP": 120,
}  # fmt: skip


def stk(**numbers: int) -> str:
    return "STK 10 " + " ".join(f"{code} {n}" for code, n in {**PLENTY, **numbers}.items())


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    harness = Harness(engine, catalogue)
    harness.enrol((), [person(CHIEF, "district", "DUGU")])
    return harness


def test_who_is_out_of_what_and_what_will_not_last(harness: Harness) -> None:
    harness.told(stk(KIT=29), AWA)
    harness.told(stk(MOX=129), FANTA)
    harness.told(stk(ENF=30), ISSA)
    harness.told("RUPT ENF", AWA, sent=OCTOBER_20)
    harness.told("RUPT ENF 2 jours", FANTA)
    assert harness.told("RUPT", NANA) == (
        "RUPT Kani: ENF Kola 15j, Tene 2j. Stock proche: ENF Sirakoro 30. "
        "Moins de 1 mois: KIT Kola; MOX Tene."
    )


def test_nothing_out_and_nothing_low(harness: Harness) -> None:
    harness.told(stk(), AWA)
    assert harness.told("RUPT", NANA) == "RUPT Kani: aucune rupture."


def test_one_product_one_site(harness: Harness) -> None:
    harness.told("RUPT ENF KIT", AWA)
    harness.told("RUPT ENF", FANTA)
    assert harness.told("RUPT KIT", NANA).startswith("RUPT Kani: KIT Kola.")
    assert harness.told("RUPT TENE", NANA).startswith("RUPT Tene: ENF Tene.")
    assert "pas trouve" in harness.told("RUPT LONE", NANA)


def test_a_month_that_is_over(harness: Harness) -> None:
    harness.told("RUPT ENF", AWA, sent=OCTOBER_20)
    harness.told("RCU ENF 20", AWA, sent=OCTOBER_29)
    harness.told("STK 10 BEB 0J4", FANTA)
    assert harness.told("RUPT octobre", NANA) == "RUPT Kani octobre: BEB Tene 4j; ENF Kola 9j."
    assert harness.told("RUPT 09", NANA) == "RUPT Kani septembre: aucune rupture."


def test_a_district_sees_its_facilities_and_a_dtc_only_his_own(harness: Harness) -> None:
    harness.told("RUPT ENF", AWA)
    harness.told("RUPT KIT", SIRA)
    assert "Lone" not in harness.told("RUPT", NANA)
    told = harness.told("RUPT", CHIEF)
    assert "ENF Kola (Kani)" in told
    assert "KIT Lone." in told
    assert harness.told("RUPT KANI", CHIEF).startswith("RUPT Kani: ENF Kola.")


def test_what_to_bring_to_whom(harness: Harness) -> None:
    harness.told(stk(ENF=0, KIT=59), AWA)
    harness.told(stk(), FANTA)
    assert harness.told("COMMANDE", NANA) == (
        "COMMANDE Kani: Kola ENF 30, KIT 25. Stock pas connu: Sirakoro."
    )
    harness.told("RCU ENF 30", AWA)
    assert harness.told("COMMANDE", NANA) == (
        "COMMANDE Kani: Kola KIT 25. Stock pas connu: Sirakoro."
    )
    assert harness.told("COMMANDE TENE", NANA) == "COMMANDE Tene: rien a porter."
    assert "pas pour vous" in harness.told("COMMANDE", AWA)


def test_what_is_used_decides_the_order_once_three_months_are_known(harness: Harness) -> None:
    for month, number in (("07", 50), ("08", 40), ("09", 25), ("10", 5)):
        at = datetime(2026, int(month) + 1, 2, 12, tzinfo=UTC)
        harness.clock.now = at
        harness.told(f"STK {month} CAP {number}")
    # 10, 15 and 20 were used: 15 a month, so 30 are wanted and 5 are there.
    assert harness.told("COMMANDE CAP", NANA).startswith("COMMANDE Kani: Kola CAP 100.")
    assert "Moins de 1 mois: CAP Kola." in harness.told("RUPT CAP", NANA)
    harness.told("RCU CAP 25")
    assert "rien a porter" in harness.told("COMMANDE CAP", NANA)


def test_a_long_answer_comes_in_pages(harness: Harness) -> None:
    for phone in (AWA, FANTA, ISSA):
        harness.told("RUPT BEB ENF KIT SEL ZIN MOX SUP ATP PAR PLQ SAY CAP", phone)
    first = harness.told("RUPT", NANA)
    assert len(parts(first)) == 2
    assert "SUITE" in first
    assert "CAP Kola, Tene, Sirakoro" in harness.told("SUITE", NANA)
