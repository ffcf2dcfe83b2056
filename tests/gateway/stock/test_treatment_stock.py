"""A product that will not last those under treatment is warned of, to the agent and the DTC."""

import pytest

from gateway.stock.treatment_stock import TOPIC, compose, warn
from gateway.storage.engine import reading
from menus.gsm7 import parts
from tests.gateway.harness import AWA, FANTA, NANA, OCTOBER, Harness, person
from tests.gateway.units_of_work import heard, unit_of_work

OTHERS = "KIT 30 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 150 PAR 200 PLQ 20 SAY 15 CAP 100"
STK = f"STK 10 BEB 24 ENF 20 {OTHERS}"
NUT = "NUT 10 DEP 180 MAM 4 MAS 3 URE 1 GUE 2 ABD 0 SOD 0 RST"
WARNING = "ATP 150 pour RST 6: pas assez pour un mois, demandez une livraison."
ALERT = "Alerte stock. Kola: ATP 150 pour RST 6, pas assez pour un mois."
NOWHERE = "Pas de stock connu dans le district."


def composed(harness: Harness, phone: str = NANA) -> str | None:
    """The text of a notice about Kola's ATP, if it went out now."""
    subject = {"site": harness.unit_id("KOLA"), "code": "ATP"}
    with reading(harness.engine) as connection:
        return compose(connection, harness.context, phone, subject, harness.clock.now)


def test_too_little_for_the_children_under_treatment_is_told_in_time(harness: Harness) -> None:
    harness.told(STK)
    answer = harness.told(f"{NUT} 6")
    assert answer.endswith(f" {WARNING}")
    assert len(parts(answer)) <= 2
    notice = harness.only("notice")
    assert (notice.phone, notice.topic, notice.text) == (NANA, TOPIC, None)
    assert notice.subject == {"site": harness.unit_id("KOLA"), "code": "ATP"}
    assert (notice.next_at - harness.clock.now).total_seconds() == 45
    assert composed(harness) == f"{ALERT} {NOWHERE}"


def test_a_product_and_month_are_told_once(harness: Harness) -> None:
    harness.told(STK)
    harness.told(f"{NUT} 6")
    harness.told("COR RST 5")
    assert len(harness.rows("notice")) == 1


def test_a_notice_that_is_true_no_more_has_no_text(harness: Harness) -> None:
    harness.told(STK)
    harness.told(f"{NUT} 6")
    assert composed(harness, AWA) is None  # no DTC
    harness.told("RCU ATP 450")
    assert composed(harness) is None


def test_a_notice_tells_where_there_is_some(harness: Harness) -> None:
    harness.told(STK)
    harness.told(f"{NUT} 6")
    harness.told("STK 10 ATP 700", FANTA)
    assert composed(harness) == f"{ALERT} Stock proche: ATP Tene 700."


@pytest.mark.parametrize(("children", "warned"), [(0, False), (2, False), (3, True)])
def test_enough_is_no_reason_to_warn(harness: Harness, children: int, warned: bool) -> None:
    harness.told(STK)
    answer = harness.told(f"{NUT} {children}")
    assert (
        answer.endswith(
            f"ATP 150 pour RST {children}: pas assez pour un mois, demandez une livraison."
        )
        is warned
    )
    assert bool(harness.rows("notice")) is warned


def test_a_warning_is_about_the_reports_that_were_touched(harness: Harness) -> None:
    harness.told(STK)
    harness.told(f"{NUT} 6")
    site = harness.unit_id("KOLA")
    with unit_of_work(harness, "KOLA") as uow:
        assert warn(uow, [(site, "PEC", OCTOBER)], "fr") == ""
        assert warn(uow, [(site, "NUT", OCTOBER)], "fr") == WARNING
        assert warn(uow, [(site, "NUT", OCTOBER), (site, "STK", OCTOBER)], "fr") == WARNING
        assert warn(uow, [(harness.unit_id("TENE"), "NUT", OCTOBER)], "fr") == ""


def test_patients_of_three_months_ago_tell_nothing_of_today(harness: Harness) -> None:
    harness.told("POUR KOLA NUT 07 RST 6", NANA)
    harness.told("POUR KOLA NUT 08 RST 3", NANA)
    harness.told(STK)
    site = harness.unit_id("KOLA")
    with unit_of_work(harness, "KOLA") as uow:
        assert warn(uow, [(site, "STK", OCTOBER)], "fr") == (
            "ATP 150 pour RST 3: pas assez pour un mois, demandez une livraison."
        )
        assert warn(uow, [(site, "STK", "202611")], "fr") == ""


def test_what_came_in_since_the_count_is_stock(harness: Harness) -> None:
    harness.told(STK)
    harness.told("RCU ATP 449")
    harness.told(f"{NUT} 6")
    with heard(harness, f"{NUT} 7") as (uow, understood):
        site = harness.unit_id("KOLA")
        low = warn(uow, [(site, "NUT", OCTOBER)], understood.language)
        assert low == ""


def test_of_a_product_that_is_out_only_the_agent_is_warned(harness: Harness) -> None:
    """The stock-out has an alert of its own."""
    harness.enrol((), (person("+22370000102", "dtc", "KANI"),))
    harness.told(f"{NUT} 6")
    answer = harness.told(STK.replace("ATP 150", "ATP 0"))
    assert answer.endswith("ATP 0 pour RST 6: pas assez pour un mois, demandez une livraison.")
    assert {row.topic for row in harness.rows("notice")} == {"stock_out"}
