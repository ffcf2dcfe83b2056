"""Tests of the answers to GET: filters, stored values, the account, and the form as stored."""

import pytest

from gateway.sandbox.dhis2 import reads
from gateway.sandbox.dhis2.faults import Standing
from tests.gateway.sandbox.dhis2.world import KOLA, NOW, SEEN, SET, TIGHT, payload, value, world


@pytest.mark.parametrize(
    ("filters", "count"),
    [([], 5), (["code:eq:SEEN"], 1), (["code:in:[SEEN,STRAY]"], 2), (["name:like:S"], 3)],
)
def test_a_list_is_filtered(filters: list[str], count: int) -> None:
    found = reads.listing(world().sandbox.state, "dataElements", filters, Standing())
    assert len(found) == count


def test_an_unknown_filter() -> None:
    with pytest.raises(ValueError, match="Operator not supported"):
        reads.listing(world().sandbox.state, "dataElements", ["code:gt:3"], Standing())


def test_stored_values_are_read() -> None:
    here = world()
    query = {"dataSet": [SET], "period": ["202610"], "orgUnit": [KOLA]}
    assert reads.data_value_set(here.sandbox.state, query) == {}
    here.post(payload(value()))
    (row,) = reads.data_value_set(here.sandbox.state, query)["dataValues"]
    assert (row["dataElement"], row["value"]) == (SEEN, "7")


def test_the_form_says_whether_it_is_open() -> None:
    state = world().sandbox.state
    for period, lock in (("202610", "OPEN"), ("202609", "LOCKED")):
        found = reads.data_entry(state, state.data_sets[TIGHT], (KOLA, period), NOW, Standing())
        assert found["lockStatus"] == lock


def test_the_account_and_the_server() -> None:
    found = reads.me(world().sandbox.state, "asc-gateway", Standing())
    assert (found["username"], found["authorities"]) == ("asc-gateway", ["F_DATAVALUE_ADD"])
    assert reads.system_info("sql", NOW, "http://x/")["version"].startswith("2.4")
    assert reads.stamp(NOW) == "2026-11-10T08:00:00.000"
