"""Tests of importing metadata: all or nothing, with a code for each fault."""

from typing import Any

import pytest

from gateway.sandbox.dhis2.metadata_import import import_metadata
from gateway.sandbox.dhis2.state import State
from tests.gateway.sandbox.dhis2.world import unit


def codes(answer: dict[str, Any]) -> list[str]:
    return [
        error["errorCode"]
        for kind in answer["response"]["typeReports"]
        for report in kind["objectReports"]
        for error in report["errorReports"]
    ]


@pytest.mark.parametrize(
    ("units", "found"),
    [
        ([unit("UnitNumber1", "A")], []),
        ([unit("short", "A")], ["E4014"]),
        ([unit("UnitNumber1", "A", "UnitNowhere")], ["E5002"]),
        ([unit("UnitNumber1", "A"), unit("UnitNumber2", "A")], ["E5003", "E5003"]),
        ([{"id": "UnitNumber1", "name": "A", "shortName": "A"}], ["E4000"]),
    ],
)
def test_a_fault_stores_nothing(units: list[dict[str, Any]], found: list[str]) -> None:
    state = State()
    answer, status = import_metadata(state, {"organisationUnits": units, "system": {}})
    assert (codes(answer), status) == (found, 409 if found else 200)
    assert set(state.org_units) == (set() if found else {"UnitNumber1"})


def test_a_dry_run_stores_nothing() -> None:
    state = State()
    body = {"organisationUnits": [unit("UnitNumber1", "A")]}
    _, status = import_metadata(state, body, dry_run=True)
    assert (status, state.org_units) == (200, {})
