"""Tests of the routes for data values and completeness: what they ask for, and when they refuse."""

import pytest

from tests.gateway.sandbox.dhis2.world import AUTH, KOLA, SET, payload, value, world


def test_only_json_is_taken() -> None:
    answer = world().client.post("/api/dataValueSets", data="x", headers=AUTH)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "E2001"),
        (f"dataSet={SET}", "E2002"),
        (f"dataSet={SET}&period=202610", "E2006"),
    ],
)
def test_values_are_read_by_data_set_period_and_unit(query: str, code: str) -> None:
    answer = world().get(f"/api/dataValueSets?{query}")
    assert (answer.status_code, answer.json["errorCode"]) == (409, code)


def test_an_import_in_the_background_leaves_its_summary() -> None:
    here = world()
    answer = here.post(payload(value()), "async=true")
    uid = answer.json["response"]["id"]
    path = f"DATAVALUE_IMPORT/{uid}"
    assert [note["completed"] for note in here.get(f"/api/system/tasks/{path}").json] == [True]
    summary = here.get(f"/api/system/taskSummaries/{path}").json
    assert summary["importCount"]["imported"] == 1
    assert here.get("/api/system/tasks/DATAVALUE_IMPORT/Job99").json == []


def test_completeness_is_removed_by_all_three_of_its_parts() -> None:
    here = world()
    path = "/api/completeDataSetRegistrations"
    assert here.client.delete(path, headers=AUTH).status_code == 400
    query = f"ds={SET}&pe=202610&ou={KOLA}"
    assert here.client.delete(f"{path}?{query}", headers=AUTH).status_code == 204
