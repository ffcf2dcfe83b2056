"""ETAT, MANQ and SUIVI tell a supervisor of the area, and of nothing beyond it."""

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
    Harness,
    person,
    unit,
)

CHEICK = "+22370000201"  # the district
OTHER = "+22370000102"  # heads a neighbouring centre


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """With a district and a second centre, whose site has a name near to KOLA."""
    harness.enrol(
        (unit("BLA", "facility", "DUGU"), unit("KOLO", "site", "BLA")),
        (
            person(CHEICK, "district", "DUGU"),
            person(OTHER, "dtc", "BLA"),
            person("+22370000006", "asc", "KOLO"),
        ),
    )
    return harness


def reported(harness: Harness, phone: str = AWA, month: str = "10") -> None:
    """All four forms of a site, with stock left of every product."""
    for form in harness.catalogue.forms.values():
        codes = " ".join(f"{field.code} {20 if field.product else 0}" for field in form.fields)
        harness.told(f"{form.keyword} {month} {codes}", phone)
        harness.told("OUI", phone)


def out(
    harness: Harness, site: str, code: str, *, days: int = 0, until_days: int | None = None
) -> None:
    """A product ran out, so many days ago."""
    message = harness.receive("RUPT", AWA)
    row = {
        "site_id": harness.unit_id(site),
        "code": code,
        "since": harness.clock.now - timedelta(days=days),
        "until": None if until_days is None else harness.clock.now - timedelta(days=until_days),
        "inbox_id": message,
    }
    with harness.engine.begin() as connection:
        connection.execute(insert(stock_outs), row)


def referred(harness: Harness, site: str, number: str, *, hours: int, closed: bool = False) -> None:
    """A sick person was sent on, so many hours ago."""
    made_at = harness.clock.now - timedelta(hours=hours)
    with reading(harness.engine) as connection:
        post = posts_of(connection, [AWA], OCTOBER)[AWA][0]
    row = {
        "site_id": harness.unit_id(site),
        "post_id": post.id,
        "number": number,
        "sex": "F",
        "reason": "PG",
        "treatments": [],
        "state": "sent",
        "made_at": made_at,
        "changed_at": made_at,
        "closed_at": harness.clock.now if closed else None,
    }
    with harness.engine.begin() as connection:
        connection.execute(insert(referrals), row)


def test_the_state_of_a_centre(harness: Harness) -> None:
    reported(harness)
    harness.told(PEC, ISSA)
    out(harness, "KOLA", "ENF")
    out(harness, "TENE", "ENF", days=3)
    out(harness, "TENE", "ATP")
    out(harness, "TENE", "BEB", days=9, until_days=2)
    referred(harness, "TENE", "4721", hours=5)
    referred(harness, "KOLA", "4722", hours=50, closed=True)
    answer = harness.told("ETAT", NANA)
    assert answer == (
        "Kani octobre au 04/11: 1/3 complets, 1 partiels, 1 rien. A temps 0. "
        "Ruptures 3 (ENF 2, ATP 1). Ref ouvertes 1. Detail: MANQ RUPT SUIVI"
    )
    assert len(parts(answer)) == 1


def test_the_state_counts_what_came_on_time(harness: Harness) -> None:
    harness.clock.advance(days=-2)
    reported(harness)
    assert "1/3 complets, 0 partiels, 2 rien. A temps 1." in harness.told("ETAT", NANA)


def test_an_older_month_is_told_as_it_was(harness: Harness) -> None:
    reported(harness, month="09")
    out(harness, "KOLA", "ENF", days=40, until_days=35)
    referred(harness, "KOLA", "4722", hours=24 * 40)
    answer = harness.told("ETAT septembre", NANA)
    assert answer.startswith("Kani septembre au 04/11: 1/3 complets")
    assert "Ruptures 1 (ENF 1). Ref ouvertes 1." in answer
    assert "Pas de rupture. Ref ouvertes 1." in harness.told("ETAT", NANA)
    assert "Ref ouvertes 0." in harness.told("ETAT octobre", NANA)


def test_a_supervisor_asks_twelve_months_back(harness: Harness) -> None:
    assert harness.told("ETAT 11/2025", NANA).startswith("Kani novembre")
    assert "ferme" in harness.told("ETAT 10/2025", NANA)
    assert "ferme" in harness.told("ETAT 05/2026", AWA)


def test_the_state_of_one_site(harness: Harness) -> None:
    harness.told(PEC)
    out(harness, "KOLA", "ENF")
    answer = harness.told("ETAT kolla", NANA)
    assert answer.startswith("Kola: octobre: PEC complet")
    assert "NUT rien" in answer
    assert answer.endswith("En rupture: ENF.")


def test_one_of_two_near_names_is_asked(harness: Harness) -> None:
    assert harness.told("ETAT KOL", CHEICK).startswith("Lequel: Kola, Kolo?")
    assert harness.told("ETAT KOLO", CHEICK).startswith("Kolo: octobre:")


def test_a_receipt_is_found_in_the_area_alone(harness: Harness) -> None:
    harness.told(PEC)
    receipt = harness.report().receipt
    assert "PEC complet" in harness.told(f"ETAT {receipt}", NANA)
    assert "pas connu" in harness.told(f"ETAT {receipt}", OTHER)


