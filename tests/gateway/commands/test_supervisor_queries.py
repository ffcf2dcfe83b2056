"""Holds up: what a supervisor is told of his area by ETAT, MANQ and SUIVI, and nothing beyond."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from gateway.storage.engine import reading
from gateway.storage.roster import posts_of
from gateway.storage.tables import referrals, stock_outs
from menus.gsm7 import parts
from tests.gateway.harness import (
    AWA,
    FANTA,
    ISSA,
    NANA,
    NOON,
    OCTOBER,
    OUMAR,
    PEC,
    Pipes,
    person,
    unit,
)

CHEICK = "+22370000201"  # the district
OTHER = "+22370000102"  # heads the centre next door


@pytest.fixture
def pipes(pipes: Pipes) -> Pipes:
    """With a district and a second centre, whose site has a name near to KOLA."""
    pipes.enrol(
        (unit("BLA", "facility", "DUGU"), unit("KOLO", "site", "BLA")),
        (
            person(CHEICK, "district", "DUGU"),
            person(OTHER, "dtc", "BLA"),
            person("+22370000006", "asc", "KOLO"),
        ),
    )
    return pipes


def reported(pipes: Pipes, phone: str = AWA, month: str = "10") -> None:
    """All four forms of a site, with stock left of every product."""
    for form in pipes.catalogue.forms.values():
        codes = " ".join(f"{one.code} {20 if one.product else 0}" for one in form.fields)
        pipes.told(f"{form.keyword} {month} {codes}", phone)
        pipes.told("OUI", phone)


def out(
    pipes: Pipes, site: str, code: str, *, days: int = 0, until_days: int | None = None
) -> None:
    """A product ran out, so many days ago."""
    message = pipes.receive("RUPT", AWA)
    row = {
        "site_id": pipes.unit_id(site),
        "code": code,
        "since": pipes.clock.now - timedelta(days=days),
        "until": None if until_days is None else pipes.clock.now - timedelta(days=until_days),
        "inbox_id": message,
    }
    with pipes.engine.begin() as connection:
        connection.execute(insert(stock_outs), row)


def referred(pipes: Pipes, site: str, number: str, *, hours: int, closed: bool = False) -> None:
    """A sick person was sent on, so many hours ago."""
    made_at = pipes.clock.now - timedelta(hours=hours)
    with reading(pipes.engine) as connection:
        post = posts_of(connection, [AWA], OCTOBER)[AWA][0]
    row = {
        "site_id": pipes.unit_id(site),
        "post_id": post.id,
        "number": number,
        "sex": "F",
        "reason": "PG",
        "treatments": [],
        "state": "sent",
        "made_at": made_at,
        "changed_at": made_at,
        "closed_at": pipes.clock.now if closed else None,
    }
    with pipes.engine.begin() as connection:
        connection.execute(insert(referrals), row)


def test_the_state_of_a_centre(pipes: Pipes) -> None:
    reported(pipes)
    pipes.told(PEC, ISSA)
    out(pipes, "KOLA", "ENF")
    out(pipes, "TENE", "ENF", days=3)
    out(pipes, "TENE", "ATP")
    out(pipes, "TENE", "BEB", days=9, until_days=2)
    referred(pipes, "TENE", "4721", hours=5)
    referred(pipes, "KOLA", "4722", hours=50, closed=True)
    answer = pipes.told("ETAT", NANA)
    assert answer == (
        "Kani octobre au 04/11: 1/3 complets, 1 partiels, 1 rien. A temps 0. "
        "Ruptures 3 (ENF 2, ATP 1). Ref ouvertes 1. Detail: MANQ RUPT SUIVI"
    )
    assert len(parts(answer)) == 1


def test_the_state_counts_what_came_on_time(pipes: Pipes) -> None:
    pipes.clock.advance(days=-2)
    reported(pipes)
    assert "1/3 complets, 0 partiels, 2 rien. A temps 1." in pipes.told("ETAT", NANA)


def test_an_older_month_is_told_as_it_was(pipes: Pipes) -> None:
    reported(pipes, month="09")
    out(pipes, "KOLA", "ENF", days=40, until_days=35)
    referred(pipes, "KOLA", "4722", hours=24 * 40)
    answer = pipes.told("ETAT septembre", NANA)
    assert answer.startswith("Kani septembre au 04/11: 1/3 complets")
    assert "Ruptures 1 (ENF 1). Ref ouvertes 1." in answer
    assert "Pas de rupture. Ref ouvertes 1." in pipes.told("ETAT", NANA)
    assert "Ref ouvertes 0." in pipes.told("ETAT octobre", NANA)


def test_a_supervisor_asks_twelve_months_back(pipes: Pipes) -> None:
    assert pipes.told("ETAT 11/2025", NANA).startswith("Kani novembre")
    assert "ferme" in pipes.told("ETAT 10/2025", NANA)
    assert "ferme" in pipes.told("ETAT 05/2026", AWA)


def test_the_state_of_one_site(pipes: Pipes) -> None:
    pipes.told(PEC)
    out(pipes, "KOLA", "ENF")
    answer = pipes.told("ETAT kolla", NANA)
    assert answer.startswith("Kola: octobre: PEC complet")
    assert "NUT rien" in answer
    assert answer.endswith("En rupture: ENF.")


def test_one_of_two_near_names_is_asked(pipes: Pipes) -> None:
    assert pipes.told("ETAT KOL", CHEICK).startswith("Lequel: Kola, Kolo?")
    assert pipes.told("ETAT KOLO", CHEICK).startswith("Kolo: octobre:")


def test_a_receipt_is_found_in_the_area_alone(pipes: Pipes) -> None:
    pipes.told(PEC)
    receipt = pipes.report().receipt
    assert "PEC complet" in pipes.told(f"ETAT {receipt}", NANA)
    assert "pas connu" in pipes.told(f"ETAT {receipt}", OTHER)


def test_what_a_centre_misses(pipes: Pipes) -> None:
    reported(pipes, FANTA)
    pipes.told(PEC, ISSA)
    assert pipes.told("MANQ", NANA) == (
        "MANQ octobre Kani: Kola tout; Sirakoro NUT SMI STK. Rappeler tous: RELANCE"
    )
    reported(pipes, AWA)
    reported(pipes, ISSA)
    assert pipes.told("MANQ 10", NANA) == "Kani octobre: rien ne manque."


def test_what_a_district_misses_facility_by_facility(pipes: Pipes) -> None:
    reported(pipes, FANTA)
    assert pipes.told("MANQ", CHEICK) == (
        "MANQ octobre Dugu: Kani 2/3; Bla 1/1; Lone 1/1. Detail: MANQ et le nom du centre. "
        "Rappeler tous: RELANCE"
    )
    assert pipes.told("MANQ BLA", CHEICK).startswith("MANQ octobre Bla: Kolo tout.")
    assert pipes.told("MANQ kani octobre", CHEICK).startswith("MANQ octobre Kani: Kola tout;")


def test_a_site_without_an_agent_owes_nothing(pipes: Pipes) -> None:
    pipes.enrol((), (person(ISSA, "asc", "SIRAKORO", active=False),), since="202610")
    assert "Sirakoro" not in pipes.told("MANQ", NANA)
    assert "0/2 complets" in pipes.told("ETAT", NANA)


def test_open_referrals_by_age(pipes: Pipes) -> None:
    referred(pipes, "TENE", "4721", hours=5)
    referred(pipes, "KOLA", "4722", hours=73)
    referred(pipes, "KOLA", "4723", hours=80, closed=True)
    referred(pipes, "KOLO", "4724", hours=90)
    assert pipes.told("SUIVI", NANA) == "SUIVI Kani, 2 ouvertes: 4722 Kola 3j; 4721 Tene 5h."
    assert pipes.told("SUIVI TENE", NANA) == "SUIVI Tene, 1 ouvertes: 4721 Tene 5h."
    assert pipes.told("SUIVI septembre", NANA) == "Kani: aucune reference ouverte."
    assert "4724 Kolo 3j" in pipes.told("SUIVI", CHEICK)


def test_a_long_answer_goes_on_with_suite(pipes: Pipes) -> None:
    sites = [f"SITE{number:02}" for number in range(40)]
    pipes.enrol(
        [unit(site, "site", "BLA") for site in sites],
        [person(f"+223700003{number:02}", "asc", site) for number, site in enumerate(sites)],
    )
    first = pipes.told("MANQ", OTHER)
    assert first.endswith("1/3 La suite: SUITE")
    assert len(parts(first)) == 2
    second, last = pipes.told("SUITE", OTHER), pipes.told("suite", OTHER)
    assert second.endswith("2/3 La suite: SUITE")
    assert last.endswith("Rappeler tous: RELANCE 3/3")
    told = f"{first} {second} {last}"
    assert all(f"{site.title()} tout" in told for site in sites)
    assert "pas de suite" in pipes.told("SUITE", OTHER)


def test_a_suite_comes_after_a_question_about_something_else(pipes: Pipes) -> None:
    sites = [f"SITE{number:02}" for number in range(40)]
    pipes.enrol(
        [unit(site, "site", "BLA") for site in sites],
        [person(f"+223700003{number:02}", "asc", site) for number, site in enumerate(sites)],
    )
    pipes.told("MANQ", OTHER)
    assert "OUI" in pipes.told("POUR KOLO PEC 10 VUS 160", OTHER)
    assert pipes.told("SUITE", OTHER).endswith("2/3 La suite: SUITE")
    pipes.told("OUI", OTHER)
    assert "OUI" in pipes.told("ANNULE", OTHER)
    assert pipes.told("SUITE", OTHER).endswith("3/3")


def test_a_suite_comes_too_late_after_72_hours(pipes: Pipes) -> None:
    sites = [f"SITE{number:02}" for number in range(40)]
    pipes.enrol(
        [unit(site, "site", "BLA") for site in sites],
        [person(f"+223700003{number:02}", "asc", site) for number, site in enumerate(sites)],
    )
    assert "SUITE" in pipes.told("MANQ", OTHER)
    pipes.clock.advance(hours=72, seconds=1)
    assert "pas de suite" in pipes.told("SUITE", OTHER)


def test_who_is_agent_and_head_of_the_centre_asks_as_the_head(pipes: Pipes) -> None:
    pipes.enrol((), (person(AWA, "dtc", "KANI"),))
    assert pipes.told("ETAT", AWA).startswith("Kani octobre")
    assert pipes.told("MANQ", AWA).startswith("MANQ octobre Kani")
    assert pipes.told("ETAT KOLA", AWA).startswith("Kola: octobre")
    assert pipes.told("RUPT TENE", AWA).startswith("RUPT Tene")
    assert pipes.told("RUPT ENF", AWA).startswith("Rupture notee: ENF.")


def test_a_site_that_moved_away_is_no_longer_his(pipes: Pipes) -> None:
    pipes.told(PEC)
    pipes.enrol((unit("KOLA", "site", "BLA"),), (), since="202611")
    assert "pas trouve" in pipes.told("ETAT KOLA", NANA)
    assert "0/2 complets" in pipes.told("ETAT", NANA)
    assert pipes.told("ETAT KOLA", OTHER).startswith("Kola: octobre: PEC complet")


def test_the_default_month_is_the_open_one(pipes: Pipes) -> None:
    pipes.clock.now = NOON.replace(month=10, day=26)
    assert pipes.told("ETAT", NANA).startswith("Kani octobre au 26/10")
    assert OUMAR not in pipes.told("MANQ", NANA)
