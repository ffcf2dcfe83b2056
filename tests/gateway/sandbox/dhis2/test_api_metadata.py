"""Tests of the routes for server, account and metadata: lists come in pages, unknown is 404."""

from tests.gateway.sandbox.dhis2.world import AUTH, SEEN, world


def test_a_list_comes_in_pages() -> None:
    here = world()
    first = here.get("/api/dataElements?pageSize=2&fields=id").json
    assert first["pager"] == {"page": 1, "total": 5, "pageSize": 2}
    assert len(first["dataElements"]) == 2
    whole = here.get("/api/dataElements?paging=false&fields=id").json
    assert "pager" not in whole
    assert len(whole["dataElements"]) == 5


def test_an_object_is_answered_by_the_fields_asked_for() -> None:
    here = world()
    assert here.get(f"/api/dataElements/{SEEN}?fields=id,code").json == {"id": SEEN, "code": "SEEN"}
    assert here.get("/api/dataElements/ElementNone").status_code == 404
    assert here.get("/api/rainfall").status_code == 404


def test_ids_are_made_by_the_number() -> None:
    codes = world().get("/api/system/id?limit=3").json["codes"]
    assert len(set(codes)) == 3
    assert {len(code) for code in codes} == {11}


def test_validation_stores_nothing() -> None:
    here = world()
    body = {"organisationUnits": [{"id": "NewUnitNew1", "name": "X", "shortName": "X",
                                   "openingDate": "2020-01-01"}]}  # fmt: skip
    query = "/api/metadata?importMode=VALIDATE"
    assert here.client.post(query, json=body, headers=AUTH).status_code == 200
    assert "NewUnitNew1" not in here.sandbox.state.org_units
