"""The days out of a month, from the stock-stockouts of a site."""

from datetime import UTC, date, datetime

import pytest

from gateway.stock.days_out import days_of, days_out_in, months_ended
from gateway.storage.stock import StockOut
from menus.model.period import Period
from tests.gateway.harness import BAMAKO

FIRST, LAST = date(2026, 10, 1), date(2026, 11, 1)


def out(since: tuple[int, int], until: tuple[int, int] | None, code: str = "ENF") -> StockOut:
    began = datetime(2026, *since, 12, tzinfo=UTC)
    ended = datetime(2026, *until, 12, tzinfo=UTC) if until else None
    return StockOut(1, 7, code, began, ended, 1)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ((10, 20), (10, 29), 9),
        ((10, 20), (10, 20), 0),
        ((10, 20), (10, 21), 1),
        ((10, 20), None, 12),
        ((10, 20), (11, 3), 12),
        ((9, 20), (10, 3), 2),
        ((9, 20), None, 31),
        ((9, 20), (9, 25), 0),
        ((11, 1), None, 0),
    ],
)
def test_days_of_one_stock_out(
    since: tuple[int, int], until: tuple[int, int] | None, days: int
) -> None:
    assert days_of(out(since, until), FIRST, LAST, BAMAKO) == days


def test_days_of_several_add_up_and_none_is_no_entry() -> None:
    stockouts = [
        out((10, 2), (10, 5)),
        out((10, 20), None),
        out((10, 3), (10, 4), "BEB"),
        out((10, 3), (10, 3), "KIT"),
    ]
    assert days_out_in(stockouts, FIRST, LAST, BAMAKO) == {7: {"ENF": 15, "BEB": 1}}


def test_a_day_of_which_two_stock_outs_tell_counts_once() -> None:
    stockouts = [out((10, 2), (10, 6)), out((10, 4), (10, 8)), out((10, 5), None, "BEB")]
    assert days_out_in(stockouts, FIRST, LAST, BAMAKO) == {7: {"ENF": 6, "BEB": 27}}


def test_months_that_have_ended_since() -> None:
    now = datetime(2026, 11, 4, tzinfo=UTC)
    assert months_ended(datetime(2026, 9, 20, tzinfo=UTC), now, BAMAKO) == [
        Period(2026, 9),
        Period(2026, 10),
    ]
    assert months_ended(now, now, BAMAKO) == []
