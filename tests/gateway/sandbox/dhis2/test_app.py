"""Tests of the sandbox DHIS2 as a server: accounts, metadata, completeness, reads, the page."""

import copy
from base64 import b64encode
from typing import Any

import pytest

from gateway.sandbox.dhis2 import DEFAULT_PASSWORD, DEFAULT_TOKEN, DEFAULT_USERNAME, create_app
from gateway.sandbox.dhis2.access import token_for
from tests.gateway.sandbox.dhis2.world import (
    AUTH,
    COUNTRY,
    DEFAULT,
    KANI,
    KOLA,
    LOOSE,
    QUIET,
    SEEN,
    SET,
    SPLIT,
    STRICT,
    TIGHT,
    metadata,
    payload,
    registration,
    value,
    world,
)


def basic(username: str, password: str) -> str:
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


XHR = {"X-Requested-With": "XMLHttpRequest"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": f"ApiToken {DEFAULT_TOKEN}"}, 200),
        ({"Authorization": basic(DEFAULT_USERNAME, DEFAULT_PASSWORD)}, 200),
        ({}, 302),
        (XHR, 401),
        ({"Authorization": "Bearer x"}, 302),
        ({"Authorization": basic(DEFAULT_USERNAME, "wrong")}, 401),
        ({"Authorization": basic("somebody", DEFAULT_PASSWORD)}, 401),
        ({"Authorization": f"ApiToken {token_for('a' * 32)}"}, 401),
        ({"Authorization": f"ApiToken {DEFAULT_TOKEN[:-1]}x"}, 400),
        ({"Authorization": "ApiToken nonsense"}, 400),
    ],
)
def test_who_is_let_in(headers: dict[str, str], status: int) -> None:
    answer = world().client.get("/api/me", headers=headers)

    assert answer.status_code == status
    assert (answer.headers.get("Location") == "/login/") == (status == 302)
    if status in (400, 401):
        assert answer.json["httpStatusCode"] == status


def test_an_expired_token_is_a_401_of_its_own_scheme() -> None:
    here = world()
    here.sandbox.account.expired.add(DEFAULT_TOKEN)

    answer = here.get("/api/me")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "ApiToken"


def test_without_the_authority_imports_are_forbidden() -> None:
    here = world()
    here.sandbox.state.authorities.clear()

    assert here.post(payload(value())).status_code == 403
    assert here.get("/api/me/authorization/F_DATAVALUE_ADD").json is False


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/system/info?fields=version,calendar", {"version": "2.42.5.2", "calendar": "iso8601"}),
        ("/api/me/authorization/F_DATAVALUE_ADD", True),
        ("/api/me?fields=username,authorities", {"username": "asc-gateway", "authorities": ["F_DATAVALUE_ADD"]}),
        ("/api/me?fields=organisationUnits[id,path]", {"organisationUnits": [{"id": COUNTRY, "path": f"/{COUNTRY}"}]}),
        (f"/api/dataSets/{SET}?fields=code,periodType,access[data[write]]", {"code": "MAIN", "periodType": "Monthly", "access": {"data": {"write": True}}}),
        (f"/api/dataSets/{TIGHT}?fields=expiryDays,dataSetElements[dataElement[code,categoryCombo[categoryOptionCombos[id]]]]", {"expiryDays": 15, "dataSetElements": [{"dataElement": {"code": "SEEN", "categoryCombo": {"categoryOptionCombos": [{"id": DEFAULT}]}}}]}),
        ("/api/dataSets?filter=code:eq:MAIN&fields=id&paging=false", {"dataSets": [{"id": SET}]}),
        (f"/api/organisationUnits?filter=dataSets.id:eq:{SET}&filter=code:eq:KOLA&fields=id,path&paging=false", {"organisationUnits": [{"id": KOLA, "path": f"/{COUNTRY}/{KANI}/{KOLA}"}]}),
        (f"/api/organisationUnits?filter=id:in:[{KOLA},{LOOSE}]&fields=code&paging=false", {"organisationUnits": [{"code": "KOLA"}, {"code": "TENE"}]}),
        ("/api/organisationUnits?fields=id&pageSize=1&page=2", {"pager": {"page": 2, "total": 5, "pageSize": 1}, "organisationUnits": [{"id": KANI}]}),
        (f"/api/dataEntry/dataValues?ds={TIGHT}&pe=202609&ou={KOLA}", {"dataValues": [], "minMaxValues": [], "lockStatus": "LOCKED", "completeStatus": {"complete": False}}),
        (f"/api/dataValueSets?dataSet={SET}&orgUnit={KOLA}&period=202610", {}),
    ],
)  # fmt: skip
def test_questions_and_answers(path: str, expected: Any) -> None:
    answer = world().get(path)

    assert (answer.status_code, answer.json) == (200, expected)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/dataSets/DataSetNone", 404),
        ("/api/nonsense", 404),
        ("/api/dataSets?filter=code:max:3", 400),
        (f"/api/dataValueSets?orgUnit={KOLA}&period=202610", 409),
        (f"/api/dataEntry/dataValues?ds=none&pe=202609&ou={KOLA}", 409),
    ],
)
def test_questions_without_an_answer(path: str, status: int) -> None:
    answer = world().get(path)

    assert (answer.status_code, answer.json["status"]) == (status, "ERROR")


