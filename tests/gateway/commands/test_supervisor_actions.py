"""RELANCE, VAL and POUR of supervisors: they reach the sites of the area and no other."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from gateway.notifications import missing_reports
from gateway.storage.engine import reading
from gateway.storage.tables import opt_outs
from menus.gsm7 import parts
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    OCTOBER,
    OUMAR,
    PEC,
    PEC_VALUES,
    Harness,
    person,
    unit,
)

CHEICK = "+22370000201"  # the district
OTHER = "+22370000102"  # heads a neighbouring centre


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """With a district and a second centre; every site has one agent."""
    harness.enrol(
        (unit("BLA", "facility", "DUGU"), unit("DJENNE", "site", "BLA")),
        (
            person(CHEICK, "district", "DUGU"),
            person(OTHER, "dtc", "BLA"),
            person("+22370000006", "asc", "DJENNE"),
            person(OUMAR, "asc", "KOLA", active=False),
            person(OUMAR, "asc", "TENE", active=False),
        ),
    )
    return harness


def nothing_to_report(harness: Harness, phone: str) -> None:
    """All four forms of a site, complete."""
    for form in harness.catalogue.forms.values():
        codes = " ".join(f"{code} 0" for code in form.required)
        harness.told(f"{form.keyword} 10 {codes}", phone)
        harness.told("OUI", phone)


def reminded(harness: Harness) -> list[str]:
    """The phones that a reminder is queued for; other notices may be, of what ran out."""
    return [row.phone for row in harness.rows("notice") if row.topic == missing_reports.TOPIC]


def test_relance_reminds_those_who_owe_something(harness: Harness) -> None:
    nothing_to_report(harness, FANTA)
    harness.told(PEC)
    assert harness.told("RELANCE", NANA) == "RELANCE octobre Kani: 2 ASC rappeles."
    assert reminded(harness) == [AWA, ISSA]
    row = next(row for row in harness.rows("notice") if row.topic == missing_reports.TOPIC)
    with reading(harness.engine) as connection:
        text = missing_reports.reminder(
            connection, harness.context, AWA, row.subject, harness.clock.now
        )
    assert text is not None
    assert "NUT, SMI et STK" in text


def test_relance_reminds_each_once_a_day(harness: Harness) -> None:
    harness.told("RELANCE", NANA)
    again = harness.told("RELANCE 09", NANA)
    assert again == ("RELANCE septembre Kani: 0 ASC rappeles. Deja rappeles aujourd'hui: 3.")
    assert harness.told("RELANCE", CHEICK).startswith("RELANCE octobre Dugu: 2 ASC rappeles.")
    assert len(reminded(harness)) == 5
    harness.clock.advance(days=1)
    assert "3 ASC" in harness.told("RELANCE", NANA)


def test_relance_at_night_reminds_in_the_morning(harness: Harness) -> None:
    harness.clock.now = datetime(2026, 11, 4, 21, 30, tzinfo=UTC)
    harness.told("RELANCE", NANA)
    rows = [row for row in harness.rows("notice") if row.topic == missing_reports.TOPIC]
    morning = datetime(2026, 11, 5, 7, tzinfo=UTC)
    assert {row.next_at for row in rows} == {morning}
    assert {row.expires_at for row in rows} == {datetime(2026, 11, 6, tzinfo=UTC)}
    harness.clock.now = morning
    assert "0 ASC rappeles. Deja rappeles aujourd'hui: 3." in harness.told("RELANCE", NANA)


def test_relance_of_a_month_that_is_closed_to_agents_reminds_nobody(harness: Harness) -> None:
    assert "ferme" in harness.told("RELANCE janvier", NANA)
    assert reminded(harness) == []
    assert "tout" in harness.told("MANQ janvier", NANA)


def test_relance_leaves_out_who_wants_no_reminders(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        row = {"phone": AWA, "sender_id": "36000", "since": harness.clock.now}
        connection.execute(insert(opt_outs), row)
    answer = harness.told("RELANCE", NANA)
    assert answer.endswith("2 ASC rappeles. Ne veulent pas de rappel: 1.")
    assert AWA not in reminded(harness)
    assert "octobre: PEC rien" in harness.told("ETAT", AWA)


def test_relance_of_one_site_and_of_none(harness: Harness) -> None:
    assert "Kola: 1 ASC" in harness.told("RELANCE KOLA", NANA)
    nothing_to_report(harness, FANTA)
    assert harness.told("RELANCE TENE", NANA) == "Tene octobre: rien ne manque."
    assert "pas trouve" in harness.told("RELANCE DJENNE", NANA)
    assert len(reminded(harness)) == 1


def test_val_validates_what_is_in_order_and_says_what_is_not(harness: Harness) -> None:
    nothing_to_report(harness, FANTA)
    harness.told(PEC)
    harness.told("NUT 10 DEP 40 MAM 2 MAS 1 URE 1")
    harness.told("PEC 10 VUS 160", ISSA)
    answer = harness.told("VAL TOUT 10", NANA)
    assert answer == (
        "VAL octobre Kani: rapports valides 5. Pas valides: Kola pas recu SMI STK, NUT manque 4; "
        "Sirakoro pas recu NUT SMI STK, PEC manque 13."
    )
    assert len(parts(answer)) == 1
    assert harness.report("KOLA").validated_at is not None
    assert harness.report("KOLA", "NUT").validated_at is None
    assert "valides 0. Deja valides 5." in harness.told("VAL TOUT 10", NANA)


def test_val_of_one_site(harness: Harness) -> None:
    harness.told(PEC)
    answer = harness.told("VAL KOLA 10", CHEICK)
    assert answer == "VAL octobre Kola: rapports valides 1. Pas valides: Kola pas recu NUT SMI STK."
    assert harness.told("VAL TENE octobre", NANA).endswith("Pas valides: Tene rien recu.")


def test_val_of_a_district_counts_by_facility(harness: Harness) -> None:
    harness.told(PEC)
    answer = harness.told("VAL TOUT 10", CHEICK)
    assert answer == "VAL octobre Dugu: rapports valides 1. Pas valides: Bla 4; Kani 11; Lone 4."


def test_val_needs_a_site_and_stays_in_the_area(harness: Harness) -> None:
    harness.told(PEC)
    assert harness.told("VAL 10", NANA).startswith("VAL quel site?")
    assert "pas trouve" in harness.told("VAL KOLA 10", OTHER)
    assert "valides 0" in harness.told("VAL TOUT 10", OTHER)
    assert harness.report().validated_at is None


@pytest.mark.parametrize("who", [NANA, CHEICK])
def test_what_is_validated_is_changed_from_above(harness: Harness, who: str) -> None:
    harness.told(PEC)
    harness.told("VAL KOLA 10", NANA)
    refused = harness.told("COR POS 27")
    assert "rapport clos, voyez le DTC" in refused
    assert refused.startswith(
        "PEC oct OK."
    )  # as it stands; there is nothing that the agent could correct
    assert "COR" not in refused
    assert harness.told("POUR KOLA COR 10 POS 27", who).startswith("Kola: PEC octobre OK.")
    assert harness.report().values == PEC_VALUES | {"POS": 27}


def test_what_is_forwarded_is_changed_from_above_after_the_15th(harness: Harness) -> None:
    harness.told(PEC)
    harness.forwarded("KOLA", "PEC", OCTOBER)
    harness.clock.advance(days=12)
    assert "rapport clos" in harness.told("COR 10 POS 27")
    harness.told("POUR KOLA COR 10 POS 27", CHEICK)
    assert harness.report().values["POS"] == 27
    assert "pas trouve" in harness.told("POUR KOLA COR 10 POS 26", OTHER)
    assert harness.report().values["POS"] == 27
