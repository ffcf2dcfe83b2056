"""The caller of a dialogue: places, open months and commands, the report left unfinished."""

from datetime import UTC, datetime

from gateway.storage.engine import reading
from gateway.storage.roster import Post, posts_of
from gateway.ussd.caller import caller_of, places_of, posts_at
from menus.ussd.state import Caller, CallerPlace, Offer
from tests.gateway.harness import AWA, FANTA, NANA, OUMAR, Harness, person

KOLA = Post(1, AWA, 11, "KOLA", "Kola", "Awa", "asc", "fr")
TENE = Post(2, AWA, 12, "TENE", "Tene", "Awa", "asc", "fr")
KANI = Post(3, AWA, 13, "KANI", "Kani", "Awa", "dtc", "fr")
BLA = Post(4, AWA, 14, "BLA", "Bla", "Awa", "dtc", "fr")
DUGU = Post(5, AWA, 15, "DUGU", "Dugu", "Awa", "district", "fr")


def caller(harness: Harness, phone: str) -> Caller:
    with reading(harness.engine) as connection:
        posts = posts_of(connection, [phone], harness.context.month(harness.clock.now))[phone]
        return caller_of(connection, harness.context, posts, "61002", harness.clock.now)


def test_each_site_of_an_agent_is_a_place_and_a_supervisors_posts_are_one() -> None:
    assert places_of([KOLA, TENE]) == (
        CallerPlace(11, "Kola", "asc"),
        CallerPlace(12, "Tene", "asc"),
    )
    assert places_of([KANI, BLA]) == (CallerPlace(0, "Kani", "dtc"),)
    assert places_of([KOLA, KANI]) == (
        CallerPlace(11, "Kola", "asc"),
        CallerPlace(0, "Kani", "dtc"),
    )


def test_of_two_levels_the_first_supervising_role_gives_the_menu() -> None:
    assert places_of([KANI, DUGU]) == places_of([DUGU, KANI])
    assert len(places_of([KANI, DUGU])) == 1


def test_the_posts_of_a_place() -> None:
    posts = [KOLA, TENE, KANI, DUGU]
    assert posts_at(posts, CallerPlace(12, "Tene", "asc")) == [TENE]
    assert posts_at(posts, CallerPlace(0, "Kani", "dtc")) == [KANI, DUGU]
    assert posts_at(posts, CallerPlace(99, "Lone", "asc")) == []


def test_an_agent(harness: Harness) -> None:
    found = caller(harness, AWA)
    assert found.language == "fr"
    assert found.places == (CallerPlace(harness.unit_id("KOLA"), "Kola", "asc"),)
    assert found.months == ("202610", "202609")
    assert (found.sites, found.offer) == ((), None)
    assert "ETAT" in found.offered
    assert "VAL" not in found.offered
    assert caller(harness, FANTA).language == "bm"


def test_a_supervisor_has_the_sites_below(harness: Harness) -> None:
    found = caller(harness, NANA)
    assert found.places == (CallerPlace(0, "Kani", "dtc"),)
    assert found.sites == (("KOLA", "Kola"), ("SIRAKORO", "Sirakoro"), ("TENE", "Tene"))
    assert "VAL" in found.offered


def test_from_the_25th_the_current_month_is_open(harness: Harness) -> None:
    harness.clock.now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert caller(harness, AWA).months == ("202611", "202610", "202609")


def test_the_report_that_was_begun_last_is_offered_at_its_site(harness: Harness) -> None:
    harness.told("TENE PEC 10 VUS 45 FIE 38 TDR 37 POS 28 CTA 27", OUMAR)
    found = caller(harness, OUMAR)
    places = {place.name: number for number, place in enumerate(found.places)}
    assert found.offer == Offer(places["Tene"], "PEC", "202610", 1, 3)
    harness.clock.advance(minutes=1)
    harness.told("KOLA NUT 10 DEP 180 MAM 4 MAS 3 URE 1", OUMAR)
    assert caller(harness, OUMAR).offer == Offer(places["Kola"], "NUT", "202610", 1, 2)


def test_a_caller_who_is_agent_and_supervisor_has_both_menus(harness: Harness) -> None:
    harness.enrol((), (person(AWA, "dtc", "KANI"),))
    assert {"RUPT", "ETAT", "VAL"} <= set(caller(harness, AWA).offered)
