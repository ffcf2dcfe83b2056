"""The stock on hand: the newest count, or the zero of a stock-out, and what came in since."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from gateway.model.report import Stamp, stamp
from gateway.stock.stock_on_hand import (
    Shelf,
    products,
    quantity_received,
    shelves,
    stock_after,
)
from gateway.storage.engine import reading
from gateway.storage.stock import Receipt, StockOut
from gateway.storage.stock_counts import Count
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from menus.rules.stock import MonthOfStock
from tests.gateway.harness import BAMAKO, FANTA, NOON, Harness

SEPTEMBER, OCTOBER = Period(2026, 9), Period(2026, 10)


def at(number: int) -> Stamp:
    return stamp(NOON, number)


def came_in(quantity: int, number: int, code: str = "ENF") -> Receipt:
    return Receipt(1, code, quantity, NOON, number)


def count(period: Period, number: int, **values: int) -> Count:
    return Count(1, period.code, values, {}, dict.fromkeys(values, at(number)))


def out(number: int, *, until: datetime | None = None) -> StockOut:
    return StockOut(1, 1, "ENF", NOON, until, number)


def shelf(
    counts: tuple[Count, ...] = (),
    receipts: tuple[Receipt, ...] = (),
    stockouts: tuple[StockOut, ...] = (),
) -> Shelf:
    return Shelf(1, BAMAKO, {found.period: found for found in counts}, receipts, stockouts)


RECEIPTS = (came_in(1, 4), came_in(10, 5), came_in(100, 6), came_in(1000, 6, "ATP"))


@pytest.mark.parametrize(
    ("after", "until", "quantity"),
    [
        (at(3), None, 111),
        (at(4), None, 110),
        (at(6), None, 0),
        (at(3), at(5), 11),
        (at(4), at(4), 0),
    ],
)
def test_receipts_count_after_a_stamp_and_up_to_another(
    after: Stamp, until: Stamp | None, quantity: int
) -> None:
    assert quantity_received(RECEIPTS, "ENF", after=after, until=until) == quantity


def test_the_newest_number_counts_with_what_came_in_after_it() -> None:
    assert stock_after([(at(3), 7), (at(5), 2)], RECEIPTS, "ENF") == 102
    assert stock_after([(at(9), 0)], RECEIPTS, "ENF") == 0
    assert stock_after([], RECEIPTS, "ENF") is None


@pytest.mark.parametrize(
    ("of_site", "on_hand"),
    [
        (shelf(), None),
        (shelf(receipts=RECEIPTS), None),
        (shelf((count(OCTOBER, 3, ENF=7),)), 7),
        (shelf((count(OCTOBER, 3, ENF=7),), RECEIPTS), 118),
        (shelf((count(SEPTEMBER, 9, ENF=30), count(OCTOBER, 3, ENF=7))), 7),
        (shelf((count(OCTOBER, 3, KIT=7),)), None),
        (shelf((count(OCTOBER, 3, ENF=7),), RECEIPTS, (out(4),)), 0),
        (shelf((count(OCTOBER, 3, ENF=7),), RECEIPTS, (out(4, until=NOON),)), 110),
        (shelf((count(OCTOBER, 5, ENF=7),), RECEIPTS, (out(4, until=NOON),)), 107),
        (shelf(stockouts=(out(4, until=NOON),)), 0),
    ],
)
def test_the_stock_on_hand(of_site: Shelf, on_hand: int | None) -> None:
    assert of_site.on_hand("ENF") == on_hand


def test_a_month_of_a_product_lies_between_two_counts() -> None:
    counts = (count(SEPTEMBER, 4, ENF=30), count(OCTOBER, 6, ENF=7))
    month = shelf(counts, RECEIPTS).month("ENF", OCTOBER)
    assert month == MonthOfStock(opening=30, received=110, closing=7, days_out=0, days=31)
    unknown = shelf(counts, RECEIPTS).month("ENF", SEPTEMBER)
    assert unknown == MonthOfStock(opening=None, received=0, closing=30, days_out=0, days=30)


def test_days_out_are_those_typed_or_else_of_the_stock_outs() -> None:
    since, until = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 29, tzinfo=UTC)
    stockouts = (StockOut(1, 1, "ENF", since, until, 4),)
    typed = Count(1, OCTOBER.code, {"ENF": 0}, {"ENF": 3}, {"ENF": at(5)})
    assert shelf((), (), stockouts).days_out("ENF", OCTOBER) == 9
    assert shelf((typed,), (), stockouts).days_out("ENF", OCTOBER) == 3
    assert shelf((), (), stockouts).days_out("ENF", SEPTEMBER) == 0
    assert shelf((), (), stockouts).days_out("KIT", OCTOBER) == 0


def test_what_a_site_holds_has_its_monthly_use(catalogue: Catalogue) -> None:
    counts = (
        count(Period(2026, 7), 0, PAR=400),
        count(Period(2026, 8), 1, PAR=300),
        count(SEPTEMBER, 2, PAR=200),
        count(OCTOBER, 3, PAR=140),
    )
    product = products(catalogue)["PAR"]
    holding = shelf(counts).holding("PAR", product, 3)
    assert holding is not None
    assert (holding.product, holding.stock) == (product, 140)
    assert holding.use == Fraction(100 + 100 + 60, 3)
    assert shelf().holding("PAR", product, 3) is None


def test_products_are_those_of_the_forms_in_order(catalogue: Catalogue) -> None:
    assert [*products(catalogue)] == [
        "BEB", "ENF", "KIT", "SEL", "ZIN", "MOX", "SUP", "ATP", "PAR", "PLQ", "SAY", "CAP",
    ]  # fmt: skip


def test_the_shelves_of_sites_are_loaded_together(harness: Harness) -> None:
    harness.told("STK 10 ENF 12 KIT 30")
    harness.told("RUPT KIT")
    harness.told("RCU ENF 20")
    harness.told("STK 10 BEB 4", FANTA)
    kola, tene, lone = (harness.unit_id(code) for code in ("KOLA", "TENE", "LONE"))
    now = harness.clock.now + timedelta(minutes=1)
    with reading(harness.engine) as connection:
        found = shelves(connection, harness.context, [kola, tene, lone], now)
    assert {
        site: [of_site.on_hand(code) for code in ("ENF", "KIT", "BEB")]
        for site, of_site in found.items()
    } == {kola: [32, 0, None], tene: [None, None, 4], lone: [None, None, None]}
    assert found[kola].open_stockout("KIT") is not None
    assert found[kola].open_stockout("ENF") is None
