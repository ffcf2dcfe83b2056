"""Holds up: RELANCE, VAL and POUR, and that nobody reaches beyond his area with them."""

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
    Pipes,
    person,
    unit,
)

CHEICK = "+22370000201"  # the district
OTHER = "+22370000102"  # heads the centre next door


@pytest.fixture
def pipes(pipes: Pipes) -> Pipes:
    """With a district and a second centre; every site has one agent."""
    pipes.enrol(
        (unit("BLA", "facility", "DUGU"), unit("DJENNE", "site", "BLA")),
        (
            person(CHEICK, "district", "DUGU"),
            person(OTHER, "dtc", "BLA"),
            person("+22370000006", "asc", "DJENNE"),
            person(OUMAR, "asc", "KOLA", active=False),
            person(OUMAR, "asc", "TENE", active=False),
        ),
    )
    return pipes


def nothing_to_report(pipes: Pipes, phone: str) -> None:
    """All four forms of a site, complete."""
    for form in pipes.catalogue.forms.values():
        codes = " ".join(f"{code} 0" for code in form.required)
        pipes.told(f"{form.keyword} 10 {codes}", phone)
        pipes.told("OUI", phone)


def reminded(pipes: Pipes) -> list[str]:
    """The phones that a reminder is queued for; other notices may be, of what ran out."""
    return [row.phone for row in pipes.rows("notice") if row.topic == missing_reports.TOPIC]


def test_relance_reminds_those_who_owe_something(pipes: Pipes) -> None:
    nothing_to_report(pipes, FANTA)
    pipes.told(PEC)
    assert pipes.told("RELANCE", NANA) == "RELANCE octobre Kani: 2 ASC rappeles."
    assert reminded(pipes) == [AWA, ISSA]
    row = next(row for row in pipes.rows("notice") if row.topic == missing_reports.TOPIC)
    with reading(pipes.engine) as connection:
        text = missing_reports.reminder(connection, pipes.house, AWA, row.subject, pipes.clock.now)
    assert text is not None
    assert "NUT, SMI et STK" in text


def test_relance_reminds_each_once_a_day(pipes: Pipes) -> None:
    pipes.told("RELANCE", NANA)
    again = pipes.told("RELANCE 09", NANA)
    assert again == ("RELANCE septembre Kani: 0 ASC rappeles. Deja rappeles aujourd'hui: 3.")
    assert pipes.told("RELANCE", CHEICK).startswith("RELANCE octobre Dugu: 2 ASC rappeles.")
    assert len(reminded(pipes)) == 5
    pipes.clock.advance(days=1)
    assert "3 ASC" in pipes.told("RELANCE", NANA)


def test_relance_at_night_reminds_in_the_morning(pipes: Pipes) -> None:
    pipes.clock.now = datetime(2026, 11, 4, 21, 30, tzinfo=UTC)
    pipes.told("RELANCE", NANA)
    rows = [row for row in pipes.rows("notice") if row.topic == missing_reports.TOPIC]
    morning = datetime(2026, 11, 5, 7, tzinfo=UTC)
    assert {row.next_at for row in rows} == {morning}
    assert {row.expires_at for row in rows} == {datetime(2026, 11, 6, tzinfo=UTC)}
    pipes.clock.now = morning
    assert "0 ASC rappeles. Deja rappeles aujourd'hui: 3." in pipes.told("RELANCE", NANA)


def test_relance_of_a_month_that_is_closed_to_agents_reminds_nobody(pipes: Pipes) -> None:
    assert "ferme" in pipes.told("RELANCE janvier", NANA)
    assert reminded(pipes) == []
    assert "tout" in pipes.told("MANQ janvier", NANA)


