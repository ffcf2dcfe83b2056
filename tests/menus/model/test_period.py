"""Months: how they are written, counted, and told from what is none."""

from datetime import date

import pytest

from menus.model.period import Period


def test_a_month_is_written_as_dhis2_writes_it() -> None:
    assert Period(2026, 3).code == "202603"
    assert Period.parse("202603") == Period(2026, 3)
    assert Period(2026, 3).first_day == date(2026, 3, 1)


@pytest.mark.parametrize(("months", "code"), [(1, "202701"), (-12, "202512"), (0, "202612")])
def test_months_are_counted_over_the_end_of_a_year(months: int, code: str) -> None:
    assert Period(2026, 12).plus(months).code == code


@pytest.mark.parametrize("code", ["", "2026", "202600", "202613", "2026-1", "٢٠٢٦١٠", "2026101"])
def test_what_is_no_month_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="expected YYYYMM"):
        Period.parse(code)
