"""The roles as they are written in rosters and tables."""

from menus.model.roles import SUPERVISORS, Role


def test_the_values_are_those_of_people_csv() -> None:
    assert [role.value for role in Role] == ["asc", "dtc", "district"]


def test_the_nearest_supervisor_comes_first() -> None:
    assert SUPERVISORS == (Role.DTC, Role.DISTRICT)
