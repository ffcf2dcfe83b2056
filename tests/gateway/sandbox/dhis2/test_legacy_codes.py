"""Tests of the codes up to 2.42: every message is worded, with the code's things beside it."""

import pytest

from gateway.sandbox.dhis2.legacy_codes import CODES, Finding, conflict


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_worded_with_its_things(code: str) -> None:
    names = CODES[code].names
    found = conflict(Finding(code, tuple(f"<{name}>" for name in names)))
    assert found["errorCode"] == code
    assert "{" not in found["value"]
    assert found.get("objects", {}) == {name: f"<{name}>" for name in names}
