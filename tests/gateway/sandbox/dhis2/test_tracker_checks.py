"""Tests of the checks of one event: each level's code, and that later levels are not checked."""

from typing import Any

import pytest

from gateway.sandbox.dhis2.faults import Standing
from gateway.sandbox.dhis2.tracker_checks import Case, Fault, faults_of
from gateway.sandbox.dhis2.tracker_model import Event
from gateway.sandbox.dhis2.tracker_options import from_query
from tests.gateway.sandbox.dhis2.program import EVENT, event, event_world, values
from tests.gateway.sandbox.dhis2.world import KANI, NOW

GONE = Event(EVENT, "p", "s", "u", "2026-11-03", "ACTIVE", {}, "", deleted=True)


def case(raw: dict[str, Any], old: Event | None = None, **query: str) -> Case:
    options = from_query({"dataElementIdScheme": "CODE", **query})
    state = event_world().sandbox.state
    return Case(state, options, Standing(), "asc-gateway", NOW, raw, EVENT, old)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"orgUnit": None, "occurredAt": None}, ["E1123", "E1031"]),
        ({"orgUnit": "UnitNoneNon"}, ["E1011"]),
        ({"orgUnit": KANI}, ["E1029"]),
        ({"dataValues": values(RAIN="1")}, ["E1304", "E1303"]),
        ({"dataValues": values(REASON="NON")}, ["E1125"]),
    ],
)
def test_the_faults_of_an_event(changes: dict[str, Any], codes: list[str]) -> None:
    assert [fault.code for fault in faults_of(case(event(**changes)))] == codes


def test_a_deleted_event_is_never_there_again() -> None:
    assert faults_of(case(event(), GONE)) == [Fault("E1082", (EVENT,))]
    unknown = case(event(), importStrategy="DELETE")
    assert [fault.code for fault in faults_of(unknown)] == ["E1032"]
    assert Fault("E1032", (EVENT,)).as_json(EVENT)["uid"] == EVENT
