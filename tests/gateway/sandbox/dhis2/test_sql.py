"""Tests of the importer of 2.43: it refuses a payload, a group or a row, 200 for some bad."""

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
    SHUT,
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

CODES = "dataElementIdScheme=code&orgUnitIdScheme=code&dataSetIdScheme=code"

UNDECODED = [
    ("E8004", {}, {"dataSet": "MAIN"}, ""),
    ("E8005", {}, {"dataSet": "DataSetNone"}, ""),
    ("E8005", {}, {"dataSet": "NONE"}, CODES),
    ("E8008", {}, {"completeDate": "3 novembre"}, ""),
    ("E8009", {}, {"completeDate": "2026-11-03"}, ""),
    ("E8100", {"period": None}, {}, ""),
    ("E8102", {"dataElement": None}, {}, ""),
    ("E8103", {"dataElement": "NONE", "orgUnit": "KOLA"}, {"dataSet": "MAIN"}, CODES),
    ("E8104", {"dataElement": "SEEN"}, {}, ""),
    ("E8105", {"orgUnit": None}, {}, ""),
    ("E8106", {"orgUnit": "KOLA"}, {}, ""),
    ("E8107", {"dataElement": "SEEN", "orgUnit": "NONE"}, {"dataSet": "MAIN"}, CODES),
    ("E8108", {"categoryOptionCombo": "NONE"}, {}, "categoryOptionComboIdScheme=code"),
    ("E8109", {"categoryOptionCombo": "4"}, {}, ""),
    ("E8110", {"attributeOptionCombo": "NONE"}, {}, "attributeOptionComboIdScheme=code"),
    ("E8111", {"attributeOptionCombo": "4"}, {}, ""),
]


@pytest.mark.parametrize(("code", "change", "header", "query"), UNDECODED)
def test_what_cannot_be_decoded_refuses_the_whole_payload(
    code: str, change: dict[str, Any], header: dict[str, Any], query: str
) -> None:
    here = world("sql")
    good = value() if query != CODES else value(dataElement="SEEN", orgUnit="KOLA")

    answer = here.post(payload(good, value(**change), **header), query)

    body = answer.json["response"]
    assert (answer.status_code, body["status"]) == (409, "ERROR")
    assert [(conflict["errorCode"], conflict["indexes"]) for conflict in body["conflicts"]] == [
        (code, [-1])
    ]
    assert body["rejectedIndexes"] == []
    assert here.sandbox.ledger.writes == []


GROUP = [
    ("E8002", {"dataElement": QUIET}, {"dataSet": None}),
    ("E8011", {"orgUnit": "SiteUnknown"}, {}),
    ("E8020", {"dataElement": STRAY}, {}),
    ("E8020", {"dataElement": "ElementNone"}, {}),
    ("E8021", {"period": "2025"}, {}),
    ("E8022", {"orgUnit": LOOSE}, {}),
    ("E8023", {"attributeOptionCombo": YOUNG}, {}),
    ("E8024", {"dataElement": SPLIT}, {}),
    ("E8024", {"dataElement": SPLIT, "categoryOptionCombo": None}, {}),
    ("E8030", {"period": "202611"}, {}),
    ("E8030", {"period": "202609"}, {"dataSet": TIGHT}),
    ("E8030", {"period": "202610"}, {"dataSet": WINDOW}),
    ("E8031", {"orgUnit": SHUT}, {}),
    ("E8128", {}, {}),
]


@pytest.mark.parametrize(("code", "change", "header"), GROUP)
def test_what_does_not_fit_refuses_the_group(
    code: str, change: dict[str, Any], header: dict[str, Any]
) -> None:
    here = world("sql")
    good = value(period="202609" if header.get("dataSet") == WINDOW else "202610")

    answer = here.post(payload(good, value(**change), **header))

    body = answer.json["response"]
    assert (answer.status_code, answer.json["status"], body["status"]) == (409, "ERROR", "ERROR")
    assert [(conflict["errorCode"], conflict["indexes"]) for conflict in body["conflicts"]] == [
        (code, [0, 1])
    ]
    assert body["rejectedIndexes"] == [0, 1]
    assert body["importCount"] == {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0}
    assert set(body["conflicts"][0]) == {"objects", "value", "errorCode", "indexes"}
    assert here.sandbox.ledger.writes == []


def test_elements_of_no_data_set_are_e8003() -> None:
    body = world("sql").post(payload(value(dataElement=STRAY), dataSet=None)).json["response"]

    assert [conflict["errorCode"] for conflict in body["conflicts"]] == ["E8003"]


def test_the_one_data_set_of_all_elements_is_inferred() -> None:
    here = world("sql")
    body = here.post(payload(value(dataElement=CHOICE, value="OUI"), dataSet=None)).json

    assert body["response"]["status"] == "SUCCESS"
    assert here.stored(CHOICE) == "OUI"


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("E8010", "no_data_write"),
        ("E8011", "capture_roots"),
        ("E8033", "approved"),
        ("", "lock_exceptions"),
    ],
)
def test_rights_approval_and_lock_exceptions(code: str, where: str) -> None:
    here = world("sql")
    key = (TIGHT, "202609", KOLA)
    here.sandbox.state.lock_exceptions.add(key)
    entry = {"no_data_write": TIGHT, "capture_roots": LOOSE}.get(where, key)
    getattr(here.sandbox.state, where).add(entry)

    body = here.post(payload(value(period="202609"), dataSet=TIGHT)).json["response"]

    assert [conflict["errorCode"] for conflict in body["conflicts"]] == ([code] if code else [])


