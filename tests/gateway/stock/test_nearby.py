"""Stock is found near a site: in its facility first, else in its district, the most first."""

from collections.abc import Iterator

import pytest

from gateway.stock.nearby import Neighbourhood
from gateway.storage.engine import reading
from tests.gateway.dialling import statements
from tests.gateway.harness import AWA, FANTA, ISSA, SIRA, Harness


@pytest.fixture
def around(harness: Harness) -> Iterator[Neighbourhood]:
    """Kola has 9 of ENF, Tene 20, Sirakoro 30; Lone, in the district, 50."""
    for phone, quantity in ((AWA, 9), (FANTA, 20), (ISSA, 30), (SIRA, 50)):
        harness.told(f"STK 10 ENF {quantity}", phone)
    harness.told("STK 10 KIT 5", SIRA)
    with reading(harness.engine) as connection:
        yield Neighbourhood(connection, harness.context, harness.clock.now)


def names(around: Neighbourhood, site_id: int, code: str) -> list[tuple[str, int]]:
    return [(unit.name, quantity) for unit, quantity in around.sites_with_stock(site_id, code)]


def test_other_sites_of_the_facility_come_first(harness: Harness, around: Neighbourhood) -> None:
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    assert names(around, kola, "ENF") == [("Sirakoro", 30), ("Tene", 20)]
    assert names(around, tene, "ENF") == [("Sirakoro", 30), ("Kola", 9)]


def test_the_district_is_asked_where_the_facility_has_none(
    harness: Harness, around: Neighbourhood
) -> None:
    assert names(around, harness.unit_id("KOLA"), "KIT") == [("Lone", 5)]
    assert names(around, harness.unit_id("LONE"), "ENF") == [("Sirakoro", 30), ("Tene", 20)]
    assert names(around, harness.unit_id("LONE"), "KIT") == []


def test_the_units_above_a_site(harness: Harness, around: Neighbourhood) -> None:
    kola, lone = harness.unit_id("KOLA"), harness.unit_id("LONE")
    assert around.month == "202611"
    assert [around.name(unit_id) for unit_id in (kola, 0)] == ["Kola", "?"]
    above = [around.facility(kola), around.district(kola), around.facility(lone)]
    assert [unit.name if unit else None for unit in above] == ["Kani", "Dugu", "Dugu"]
    assert [around.facility(0), around.district(harness.unit_id("ML"))] == [None, None]


def test_units_and_shelves_are_looked_up_once(harness: Harness, around: Neighbourhood) -> None:
    kola = harness.unit_id("KOLA")
    around.sites_with_stock(kola, "ENF")
    around.district(kola)
    with statements(harness.engine) as asked:
        assert [site.name for site in around.sites(harness.unit_id("KANI"))] != []
        asked.clear()
        around.sites_with_stock(kola, "ENF")
        around.district(kola)
    assert asked == []