@pytest.mark.parametrize(
    ("query", "status"), [("dryRun=perhaps", 400), ("importStrategy=NEW", 400), ("idScheme=x", 400)]
)
def test_bad_parameters(query: str, status: int) -> None:
    assert world().post(payload(value()), query).status_code == status


def change(kind: str, index: int, **more: Any) -> dict[str, Any]:
    document = copy.deepcopy(metadata())
    document[kind][index].update(more)
    return document


@pytest.mark.parametrize(
    ("code", "document"),
    [
        ("E4014", change("dataElements", 0, id="1ElementSee")),
        ("E4014", change("dataElements", 0, id="short")),
        ("E4000", change("dataElements", 0, shortName="")),
        ("E4000", change("organisationUnits", 0, openingDate=None)),
        ("E4001", change("dataElements", 0, shortName="s" * 51)),
        ("E4001", change("dataElements", 0, name="n" * 231)),
        ("E4001", change("dataSets", 0, code="c" * 51)),
        ("E5003", change("dataElements", 0, code="QUIET")),
        ("E5003", change("dataSets", 0, name="SHARED form")),
        ("E5002", change("organisationUnits", 1, parent={"id": "UnknownUnit"})),
        ("E5002", change("dataSets", 0, dataSetElements=[{"dataElement": {"id": "ElementNone"}}])),
        ("E5002", change("dataSets", 0, organisationUnits=[{"id": "UnknownUnit"}])),
        ("E5002", change("dataElements", 0, categoryCombo={"id": "UnknownComb"})),
        ("E3011", change("dataElements", 0, sharing={"public": "r-r-----"})),
        ("E3015", change("dataElements", 0, sharing={"public": "all"})),
        ("E4027", change("dataElements", 0, valueType="WHOLE")),
        ("E4027", change("dataElements", 0, aggregationType="TOTAL")),
    ],
)
def test_metadata_with_a_fault_is_refused_as_a_whole(code: str, document: dict[str, Any]) -> None:
    app = create_app()

    answer = app.test_client().post("/api/metadata", json=document, headers=AUTH)

    codes = {
        error["errorCode"]
        for kind in answer.json["response"]["typeReports"]
        for report in kind["objectReports"]
        for error in report["errorReports"]
    }
    assert (answer.status_code, answer.json["response"]["status"]) == (409, "ERROR")
    assert code in codes
    assert app.extensions["dhis2"].state.elements == {}


def test_metadata_twice_updates_and_a_validation_changes_nothing() -> None:
    client = create_app().test_client()
    path = "/api/metadata"

    checked = client.post(f"{path}?importMode=VALIDATE", json=metadata(), headers=AUTH).json
    first = client.post(path, json=metadata(), headers=AUTH).json
    second = client.post(path, json=metadata(), headers=AUTH).json

    total = first["response"]["stats"]["total"]
    stats = [answer["response"]["stats"] for answer in (checked, first, second)]
    assert [(counts["created"], counts["updated"]) for counts in stats] == [
        (total, 0),
        (total, 0),
        (0, total),
    ]


def test_load_tells_every_fault_in_words() -> None:
    with pytest.raises(ValueError, match="shortName"):
        world().sandbox.load(change("dataElements", 0, shortName=""))


@pytest.mark.parametrize("family", ["legacy", "sql"])
@pytest.mark.parametrize(
    ("entry", "query", "status", "word"),
    [
        ({}, "", "SUCCESS", ""),
        ({"dataSet": "DataSetNone"}, "", "ERROR", "Data set not found"),
        ({"period": "octobre"}, "", "ERROR", "Period not valid"),
        ({"organisationUnit": "SiteUnknown"}, "", "ERROR", "Organisation unit not found"),
        ({"attributeOptionCombo": "ComboUnknow"}, "", "ERROR", "Attribute option combo"),
        ({"organisationUnit": LOOSE}, "", "SUCCESS", ""),
        ({"organisationUnit": LOOSE}, "strictOrganisationUnits=true", "ERROR", "not assigned"),
        ({"period": "2026"}, "strictPeriods=true", "ERROR", "Period type"),
    ],
)
def test_completeness(
    family: str, entry: dict[str, Any], query: str, status: str, word: str
) -> None:
    here = world(family)

    answer = here.complete(registration(**entry), query=query)

    body = answer.json["response"]
    assert (answer.status_code, body["status"]) == (200 if status == "SUCCESS" else 409, status)
    assert body["importCount"]["imported"] == (status == "SUCCESS")
    assert all("errorCode" not in conflict for conflict in body["conflicts"])
    assert len(body["conflicts"]) == (status == "ERROR")
    assert word in "".join(conflict["value"] for conflict in body["conflicts"])