def test_relance_leaves_out_who_wants_no_reminders(pipes: Pipes) -> None:
    with pipes.engine.begin() as connection:
        row = {"phone": AWA, "sender_id": "36000", "since": pipes.clock.now}
        connection.execute(insert(opt_outs), row)
    answer = pipes.told("RELANCE", NANA)
    assert answer.endswith("2 ASC rappeles. Ne veulent pas de rappel: 1.")
    assert AWA not in reminded(pipes)
    assert "octobre: PEC rien" in pipes.told("ETAT", AWA)


def test_relance_of_one_site_and_of_none(pipes: Pipes) -> None:
    assert "Kola: 1 ASC" in pipes.told("RELANCE KOLA", NANA)
    nothing_to_report(pipes, FANTA)
    assert pipes.told("RELANCE TENE", NANA) == "Tene octobre: rien ne manque."
    assert "pas trouve" in pipes.told("RELANCE DJENNE", NANA)
    assert len(reminded(pipes)) == 1


def test_val_validates_what_is_in_order_and_says_what_is_not(pipes: Pipes) -> None:
    nothing_to_report(pipes, FANTA)
    pipes.told(PEC)
    pipes.told("NUT 10 DEP 40 MAM 2 MAS 1 URE 1")
    pipes.told("PEC 10 VUS 160", ISSA)
    answer = pipes.told("VAL TOUT 10", NANA)
    assert answer == (
        "VAL octobre Kani: rapports valides 5. Pas valides: Kola pas recu SMI STK, NUT manque 4; "
        "Sirakoro pas recu NUT SMI STK, PEC manque 13."
    )
    assert len(parts(answer)) == 1
    assert pipes.report("KOLA").validated_at is not None
    assert pipes.report("KOLA", "NUT").validated_at is None
    assert "valides 0. Deja valides 5." in pipes.told("VAL TOUT 10", NANA)


def test_val_of_one_site(pipes: Pipes) -> None:
    pipes.told(PEC)
    answer = pipes.told("VAL KOLA 10", CHEICK)
    assert answer == "VAL octobre Kola: rapports valides 1. Pas valides: Kola pas recu NUT SMI STK."
    assert pipes.told("VAL TENE octobre", NANA).endswith("Pas valides: Tene rien recu.")


def test_val_of_a_district_counts_by_facility(pipes: Pipes) -> None:
    pipes.told(PEC)
    answer = pipes.told("VAL TOUT 10", CHEICK)
    assert answer == "VAL octobre Dugu: rapports valides 1. Pas valides: Bla 4; Kani 11; Lone 4."


def test_val_needs_a_site_and_stays_in_the_area(pipes: Pipes) -> None:
    pipes.told(PEC)
    assert pipes.told("VAL 10", NANA).startswith("VAL quel site?")
    assert "pas trouve" in pipes.told("VAL KOLA 10", OTHER)
    assert "valides 0" in pipes.told("VAL TOUT 10", OTHER)
    assert pipes.report().validated_at is None


@pytest.mark.parametrize("who", [NANA, CHEICK])
def test_what_is_validated_is_changed_from_above(pipes: Pipes, who: str) -> None:
    pipes.told(PEC)
    pipes.told("VAL KOLA 10", NANA)
    refused = pipes.told("COR POS 27")
    assert "rapport clos, voyez le DTC" in refused
    assert refused.startswith("PEC oct OK.")  # as it stands; nothing of hers is to be mended
    assert "COR" not in refused
    assert pipes.told("POUR KOLA COR 10 POS 27", who).startswith("Kola: PEC octobre OK.")
    assert pipes.report().values == PEC_VALUES | {"POS": 27}


def test_what_is_forwarded_is_changed_from_above_after_the_15th(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.forwarded("KOLA", "PEC", OCTOBER)
    pipes.clock.advance(days=12)
    assert "rapport clos" in pipes.told("COR 10 POS 27")
    pipes.told("POUR KOLA COR 10 POS 27", CHEICK)
    assert pipes.report().values["POS"] == 27
    assert "pas trouve" in pipes.told("POUR KOLA COR 10 POS 26", OTHER)
    assert pipes.report().values["POS"] == 27