def test_what_a_centre_misses(harness: Harness) -> None:
    reported(harness, FANTA)
    harness.told(PEC, ISSA)
    assert harness.told("MANQ", NANA) == (
        "MANQ octobre Kani: Kola tout; Sirakoro NUT SMI STK. Rappeler tous: RELANCE"
    )
    reported(harness, AWA)
    reported(harness, ISSA)
    assert harness.told("MANQ 10", NANA) == "Kani octobre: rien ne manque."


def test_what_a_district_misses_facility_by_facility(harness: Harness) -> None:
    reported(harness, FANTA)
    assert harness.told("MANQ", CHEICK) == (
        "MANQ octobre Dugu: Kani 2/3; Bla 1/1; Lone 1/1. Detail: MANQ et le nom du centre. "
        "Rappeler tous: RELANCE"
    )
    assert harness.told("MANQ BLA", CHEICK).startswith("MANQ octobre Bla: Kolo tout.")
    assert harness.told("MANQ kani octobre", CHEICK).startswith("MANQ octobre Kani: Kola tout;")


def test_a_site_without_an_agent_owes_nothing(harness: Harness) -> None:
    harness.enrol((), (person(ISSA, "asc", "SIRAKORO", active=False),), since="202610")
    assert "Sirakoro" not in harness.told("MANQ", NANA)
    assert "0/2 complets" in harness.told("ETAT", NANA)


def test_open_referrals_by_age(harness: Harness) -> None:
    referred(harness, "TENE", "4721", hours=5)
    referred(harness, "KOLA", "4722", hours=73)
    referred(harness, "KOLA", "4723", hours=80, closed=True)
    referred(harness, "KOLO", "4724", hours=90)
    assert harness.told("SUIVI", NANA) == "SUIVI Kani, 2 ouvertes: 4722 Kola 3j; 4721 Tene 5h."
    assert harness.told("SUIVI TENE", NANA) == "SUIVI Tene, 1 ouvertes: 4721 Tene 5h."
    assert harness.told("SUIVI septembre", NANA) == "Kani: aucune reference ouverte."
    assert "4724 Kolo 3j" in harness.told("SUIVI", CHEICK)


def test_a_long_answer_goes_on_with_suite(harness: Harness) -> None:
    sites = [f"SITE{number:02}" for number in range(40)]
    harness.enrol(
        [unit(site, "site", "BLA") for site in sites],
        [person(f"+223700003{number:02}", "asc", site) for number, site in enumerate(sites)],
    )
    first = harness.told("MANQ", OTHER)
    assert first.endswith("1/3 La suite: SUITE")
    assert len(parts(first)) == 2
    second, last = harness.told("SUITE", OTHER), harness.told("suite", OTHER)
    assert second.endswith("2/3 La suite: SUITE")
    assert last.endswith("Rappeler tous: RELANCE 3/3")
    told = f"{first} {second} {last}"
    assert all(f"{site.title()} tout" in told for site in sites)
    assert "pas de suite" in harness.told("SUITE", OTHER)


def test_a_suite_comes_after_a_question_about_something_else(harness: Harness) -> None:
    sites = [f"SITE{number:02}" for number in range(40)]
    harness.enrol(
        [unit(site, "site", "BLA") for site in sites],
        [person(f"+223700003{number:02}", "asc", site) for number, site in enumerate(sites)],
    )
    harness.told("MANQ", OTHER)
    assert "OUI" in harness.told("POUR KOLO PEC 10 VUS 160", OTHER)
    assert harness.told("SUITE", OTHER).endswith("2/3 La suite: SUITE")
    harness.told("OUI", OTHER)
    assert "OUI" in harness.told("ANNULE", OTHER)
    assert harness.told("SUITE", OTHER).endswith("3/3")


def test_a_suite_comes_too_late_after_72_hours(harness: Harness) -> None:
    sites = [f"SITE{number:02}" for number in range(40)]
    harness.enrol(
        [unit(site, "site", "BLA") for site in sites],
        [person(f"+223700003{number:02}", "asc", site) for number, site in enumerate(sites)],
    )
    assert "SUITE" in harness.told("MANQ", OTHER)
    harness.clock.advance(hours=72, seconds=1)
    assert "pas de suite" in harness.told("SUITE", OTHER)


def test_who_is_agent_and_head_of_the_centre_asks_as_the_head(harness: Harness) -> None:
    harness.enrol((), (person(AWA, "dtc", "KANI"),))
    assert harness.told("ETAT", AWA).startswith("Kani octobre")
    assert harness.told("MANQ", AWA).startswith("MANQ octobre Kani")
    assert harness.told("ETAT KOLA", AWA).startswith("Kola: octobre")
    assert harness.told("RUPT TENE", AWA).startswith("RUPT Tene")
    assert harness.told("RUPT ENF", AWA).startswith("Rupture notee: ENF.")


def test_a_site_that_moved_away_is_no_longer_his(harness: Harness) -> None:
    harness.told(PEC)
    harness.enrol((unit("KOLA", "site", "BLA"),), (), since="202611")
    assert "pas trouve" in harness.told("ETAT KOLA", NANA)
    assert "0/2 complets" in harness.told("ETAT", NANA)
    assert harness.told("ETAT KOLA", OTHER).startswith("Kola: octobre: PEC complet")


def test_the_default_month_is_the_open_one(harness: Harness) -> None:
    harness.clock.now = NOON.replace(month=10, day=26)
    assert harness.told("ETAT", NANA).startswith("Kani octobre au 26/10")
    assert OUMAR not in harness.told("MANQ", NANA)
