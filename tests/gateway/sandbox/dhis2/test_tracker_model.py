"""Tests of programs and events: either end of a stage may name the other."""

import pytest

from gateway.sandbox.dhis2.tracker_model import Event, programs_of, stages_of

STAGE = {"programStageDataElements": [{"dataElement": {"id": "e"}, "compulsory": True}]}


@pytest.mark.parametrize(
    ("stage", "program"),
    [
        ({**STAGE, "program": {"id": "p"}}, {}),
        (STAGE, {"programStages": [{"id": "s"}]}),
    ],
)
def test_a_stage_and_its_program(stage: dict[str, object], program: dict[str, object]) -> None:
    found = stages_of({"s": stage}, {"p": program})["s"]
    assert (found.program, found.members) == ("p", {"e": True})


def test_a_program_without_anything() -> None:
    found = programs_of({"p": {"organisationUnits": [{"id": "u"}]}})["p"]
    assert (found.org_units, found.expiry_days) == (frozenset({"u"}), 0)


def test_an_event_as_it_is_answered() -> None:
    found = Event("v", "p", "s", "u", "2026-11-03", "COMPLETED", {"e": "1"}, "x").as_json()
    assert found["dataValues"] == [{"dataElement": "e", "value": "1"}]
    assert found["deleted"] is False
