"""The area of a supervisor: its parts by name, nothing outside of it, as of the month of sending."""

import pytest

from gateway.commands.area import Area, Part, area_of
from gateway.storage.roster import Unit
from menus.model.arguments import Place
from menus.model.problem import Problem
from tests.gateway.harness import AWA, NANA, Harness, person, unit
from tests.gateway.units_of_work import heard

DUGU = Unit(1, "DUGU", "Dugu", "district", None, None)
KANI = Unit(2, "KANI", "Kani", "facility", 1, None)
BLA = Unit(3, "BLA", "Bla", "facility", 1, None)
KOLA = Unit(4, "KOLA", "Kola", "site", 2, None)
TENE = Unit(5, "TENE", "Tene", "site", 2, None)
KANI_VILLE = Unit(6, "KANI-V", "Kani", "site", 2, None)
KOLA_TWO = Unit(7, "KOLA2", "Kola", "site", 3, None)
LONE = Unit(8, "LONE", "Lone", "site", 1, None)
UNITS = {unit.id: unit for unit in (DUGU, KANI, BLA, KOLA, TENE, KANI_VILLE, KOLA_TWO, LONE)}
DISTRICT = Area((1,), UNITS)


def test_the_whole_area_is_its_units_with_the_sites_below_by_name() -> None:
    whole = DISTRICT.whole()
    assert whole.tops == (DUGU,)
    assert whole.sites == (KANI_VILLE, KOLA, KOLA_TWO, LONE, TENE)
    assert (whole.name, whole.is_one_site) == ("Dugu", False)
    assert whole.site_ids == [6, 4, 7, 8, 5]


def test_a_unit_that_is_no_more_is_no_part() -> None:
    assert Area((9, 2), UNITS).whole().tops == (KANI,)


@pytest.mark.parametrize(
    ("place", "tops"),
    [
        (Place(), (DUGU,)),
        (Place(("TENE",)), (TENE,)),
        (Place(("TENNE",)), (TENE,)),
        (Place(("BLA",)), (BLA,)),
        (Place(("KANI",)), (KANI_VILLE,)),
        (Place(("KOLA2",)), (KOLA_TWO,)),
        (Place(("KOLA",), "KOLA2"), (KOLA_TWO,)),
        (Place((), "LONE"), (LONE,)),
    ],
)
def test_a_part_is_named_by_code_or_name_a_site_before_its_facility(
    place: Place, tops: tuple[Unit, ...]
) -> None:
    part = DISTRICT.part_named(place)
    assert isinstance(part, Part)
    assert part.tops == tops
    assert part.is_one_site is (tops[0].level == "site")


@pytest.mark.parametrize(
    ("place", "key", "values"),
    [
        (Place(("DJENNE",)), "place_unknown", {}),
        (Place(("DUGU",)), "place_unknown", {}),
        (Place(("KOLA",)), "place_several", {"sites": "KOLA, KOLA2"}),
    ],
)
def test_a_name_of_none_or_of_several_is_asked(
    place: Place, key: str, values: dict[str, str]
) -> None:
    problem = DISTRICT.part_named(place)
    assert isinstance(problem, Problem)
    assert (problem.key, problem.values) == (key, values)


def test_sites_are_grouped_by_the_facility_above() -> None:
    assert DISTRICT.by_facility([TENE, LONE, KOLA_TWO, KOLA]) == {
        BLA: [KOLA_TWO],
        KANI: [TENE, KOLA],
        LONE: [LONE],
    }
    assert [*DISTRICT.by_facility([TENE, LONE, KOLA_TWO])] == [BLA, KANI, LONE]


def test_the_area_is_that_of_the_month_of_sending(harness: Harness) -> None:
    harness.enrol([unit("BLA", "facility", "DUGU"), unit("TENE", "site", "BLA")], (), "202611")
    with heard(harness, "ETAT", NANA) as (uow, understood):
        found = area_of(uow, understood)
        assert [found.units[top].code for top in found.tops] == ["KANI"]
        assert [site.code for site in found.whole().sites] == ["KOLA", "SIRAKORO"]


def test_an_agent_has_no_area(harness: Harness) -> None:
    with heard(harness, "ETAT", AWA) as (uow, understood):
        assert area_of(uow, understood) == Area((), {})


def test_units_supervised_at_two_posts_are_one_area(harness: Harness) -> None:
    harness.enrol((unit("BLA", "facility", "DUGU"),), (person(NANA, "dtc", "BLA"),))
    with heard(harness, "ETAT", NANA) as (uow, understood):
        assert area_of(uow, understood).whole().name == "Kani, Bla"
