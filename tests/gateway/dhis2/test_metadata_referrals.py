"""The event program of referrals imports as strictly as DHIS2 asks, and holds no identity."""

import json

import pytest

from gateway.dhis2.metadata import export
from gateway.dhis2.metadata_referrals import PREFIX, PROGRAM, STAGE, element_uid, export_referrals
from gateway.sandbox.dhis2 import create_app
from menus.model.catalogue import Catalogue
from tests.gateway.sandbox.dhis2.world import AUTH


@pytest.mark.parametrize("family", ["legacy", "sql"])
def test_a_server_takes_it_twice(catalogue: Catalogue, family: str) -> None:
    app = create_app(family)  # type: ignore[arg-type]
    client = app.test_client()
    for _ in range(2):
        answer = client.post("/api/metadata", json=export(catalogue), headers=AUTH)
        assert answer.json["status"] == "OK", answer.json
    with app.extensions["dhis2"].held() as state:
        assert state.programs[PROGRAM].uid == PROGRAM
        assert state.stages[STAGE].program == PROGRAM
        assert len(state.stages[STAGE].members) == 13


def test_every_reason_and_every_state_is_an_option(catalogue: Catalogue) -> None:
    found = export_referrals(catalogue, [])
    codes = {one["code"] for one in found["options"]}
    referrals = catalogue.referrals
    assert codes == {
        *(one.dhis2 for one in referrals.reasons.values()),
        *(one.dhis2 for one in referrals.states.values()),
        "F",
        "M",
    }


def test_names_fit_and_are_in_french(catalogue: Catalogue) -> None:
    found = export_referrals(catalogue, [])
    for one in found["dataElements"]:
        assert one["code"].startswith(PREFIX)
        assert len(one["shortName"]) <= 50
        assert {each["property"] for each in one["translations"]} >= {"NAME", "SHORT_NAME"}
    for kind in ("dataElements", "programs", "programStages", "optionSets"):
        assert {one["sharing"]["public"][0] for one in found[kind]} == {"r"}


def test_nothing_asks_for_an_identity(catalogue: Catalogue) -> None:
    elements = export_referrals(catalogue, [])["dataElements"]
    assert {one["valueType"] for one in elements} == {
        "TEXT", "INTEGER_ZERO_OR_POSITIVE", "DATE", "TRUE_ONLY",
    }  # fmt: skip
    free = [
        one["code"] for one in elements if one["valueType"] == "TEXT" and "optionSet" not in one
    ]
    assert free == []
    assert element_uid("AGE") in {one["id"] for one in elements}


def test_the_program_is_assigned_to_the_units_that_receive(catalogue: Catalogue) -> None:
    (program,) = export_referrals(catalogue, ["KolaSite001"])["programs"]
    assert program["organisationUnits"] == [{"id": "KolaSite001"}]
    assert program["completeEventsExpiryDays"] == 0


def test_it_is_the_same_each_time(catalogue: Catalogue) -> None:
    first, second = export_referrals(catalogue, ["A"]), export_referrals(catalogue, ["A"])
    assert json.dumps(first) == json.dumps(second)
