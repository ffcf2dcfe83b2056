"""Tests of reading DHIS2 back: values by cell, and the elements that keep no zero."""

from gateway.model.outcomes import TryLater
from gateway.transports.dhis2 import Dhis2
from gateway.transports.dhis2_reads import UNITS, keeps_no_zero, values
from tests.gateway.transports.canned import canned, say

VALUE = {"dataElement": "e", "categoryOptionCombo": "c", "orgUnit": "u", "value": "7"}


def test_values_come_by_cell_without_other_programmes() -> None:
    document = {"dataValues": [VALUE, {**VALUE, "attributeOptionCombo": "other"}]}
    with canned(say(200, document)) as server, Dhis2(server.url, token="t") as client:
        assert values(client, "set", "202610", ["u"], "mine") == {("u", "e", "c"): "7"}


def test_many_units_are_asked_in_turns_and_a_failure_ends_them() -> None:
    units = [f"unit{number}" for number in range(UNITS + 1)]
    scripts = (say(200, {}), say(503, b"", "text/html"))
    with canned(*scripts) as server, Dhis2(server.url, token="t") as client:
        found = values(client, "set", "202610", units, "mine")
    assert isinstance(found, TryLater)
    assert [request.target.count("orgUnit=") for request in server.requests] == [UNITS, 1]


def test_elements_that_keep_no_zero() -> None:
    elements = [{"id": "a", "zeroIsSignificant": True}, {"id": "b"}]
    document = {"dataSetElements": [{"dataElement": element} for element in elements]}
    with canned(say(200, document)) as server, Dhis2(server.url, token="t") as client:
        assert keeps_no_zero(client, "set") == {"b"}
