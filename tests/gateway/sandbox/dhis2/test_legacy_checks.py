"""Tests of the checks of one value up to 2.42: each code, one check at a time."""

from typing import Any

import pytest

from gateway.sandbox.dhis2.legacy_checks import exists, is_value, strict, zero_dropped
from tests.gateway.sandbox.dhis2.importing import sheet_of
from tests.gateway.sandbox.dhis2.world import CHOICE, LOOSE, QUIET, STRAY, value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"dataElement": "ElementNone"}, "E7610"),
        ({"period": "x"}, "E7611"),
        ({"orgUnit": "UnitNoneNon"}, "E7612"),
        ({"categoryOptionCombo": "ComboNoneNo"}, "E7613"),
        ({"attributeOptionCombo": "ComboNoneNo"}, "E7615"),
    ],
)
def test_everything_named_exists(changes: dict[str, Any], code: str | None) -> None:
    finding = exists(*sheet_of(value(**changes)))
    assert (None if finding is None else finding.code) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"value": ""}, "E7618"),
        ({"value": "x"}, "E7619"),
        ({"dataElement": CHOICE, "value": "NON"}, "E7621"),
    ],
)
def test_the_value_fits_its_element(changes: dict[str, Any], code: str | None) -> None:
    finding = is_value(*sheet_of(value(**changes)))
    assert (None if finding is None else finding.code) == code


@pytest.mark.parametrize(
    ("changes", "given", "code"),
    [
        ({"categoryOptionCombo": None}, {"require_option_combo": True}, "E7630"),
        ({"period": "2026Q3"}, {"strict_periods": True}, "E7632"),
        ({"dataElement": STRAY}, {"strict_data_elements": True}, "E7633"),
        ({"categoryOptionCombo": "ComboYoungY"}, {"strict_option_combos": True}, "E7634"),
        ({"orgUnit": LOOSE}, {"strict_org_units": True}, "E7636"),
    ],
)
def test_what_only_strict_parameters_ask(
    changes: dict[str, Any], given: dict[str, bool], code: str
) -> None:
    finding = strict(*sheet_of(value(**changes), **given))
    assert finding is not None
    assert finding.code == code
    assert strict(*sheet_of(value(**changes))) is None


def test_a_zero_that_is_not_significant_is_dropped() -> None:
    assert zero_dropped(*sheet_of(value(dataElement=QUIET, value="0")))
    assert not zero_dropped(*sheet_of(value(value="0")))
