"""Tests of the months up to 2.42: closed, too early, approved, and outside of an input period."""

import pytest

from gateway.sandbox.dhis2.legacy_timely import timely
from tests.gateway.sandbox.dhis2.importing import sheet_of
from tests.gateway.sandbox.dhis2.world import KOLA, SET, TIGHT, WINDOW, value


@pytest.mark.parametrize(
    ("data_set", "period", "code"),
    [
        (SET, "202610", None),
        (SET, "202611", "E7641"),
        (TIGHT, "202611", None),
        (TIGHT, "202609", "E7640"),
        (WINDOW, "202609", None),
        (WINDOW, "202610", "E7643"),
        (WINDOW, "202608", "E7643"),
    ],
)
def test_a_month_by_its_data_set(data_set: str, period: str, code: str | None) -> None:
    finding = timely(*sheet_of(value(period=period), data_set=data_set))
    assert (None if finding is None else finding.code) == code


def test_an_approved_month() -> None:
    sheet, row = sheet_of(value())
    sheet.job.state.approved.add((SET, "202610", KOLA))
    finding = timely(sheet, row)
    assert finding is not None
    assert finding.code == "E7642"