ROWS = [
    ("E8120", {"value": None}),
    ("E8120", {"value": ""}),
    ("E8122", {"value": "x7"}),
    ("E8122", {"value": "007"}),
    ("E8123", {"dataElement": CHOICE, "value": "NON"}),
    ("E8125", {"comment": "c" * 5001}),
]


@pytest.mark.parametrize(("code", "change"), ROWS)
def test_a_bad_value_stands_alone_and_the_answer_is_200(code: str, change: dict[str, Any]) -> None:
    here = world("sql")
    changed = {"dataElement": QUIET, **change}

    answer = here.post(payload(value(), value(**changed)))

    body = answer.json["response"]
    assert (answer.status_code, answer.json["status"], body["status"]) == (
        200,
        "WARNING",
        "WARNING",
    )
    assert [(conflict["errorCode"], conflict["indexes"]) for conflict in body["conflicts"]] == [
        (code, [1])
    ]
    assert body["importCount"] == {"imported": 0, "updated": 1, "ignored": 1, "deleted": 0}
    assert body["rejectedIndexes"] == [1]
    assert here.stored() == "7"


def test_the_words_of_a_wrong_type_are_dhis2_s_own() -> None:
    body = world("sql").post(payload(value(), value(dataElement=QUIET, value="x7")))

    (conflict,) = body.json["response"]["conflicts"]
    assert conflict["objects"] == {
        "args": "1-x7-INTEGER_ZERO_OR_POSITIVE-value_not_zero_or_positive_integer"
    }
    assert conflict["value"] == (
        "Value #1 value `x7` is no valid INTEGER_ZERO_OR_POSITIVE: "
        "value_not_zero_or_positive_integer"
    )


@pytest.mark.parametrize(
    ("query", "values", "code", "stored"),
    [
        ("", [value(value="x")], "E8122", None),
        ("atomic=true", [value(value="x")], "E8122", None),
        ("atomic=true", [value(), value(dataElement=QUIET, value="x")], "E8000", None),
    ],
)
def test_none_good_or_atomic_is_an_error(
    query: str, values: list[dict[str, Any]], code: str, stored: str | None
) -> None:
    here = world("sql")

    answer = here.post(payload(*values), query)

    assert (answer.status_code, answer.json["response"]["status"]) == (409, "ERROR")
    assert [conflict["errorCode"] for conflict in answer.json["response"]["conflicts"]] == [code]
    assert here.stored() == stored


@pytest.mark.parametrize(
    ("second", "query", "count", "left"),
    [
        ({"value": "7"}, STRICT, "updated", "7"),
        ({"value": "8"}, STRICT, "updated", "8"),
        ({"value": "0"}, STRICT, "updated", "0"),
        ({"value": None, "deleted": True}, STRICT, "updated", None),
        ({"value": None}, "importStrategy=DELETE", "deleted", None),
        ({"value": "8"}, "dryRun=true", "updated", "7"),
        ({"value": "8"}, "importStrategy=CREATE", "updated", "8"),
    ],
)
def test_every_written_row_counts_as_updated(
    second: dict[str, Any], query: str, count: str, left: str | None
) -> None:
    here = world("sql")
    here.post(payload(value(dataElement=QUIET)))

    body = here.post(payload(value(dataElement=QUIET, **second)), query).json["response"]

    counts = {"imported": 0, "updated": 0, "ignored": 0, "deleted": 0, count: 1}
    assert (body["status"], body["importCount"]) == ("SUCCESS", counts)
    assert here.stored(QUIET) == left


def test_what_a_value_says_wins_over_the_header() -> None:
    here = world("sql")
    here.post(payload(value(orgUnit=KOLA), orgUnit=LOOSE, period="202608"))

    assert here.stored() == "7"


@pytest.mark.parametrize(
    ("values", "query", "complete"),
    [
        ([value()], STRICT, "2026-11-03"),
        ([value(), value(dataElement=QUIET, value="x")], STRICT, "false"),
        ([value()], "dryRun=true", "false"),
    ],
)
def test_complete_date_registers_only_a_group_without_fault(
    values: list[dict[str, Any]], query: str, complete: str
) -> None:
    here = world("sql")
    body = payload(*values, orgUnit=KOLA, period="202610", completeDate="2026-11-03")

    answer = here.post(body, query).json["response"]

    assert answer["dataSetComplete"] == complete
    done = (SET, "202610", KOLA, DEFAULT) in here.sandbox.state.registrations
    assert done == (complete != "false")


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"dataValues": 7}'])
def test_malformed_json_is_a_500_without_summary(raw: bytes) -> None:
    answer = world("sql").client.post(
        "/api/dataValueSets", data=raw, headers=AUTH, content_type="application/json"
    )

    assert answer.status_code == 500
    assert "response" not in answer.json


def test_a_period_that_is_none_is_a_500_without_summary() -> None:
    here = world("sql")
    here.sandbox.state.capture_roots.add(COUNTRY)

    answer = here.post(payload(value(period="octobre")))

    assert answer.status_code == 500
    assert "response" not in answer.json


def test_seen_is_stored_by_the_account_whatever_the_payload_says() -> None:
    here = world("sql")
    here.post(payload(value(storedBy="somebody")))

    found = here.get(f"/api/dataValueSets?dataSet={SET}&orgUnit={KOLA}&period=202610").json
    assert [(row["dataElement"], row["storedBy"]) for row in found["dataValues"]] == [
        (SEEN, "asc-gateway")
    ]
