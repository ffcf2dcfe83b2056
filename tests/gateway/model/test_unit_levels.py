"""The levels of org units as they are written in rosters and tables."""

from gateway.model.unit_levels import UnitLevel


def test_the_values_are_those_of_org_units_csv_from_the_top() -> None:
    assert [level.value for level in UnitLevel] == [
        "country",
        "region",
        "district",
        "facility",
        "site",
    ]
