"""Tests of the importer of 2.38 to 2.42: each value is judged alone, 409 for some bad."""

import json
from typing import Any

import pytest

from tests.gateway.sandbox.dhis2.world import (
    AUTH,
    CHOICE,
    COUNTRY,
    DEFAULT,
    KOLA,
    LOOSE,
    QUIET,
    SEEN,
    SET,
    SPLIT,
    STRAY,
    STRICT,
    TIGHT,
    WINDOW,
    YOUNG,
    payload,
    value,
    world,
)

LOOSELY = "importStrategy=CREATE_AND_UPDATE"

REFUSED_ALONE = [
    ("E7610", {"dataElement": "ElementNone"}, {}, STRICT),
    ("E7611", {"period": "2026-10"}, {}, STRICT),
    ("E7611", {"period": "202613"}, {}, STRICT),
    ("E7612", {"orgUnit": "SiteUnknown"}, {}, STRICT),
    ("E7613", {"categoryOptionCombo": "ComboUnknow"}, {}, STRICT),
    ("E7615", {"attributeOptionCombo": "ComboUnknow"}, {}, STRICT),
    ("E7618", {"value": None}, {}, STRICT),
    ("E7618", {"value": ""}, {}, STRICT),
    ("E7619", {"value": "x7"}, {}, STRICT),
    ("E7619", {"value": "-1"}, {}, STRICT),
    ("E7619", {"value": "07"}, {}, STRICT),
    ("E7619", {"value": "1.5"}, {}, STRICT),
    ("E7620", {"comment": "c" * 50_001}, {}, STRICT),
    ("E7621", {"dataElement": CHOICE, "value": "NON"}, {}, STRICT),
    ("E7630", {"categoryOptionCombo": None}, {}, STRICT),
    ("E7631", {}, {}, f"{STRICT}&requireAttributeOptionCombo=true"),
    ("E7632", {"period": "2025"}, {}, STRICT),
    ("E7632", {"period": "20251001"}, {}, STRICT),
    ("E7633", {"dataElement": STRAY}, {}, "strictDataElements=true"),
    ("E7634", {"dataElement": SPLIT}, {}, STRICT),
    ("E7635", {"attributeOptionCombo": YOUNG}, {}, STRICT),
    ("E7636", {"orgUnit": LOOSE}, {}, STRICT),
    ("E7640", {"period": "202609"}, {"dataSet": TIGHT}, STRICT),
    ("E7641", {"period": "202611"}, {}, STRICT),
    ("E7641", {"period": "202612"}, {"dataSet": TIGHT}, STRICT),
    ("E7643", {"period": "202610"}, {"dataSet": WINDOW}, STRICT),
    ("E7643", {"period": "202608"}, {"dataSet": WINDOW}, STRICT),
]


@pytest.mark.parametrize(("code", "change", "header", "query"), REFUSED_ALONE)
def test_one_bad_value_is_named_and_the_others_are_written(
    code: str, change: dict[str, Any], header: dict[str, Any], query: str
) -> None:
    here = world("legacy")
    period = "202609" if header.get("dataSet") == WINDOW else "202610"
    good = value(period=period, attributeOptionCombo=DEFAULT)

    answer = here.post(payload(good, value(**change), **header), query)

    body = answer.json["response"]
    assert answer.status_code == 409
    assert (answer.json["status"], body["status"]) == ("WARNING", "WARNING")
    assert [(conflict["errorCode"], conflict["indexes"]) for conflict in body["conflicts"]] == [
        (code, [1])
    ]
    assert body["rejectedIndexes"] == [1]
    assert body["importCount"] == {"imported": 1, "updated": 0, "ignored": 1, "deleted": 0}
    assert here.stored(period=good["period"]) == "7"