def test_one_ignored_registration_of_two_is_still_a_success() -> None:
    answer = world().complete(registration(), registration(dataSet="DataSetNone"))

    assert (answer.status_code, answer.json["response"]["status"]) == (200, "SUCCESS")
    assert answer.json["response"]["importCount"]["ignored"] == 1


@pytest.mark.parametrize(("family", "status"), [("legacy", 409), ("sql", 500)])
def test_registrations_that_are_none(family: str, status: int) -> None:
    here = world(family)
    body = {"completeDataSetRegistrations": ["x"]}

    answer = here.client.post("/api/completeDataSetRegistrations", json=body, headers=AUTH)

    assert answer.status_code == status


def test_a_registration_is_updated_withdrawn_and_deleted() -> None:
    here = world()
    path = "/api/completeDataSetRegistrations"
    question = f"{path}?dataSet={SET}&period=202610&orgUnit={KOLA}"

    here.complete(registration())
    again = here.complete(registration(completed=False)).json["response"]
    seen = here.get(question).json["completeDataSetRegistrations"]
    gone = here.client.delete(f"{path}?ds={SET}&pe=202610&ou={KOLA}", headers=AUTH)

    assert again["importCount"]["updated"] == 1
    assert [(entry["date"], entry["completed"]) for entry in seen] == [("2026-11-03", False)]
    assert gone.status_code == 204
    assert here.get(question).json == {}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"ds={TIGHT}&pe=202608&ou={KOLA}", 409),
        (f"ds={TIGHT}&pe=202608", 400),
        (f"ds=none&pe=202608&ou={KOLA}", 409),
    ],
)
def test_a_registration_that_cannot_be_deleted(query: str, status: int) -> None:
    path = f"/api/completeDataSetRegistrations?{query}"

    assert world().client.delete(path, headers=AUTH).status_code == status


def test_values_are_read_back_as_they_were_sent() -> None:
    here = world()
    here.post(payload(value(), value(dataElement=QUIET, deleted=True), value(comment="vu")))

    question = f"/api/dataValueSets?dataSet={SET}&orgUnit={KOLA}&period=202610"
    found = here.get(question).json
    everything = here.get(f"{question}&includeDeleted=true").json

    assert (found["dataSet"], found["orgUnit"], found["period"]) == (SET, KOLA, "202610")
    assert [(row["dataElement"], row["value"], row["comment"]) for row in found["dataValues"]] == [
        (SEEN, "7", "vu")
    ]
    assert len(everything["dataValues"]) == 2


def test_children_are_read_back_on_demand() -> None:
    here = world()
    here.post(payload(value()))

    question = f"/api/dataValueSets?dataSet={SET}&orgUnit={KANI}&period=202610&children=true"
    assert [row["orgUnit"] for row in here.get(question).json["dataValues"]] == [KOLA]


def test_an_import_in_the_background_is_a_200_whose_summary_waits() -> None:
    here = world()

    answer = here.post(payload(value(value="x")), f"{STRICT}&async=true")

    uid = answer.json["response"]["id"]
    assert answer.status_code == 200
    notes = here.get(f"/api/system/tasks/DATAVALUE_IMPORT/{uid}").json
    assert [note["completed"] for note in notes] == [True]
    summary = here.get(f"/api/system/taskSummaries/DATAVALUE_IMPORT/{uid}").json
    assert summary["status"] == "WARNING"
    assert here.get("/api/system/taskSummaries/DATAVALUE_IMPORT/none").data == b""


def test_the_page_shows_the_numbers_and_escapes_names() -> None:
    here = world()
    document = change("organisationUnits", 2, name="KOLA <b>")
    here.sandbox.load(document)
    here.post(payload(value(value="4711")))
    here.complete(registration())

    page = here.client.get("/").text

    assert "KOLA &lt;b&gt;" in page
    assert "Octobre 2026" in page
    assert "<td>4711</td>" in page
    assert "complet le 2026-11-03" in page
    assert "<script" not in page
    assert "4711" not in here.client.get("/?period=202609").text


def test_values_for_scripts_carry_the_codes() -> None:
    here = world()
    here.post(payload(value()))
    here.complete(registration())

    found = here.client.get(f"/sandbox/values?period=202610&orgUnit={KOLA}").json

    assert [(row["code"], row["orgUnitCode"], row["value"]) for row in found["values"]] == [
        ("SEEN", "KOLA", "7")
    ]
    assert [(entry["dataSetCode"], entry["completed"]) for entry in found["completeness"]] == [
        ("MAIN", True)
    ]
    assert here.client.get("/sandbox/values?period=202609").json == {
        "values": [],
        "completeness": [],
    }


def test_a_split_element_takes_its_own_combos() -> None:
    here = world("sql")
    here.post(payload(value(dataElement=SPLIT, categoryOptionCombo="ComboYoungY")))

    assert here.sandbox.state.value(SPLIT, "202610", KOLA, "ComboYoungY") == "7"
