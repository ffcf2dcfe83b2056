"""Tests of DHIS2's `fields` parameter: the tree of names, and the part of an object it picks."""

from typing import Any

import pytest

from gateway.sandbox.dhis2.fields import parse, pick

RAW = {"id": "a", "name": "b", "parent": {"id": "c", "name": "d"}, "items": [{"id": 1, "n": 2}]}


def test_names_form_a_tree() -> None:
    assert parse("id,parent[id,parent[id]]") == {
        "id": None,
        "parent": {"id": None, "parent": {"id": None}},
    }
    assert parse("parent[id") == {"parent": {"id": None}}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("id", {"id": "a"}),
        ("parent", {"parent": {"id": "c", "name": "d"}}),
        ("parent[name],absent", {"parent": {"name": "d"}}),
        ("items[id]", {"items": [{"id": 1}]}),
        ("*", RAW),
        (":owner", RAW),
    ],
)
def test_a_part_is_picked(asked: str, found: Any) -> None:
    assert pick(RAW, parse(asked)) == found