def test_the_conflict_of_a_wrong_type_is_dhis2_s_own() -> None:
    body = world().post(payload(value(), value(value="x7"))).json["response"]

    (conflict,) = body["conflicts"]
    assert conflict["object"] == SEEN
    assert conflict["objects"] == {
        "dataElement": SEEN,
        "value": "value_not_zero_or_positive_integer",
    }
    assert conflict["property"] == "value"
    assert conflict["value"].startswith(f"Value must match value type of data element `{SEEN}`")


def test_the_same_conflict_of_two_values_is_one_with_two_indexes() -> None:
    body = world().post(payload(value(value="x"), value(value="y"))).json["response"]

    assert [(conflict["errorCode"], conflict["indexes"]) for conflict in body["conflicts"]] == [
        ("E7619", [0, 1])
    ]


@pytest.mark.parametrize(
    ("change", "stored_as"),
    [
        pytest.param({"orgUnit": LOOSE}, (SEEN, LOOSE), id="a unit that is not assigned"),
        pytest.param({"dataElement": STRAY}, (STRAY, KOLA), id="an element of no data set"),
        pytest.param({"categoryOptionCombo": None}, (SEEN, KOLA), id="no category option combo"),
        pytest.param({"dataElement": SPLIT}, (SPLIT, KOLA), id="a combo of another element"),
    ],
)
def test_without_the_strict_parameters_nearly_everything_is_stored(
    change: dict[str, Any], stored_as: tuple[str, str]
) -> None:
    here = world()

    answer = here.post(payload(value(**change), dataSet=None), LOOSELY)

    assert (answer.status_code, answer.json["response"]["status"]) == (200, "SUCCESS")
    assert here.stored(stored_as[0], unit=stored_as[1]) == "7"


@pytest.mark.parametrize(
    ("codes", "header"),
    [
        (["E7600", "E7602"], {"dataSet": "DataSetNone"}),
        (["E7602"], {"dataSet": None}),
        (["E7603"], {"orgUnit": "SiteUnknown"}),
        (["E7604"], {"attributeOptionCombo": "ComboUnknow"}),
    ],
)
def test_a_bad_header_refuses_the_payload(codes: list[str], header: dict[str, Any]) -> None:
    here = world()

    answer = here.post(payload(value(), **header))

    body = answer.json["response"]
    assert (answer.status_code, body["status"]) == (409, "ERROR")
    assert [conflict["errorCode"] for conflict in body["conflicts"]] == codes
    assert body["rejectedIndexes"] == []
    assert here.stored() is None


def test_a_data_set_that_may_not_be_written_is_e7601() -> None:
    here = world()
    here.sandbox.state.no_data_write.add(SET)

    body = here.post(payload(value())).json["response"]

    assert [conflict["errorCode"] for conflict in body["conflicts"]] == ["E7601"]


@pytest.mark.parametrize(
    ("code", "where"),
    [("E7617", "capture_roots"), ("E7642", "approved"), ("", "lock_exceptions")],
)
def test_rights_approval_and_lock_exceptions(code: str, where: str) -> None:
    here = world()
    period = "202609"
    here.sandbox.state.capture_roots |= {LOOSE} if where == "capture_roots" else {COUNTRY}
    if where != "capture_roots":
        getattr(here.sandbox.state, where).add((TIGHT, period, KOLA))
    if where == "approved":
        here.sandbox.state.lock_exceptions.add((TIGHT, period, KOLA))

    body = here.post(payload(value(period=period), dataSet=TIGHT)).json["response"]

    assert [conflict["errorCode"] for conflict in body["conflicts"]] == ([code] if code else [])


