"""Stock arithmetic: use, months of stock, quantity to order. Pure.

Quantities are in a product's smallest unit. Use is exact (fractions), since a rounded month of
use would move the limits of the levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from menus.model.catalogue import Product
from menus.model.programme import StockRules

_NONE: Final = Fraction(0)


class StockLevel(StrEnum):
    """The stock level of a product at a site (levels proposed in cStock's manner)."""

    OUT = "out"
    URGENT = "urgent"
    TO_ORDER = "to_order"
    GOOD = "good"
    TOO_MUCH = "too_much"


SHORT: Final = frozenset({StockLevel.OUT, StockLevel.URGENT, StockLevel.TO_ORDER})


@dataclass(frozen=True, slots=True)
class MonthOfStock:
    """A month of a product: its stock before the month and at its end, its receipts in between.

    The product was out of stock for `days_out` of the month's `days`. An unknown count is None.
    """

    opening: int | None
    received: int
    closing: int | None
    days_out: int
    days: int


@dataclass(frozen=True, slots=True)
class Holding:
    """The stock on hand of a product at a site, and its monthly `use`."""

    product: Product
    stock: int
    use: Fraction


def issues(opening: int | None, received: int, closing: int | None) -> int | None:
    """Return the quantity used: opening stock and receipts less closing stock.

    None when a count is unknown, or when the closing stock is larger than possible: then a
    receipt is missing, and the use is unknown.
    """
    if opening is None or closing is None or opening + received < closing:
        return None
    return opening + received - closing


def full_use(month: MonthOfStock) -> Fraction | None:
    """Return the use of the month as if the product had never been out of stock.

    None when the use is unknown, or when the product was out for the whole month.
    """
    used = issues(month.opening, month.received, month.closing)
    days_in_stock = month.days - month.days_out
    if used is None or days_in_stock <= 0:
        return None
    return Fraction(used * month.days, days_in_stock)


def monthly_use(
    product: Product,
    recent: Sequence[MonthOfStock],
    last_year: Sequence[MonthOfStock] = (),
) -> Fraction:
    """Return the average monthly consumption (CMM) of the `recent` months.

    It is the start value until the use of all of them is known. For a malaria product, whose
    need follows the rainy season, it is the larger of that and the average of the same months
    of last year, when all of those are known.
    """
    now = _average(recent)
    use = Fraction(product.start_monthly_use) if now is None else now
    if product.malaria:
        use = max(use, _average(last_year) or _NONE)
    return use


def months_of_stock(holding: Holding) -> Fraction | None:
    """Return the number of months that the stock lasts, None when nothing is used."""
    return holding.stock / holding.use if holding.use else None


def level(holding: Holding, rules: StockRules) -> StockLevel:
    """Return the level by months of stock; below its floor a product is to be ordered anyway."""
    if holding.stock == 0:
        return StockLevel.OUT
    months = months_of_stock(holding)
    percent = None if months is None else 100 * months
    if percent is not None and percent < rules.urgent_below:
        return StockLevel.URGENT
    if holding.stock < holding.product.floor:
        return StockLevel.TO_ORDER
    if percent is not None and percent < rules.order_below:
        return StockLevel.TO_ORDER
    if percent is not None and percent > rules.too_much_above:
        return StockLevel.TOO_MUCH
    return StockLevel.GOOD


def order(holding: Holding, rules: StockRules) -> int:
    """Return the quantity to order, in whole packs; 0 when none is needed.

    It fills up to `order_months` of use, or to the floor if that is more.
    """
    product = holding.product
    wanted = max(rules.order_months * holding.use, Fraction(product.floor)) - holding.stock
    if wanted <= 0:
        return 0
    packs = -(-wanted // product.pack_size)
    return int(packs) * product.pack_size


def need(product: Product, patients: int) -> int:
    """Return the quantity that so many patients under treatment take in a month."""
    return patients * product.ration


def _average(months: Sequence[MonthOfStock]) -> Fraction | None:
    uses = [full_use(month) for month in months]
    known = [use for use in uses if use is not None]
    if not known or len(known) < len(months):
        return None
    return sum(known, _NONE) / len(known)
