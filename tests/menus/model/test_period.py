"""Calendar months: their code, their first day, and counting on."""

from datetime import date

import pytest

from menus.model.period import Period


@pytest.mark.parametrize(
    ("months", "code"),
    [(0, "202612"), (1, "202701"), (13, "202801"), (-1, "202611"), (-12, "202512")],
)
def test_counting_on_passes_the_end_of_a_year(months: int, code: str) -> None:
    assert Period(2026, 12).plus(months).code == code


def test_a_month_is_read_as_it_is_written() -> None:
    assert Period.parse("202602") == Period(2026, 2)
    assert Period(987, 2).code == "098702"
    assert Period(2026, 2).first_day == date(2026, 2, 1)


@pytest.mark.parametrize("code", ["", "2026", "202600", "202613", "2026-1", "٢٠٢٦١٠", "2026101"])
def test_anything_else_is_no_month(code: str) -> None:
    with pytest.raises(ValueError, match="expected YYYYMM"):
        Period.parse(code)


def test_months_are_ordered_by_time() -> None:
    months = [Period(2027, 1), Period(2026, 12), Period(2026, 2)]
    assert sorted(months) == [Period(2026, 2), Period(2026, 12), Period(2027, 1)]