@pytest.mark.parametrize(
    ("first", "second", "strategy", "count", "left"),
    [
        ({"value": "7"}, {"value": "7"}, "CREATE_AND_UPDATE", "ignored", "7"),
        ({"value": "7"}, {"value": "8"}, "CREATE_AND_UPDATE", "updated", "8"),
        ({"value": "7"}, {"value": "8"}, "CREATE", "ignored", "7"),
        ({"value": "7"}, {"value": None, "deleted": True}, "CREATE_AND_UPDATE", "deleted", None),
        ({"value": "7"}, {"value": None}, "DELETE", "deleted", None),
        ({"value": "7", "deleted": True}, {"value": "8"}, "CREATE_AND_UPDATE", "imported", "8"),
        ({"value": "7", "deleted": True}, {"value": "8"}, "UPDATE", "ignored", None),
    ],
)
def test_what_counts_as_what(
    first: dict[str, Any], second: dict[str, Any], strategy: str, count: str, left: str | None
) -> None:
    here = world()
    here.post(payload(value(**first)))

    body = here.post(payload(value(**second)), f"{STRICT}&importStrategy={strategy}").json[
        "response"
    ]

    counts = {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0, count: 1}
    assert (body["status"], body["conflicts"], body["importCount"]) == ("SUCCESS", [], counts)
    assert here.stored() == left


def test_an_insignificant_zero_vanishes_without_a_word() -> None:
    here = world()
    here.post(payload(value(dataElement=QUIET)))

    body = here.post(payload(value(dataElement=QUIET, value="0"), value(value="0"))).json

    assert body["response"]["status"] == "SUCCESS"
    assert sum(body["response"]["importCount"].values()) == 1
    assert (here.stored(QUIET), here.stored(SEEN)) == ("7", "0")


def test_the_header_wins_over_what_a_value_says() -> None:
    here = world()
    here.post(payload(value(orgUnit=LOOSE, period="202608"), orgUnit=KOLA, period="202610"))

    assert here.stored() == "7"


def test_a_dry_run_writes_nothing_but_completes() -> None:
    here = world()
    body = payload(value(), orgUnit=KOLA, period="202610", completeDate="2026-11-30")

    answer = here.post(body, f"{STRICT}&dryRun=true").json["response"]

    assert answer["importCount"]["imported"] == 1
    assert here.stored() is None
    assert answer["dataSetComplete"] == "2026-11-10"
    assert (SET, "202610", KOLA, DEFAULT) in here.sandbox.state.registrations


def test_complete_date_without_period_is_an_informal_conflict() -> None:
    body = world().post(payload(value(), completeDate="2026-11-03")).json["response"]

    assert body["conflicts"] == [
        {"object": "Period", "value": "Must be provided to complete data set"}
    ]


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b'{"dataValues": 7}', b'{"dataSet":"DataSetMain","completeDate":"x"}']
)
def test_what_cannot_be_read_is_a_failed_import(raw: bytes) -> None:
    body = json.loads(raw) if raw.startswith(b'{"dataSet"') else None
    text = json.dumps({**body, "orgUnit": KOLA, "period": "202610"}) if body else raw

    answer = world().client.post(
        "/api/dataValueSets", data=text, headers=AUTH, content_type="application/json"
    )

    assert answer.status_code == 409
    assert answer.json["response"]["status"] == "ERROR"
    assert answer.json["response"]["description"].startswith("The import process failed: ")
    assert answer.json["response"]["conflicts"] == []


@pytest.mark.parametrize("scheme", ["code", "name"])
def test_id_schemes_in_the_body_win_and_conflicts_echo_what_was_sent(scheme: str) -> None:
    here = world()
    names = {"code": ("MAIN", "SEEN", "KOLA"), "name": ("MAIN form", "SEEN name", "KOLA")}
    data_set, element, unit = names[scheme]
    good = value(dataElement=element, orgUnit=unit)
    bad = value(dataElement=element, orgUnit=unit, value="x")
    schemes = {f"{kind}IdScheme": scheme for kind in ("dataSet", "dataElement", "orgUnit")}

    body = here.post(payload(good, bad, dataSet=data_set, **schemes)).json["response"]

    assert [conflict["object"] for conflict in body["conflicts"]] == [element]
    assert here.stored() == "7"
