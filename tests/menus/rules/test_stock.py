"""Stock arithmetic: use, months of stock, levels, quantity to order."""

from fractions import Fraction

import pytest

from menus.model.catalogue import Catalogue, Product
from menus.model.programme import StockRules
from menus.rules.stock import (
    Holding,
    MonthOfStock,
    StockLevel,
    full_use,
    issues,
    level,
    monthly_use,
    months_of_stock,
    need,
    order,
)

RULES = StockRules()
ENF = Product(unit="plaquette", pack_size=30, start_monthly_use=10)
MALARIA = Product(unit="plaquette", pack_size=30, start_monthly_use=10, malaria=True)
SUP = Product(unit="suppositoire", pack_size=10, start_monthly_use=3, floor=4)


def month(opening: int | None, received: int, closing: int | None, out: int = 0) -> MonthOfStock:
    return MonthOfStock(opening, received, closing, out, 30)


@pytest.mark.parametrize(
    ("opening", "received", "closing", "used"),
    [
        (24, 0, 10, 14),
        (24, 30, 10, 44),
        (24, 0, 24, 0),
        (0, 30, 0, 30),
        (24, 0, 25, None),  # more than there can be: a receipt is missing
        (None, 30, 10, None),
        (24, 30, None, None),
    ],
)
def test_issues(opening: int | None, received: int, closing: int | None, used: int | None) -> None:
    assert issues(opening, received, closing) == used


@pytest.mark.parametrize(
    ("out", "use"),
    [(0, 14), (15, 28), (9, 20), (29, 420), (30, None), (31, None)],
)
def test_use_is_divided_by_the_share_of_days_in_stock(out: int, use: int | None) -> None:
    assert full_use(month(24, 0, 10, out)) == use


@pytest.mark.parametrize(
    ("months", "use"),
    [
        ([month(24, 0, 12), month(36, 0, 24), month(30, 30, 36)], Fraction(16)),
        # Out for ten of thirty days: 12 used in 20 days are 18 in a month.
        ([month(24, 0, 12, 10), month(36, 0, 24), month(30, 30, 36)], Fraction(18)),
        ([month(11, 0, 10), month(11, 0, 10), month(12, 0, 10)], Fraction(4, 3)),
        ([month(24, 0, 12), month(36, 0, 24), month(None, 0, 36)], Fraction(10)),
        ([month(24, 0, 12), month(36, 0, 24), month(30, 0, 36)], Fraction(10)),
        ([], Fraction(10)),
    ],
)
def test_monthly_use_is_the_average_and_the_start_value_until_then(
    months: list[MonthOfStock], use: Fraction
) -> None:
    assert monthly_use(ENF, months) == use


def test_a_malaria_product_takes_the_larger_of_this_and_last_year() -> None:
    dry = [month(24, 0, 20)] * 3
    rains = [month(90, 0, 30)] * 3
    assert monthly_use(MALARIA, dry, rains) == 60
    assert monthly_use(MALARIA, rains, dry) == 60
    assert monthly_use(MALARIA, [], rains) == 60
    assert monthly_use(MALARIA, dry, [*rains[:2], month(None, 0, 30)]) == 4
    assert monthly_use(ENF, dry, rains) == 4


@pytest.mark.parametrize(
    ("product", "stock", "use", "expected"),
    [
        (ENF, 0, 10, StockLevel.OUT),
        (ENF, 4, 10, StockLevel.URGENT),
        (ENF, 5, 10, StockLevel.TO_ORDER),
        (ENF, 9, 10, StockLevel.TO_ORDER),
        (ENF, 10, 10, StockLevel.GOOD),
        (ENF, 20, 10, StockLevel.GOOD),
        (ENF, 30, 10, StockLevel.GOOD),
        (ENF, 31, 10, StockLevel.TOO_MUCH),
        (ENF, 1, 0, StockLevel.GOOD),
        (ENF, 0, 0, StockLevel.OUT),
        (SUP, 3, 1, StockLevel.TO_ORDER),
        (SUP, 4, 1, StockLevel.TOO_MUCH),
        (SUP, 3, 0, StockLevel.TO_ORDER),
        (SUP, 4, 4, StockLevel.GOOD),
    ],
)
def test_levels(product: Product, stock: int, use: int, expected: StockLevel) -> None:
    assert level(Holding(product, stock, Fraction(use)), RULES) is expected


def test_months_of_stock() -> None:
    assert months_of_stock(Holding(ENF, 15, Fraction(10))) == Fraction(3, 2)
    assert months_of_stock(Holding(ENF, 15, Fraction(0))) is None


@pytest.mark.parametrize(
    ("product", "stock", "use", "quantity"),
    [
        (ENF, 0, Fraction(10), 30),  # 20 wanted: one pack of 30
        (ENF, 0, Fraction(15), 30),
        (ENF, 0, Fraction(31, 2), 60),  # 31 wanted
        (ENF, 19, Fraction(10), 30),
        (ENF, 20, Fraction(10), 0),
        (ENF, 40, Fraction(10), 0),
        (SUP, 3, Fraction(0), 10),  # up to the floor
        (SUP, 4, Fraction(2), 0),
    ],
)
def test_orders_fill_up_to_two_months_in_whole_packs(
    product: Product, stock: int, use: Fraction, quantity: int
) -> None:
    assert order(Holding(product, stock, use), RULES) == quantity


def test_the_shipped_forms_say_which_product_is_what(catalogue: Catalogue) -> None:
    stk = {field.code: field.product for field in catalogue.forms["STK"].fields if field.product}
    assert {code for code, product in stk.items() if product.malaria} == {
        "BEB",
        "ENF",
        "KIT",
        "SUP",
    }
    assert {code: product.group for code, product in stk.items() if product.group} == {
        "BEB": "CTA",
        "ENF": "CTA",
    }
    assert {code: product.floor for code, product in stk.items() if product.floor} == {"SUP": 4}
    assert stk["ATP"].patients == "RST"
    assert need(stk["ATP"], 6) == 6 * stk["ATP"].ration
