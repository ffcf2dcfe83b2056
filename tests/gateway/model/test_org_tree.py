"""Tests of the walk upward through a tree."""

from gateway.model.org_tree import upward

PARENTS = {"site": "facility", "facility": "district"}


def test_a_walk_begins_at_the_unit_and_ends_at_the_top() -> None:
    assert list(upward("site", PARENTS.get)) == ["site", "facility", "district"]
    assert list(upward("district", PARENTS.get)) == ["district"]
    assert list(upward(None, PARENTS.get)) == []


def test_a_walk_goes_no_further_than_it_is_asked() -> None:
    asked: list[str] = []

    def parent_of(unit: str) -> str | None:
        asked.append(unit)
        return PARENTS.get(unit)

    assert next(unit for unit in upward("site", parent_of) if unit == "facility") == "facility"
    assert asked == ["site"]
