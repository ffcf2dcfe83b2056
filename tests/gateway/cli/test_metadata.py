"""Tests of `kibaru dhis2 metadata`: what DHIS2 imports, the same at every call."""

from tests.gateway.cli.conftest import Kibaru


def test_the_catalogue_needs_no_database(kibaru: Kibaru) -> None:
    done = kibaru("dhis2", "metadata", DATABASE_URL="sqlite:////dev/null/kibaru.db")
    assert (done.code, done.err) == (0, "")
    document = done.json()
    program = {"optionSets", "options", "programs", "programStages"}
    assert set(document) == {"dataElements", "dataSets", *program}
    codes = {element["code"] for element in document["dataElements"]}
    assert {"ASC_PEC_VUS", "ASC_STK_BEB", "ASC_STK_BEB_J"} <= codes
    assert all(element["zeroIsSignificant"] for element in document["dataElements"])
    assert done == kibaru("dhis2", "metadata")


def test_the_roster_s_units_are_added(kibaru: Kibaru, roster: list[str], database_url: str) -> None:
    kibaru("roster", "import", *roster, DATABASE_URL=database_url)
    done = kibaru("dhis2", "metadata", "--org-units", DATABASE_URL=database_url)
    assert done.code == 0
    document = done.json()
    units = {unit["id"]: unit.get("parent", {}).get("id") for unit in document["organisationUnits"]}
    assert units == {"KaniFacil01": None, "KolaSite001": "KaniFacil01"}
    for data_set in document["dataSets"]:
        receivers = [unit["id"] for unit in data_set["organisationUnits"]]
        assert receivers == ["KaniFacil01", "KolaSite001"]
    assert done == kibaru("dhis2", "metadata", "--org-units", DATABASE_URL=database_url)
