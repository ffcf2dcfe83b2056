"""Tests of a data set as a server describes it: its elements, combos and rights."""

from gateway.transports.dhis2 import Dhis2
from gateway.transports.dhis2_data_set import OptionCombo, data_set, unwritable_options
from tests.gateway.transports.canned import canned, say


def test_a_data_set_may_give_an_element_another_combo() -> None:
    own = {"id": "Own", "categoryOptionCombos": [{"id": "ComboOne001", "name": "0-4"}]}
    other = {"id": "Oth", "categoryOptionCombos": [{"id": "ComboTwo001", "name": "5-9"}]}
    element = {"id": "ElementOne1", "name": "One", "formName": "One", "categoryCombo": own}
    raw = {"id": "SetSetSet01", "dataSetElements": [{"dataElement": element}]}
    found = data_set(raw).elements["ElementOne1"]
    assert (found.combo("ComboOne001"), found.names) == (
        OptionCombo("ComboOne001", "", "0-4"),
        ("One",),
    )
    raw["dataSetElements"] = [{"dataElement": element, "categoryCombo": other}]
    assert [combo.id for combo in data_set(raw).elements["ElementOne1"].combos] == ["ComboTwo001"]


def test_what_the_server_leaves_out_is_harmless() -> None:
    found = data_set({"id": "SetSetSet01"})
    assert (found.elements, found.compulsory, found.may_write) == ({}, (), True)


def test_options_that_may_not_be_written() -> None:
    shut = {"id": "a", "name": "Under 5", "access": {"data": {"write": False}}}
    document = {"categoryOptions": [shut, {"id": "b"}]}
    with canned(say(200, document)) as server, Dhis2(server.url, token="t") as client:
        assert unwritable_options(client, ["a", "b"]) == ["Under 5"]
