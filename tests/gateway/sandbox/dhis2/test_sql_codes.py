"""Tests of the codes from 2.43 on: every message is worded, and lists as Java prints them."""

import pytest

from gateway.sandbox.dhis2.sql_codes import CODES, conflict


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_worded(code: str) -> None:
    found = conflict(code, ["a", ["b", "c"], "d", "e"], [0])
    assert (found["errorCode"], found["indexes"]) == (code, [0])
    assert "{" not in found["value"]
    assert "a" in found["value"]


def test_a_list_as_java_prints_it() -> None:
    found = conflict("E8022", ["set", ["u1", "u2"]], [0, 1])
    assert found["value"].endswith("`set`: [u1, u2]")
    assert found["objects"] == {"args": "set-[u1, u2]"}
