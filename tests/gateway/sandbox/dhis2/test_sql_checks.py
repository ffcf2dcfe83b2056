"""Tests of the checks from 2.43 on: the code for a group, and for one value."""

from typing import Any

import pytest

from gateway.sandbox.dhis2.sql_checks import Refused, Value, fault_of_row, refuse_group
from tests.gateway.sandbox.dhis2.importing import job_of
from tests.gateway.sandbox.dhis2.world import (
    CHOICE,
    DEFAULT,
    KOLA,
    LOOSE,
    SEEN,
    SET,
    SHUT,
    STRAY,
    TIGHT,
    world,
)

GOOD = Value(0, SEEN, KOLA, "202610", DEFAULT, DEFAULT, "7", None, deleted=False)


@pytest.mark.parametrize(
    ("data_set", "changes", "code"),
    [
        (SET, {"unit": "UnitNoneNon"}, "E8011"),
        (SET, {"element": STRAY}, "E8020"),
        (SET, {"period": "2026"}, "E8021"),
        (SET, {"unit": LOOSE}, "E8022"),
        (SET, {"attribute": "ComboNoneNo"}, "E8023"),
        (SET, {"combo": "ComboYoungY"}, "E8024"),
        (TIGHT, {"period": "202609"}, "E8030"),
        (SET, {"unit": SHUT}, "E8031"),
    ],
)
def test_a_group_is_refused(data_set: str, changes: dict[str, Any], code: str) -> None:
    job = job_of(world("sql"))
    with pytest.raises(Refused) as refused:
        refuse_group(job, data_set, [GOOD._replace(**changes)])
    assert refused.value.code == code


def test_a_good_group_and_a_doubled_cell() -> None:
    job = job_of(world("sql"))
    assert refuse_group(job, SET, [GOOD]) is None
    with pytest.raises(Refused) as refused:
        refuse_group(job, SET, [GOOD, GOOD._replace(position=1)])
    assert refused.value.code == "E8128"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"value": None, "deleted": True}, None),
        ({"value": None}, "E8120"),
        ({"value": "x"}, "E8122"),
        ({"element": CHOICE, "value": "NON"}, "E8123"),
        ({"comment": "x" * 50_001}, "E8125"),
    ],
)
def test_the_fault_of_a_value(changes: dict[str, Any], code: str | None) -> None:
    found = fault_of_row(job_of(world("sql")), GOOD._replace(**changes))
    assert (None if found is None else found[1]) == code
