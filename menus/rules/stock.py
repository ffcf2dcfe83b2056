"""Stock arithmetic: what was used, how long the rest lasts, what to order. Pure.

Quantities are in a product's smallest unit. Consumption is exact (fractions), since a rounded
month of use would move the limits of the levels.
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
    """How a product stands at a site (levels proposed in cStock's manner)."""

    OUT = "out"
    URGENT = "urgent"
    TO_ORDER = "to_order"
    GOOD = "good"
    TOO_MUCH = "too_much"


SHORT: Final = frozenset({StockLevel.OUT, StockLevel.URGENT, StockLevel.TO_ORDER})


@dataclass(frozen=True, slots=True)
class MonthOfStock:
    """One month of one product: counted before it and at its end, received in between.

    `days_out` of its `days` it was out of stock. A count that is not known is None.
    """

    opening: int | None
    received: int
    closing: int | None
    days_out: int
    days: int


@dataclass(frozen=True, slots=True)
class Holding:
    """A product at a site now: how much there is, and how much a month takes."""

    product: Product
    stock: int
    use: Fraction


def issues(opening: int | None, received: int, closing: int | None) -> int | None:
    """What was used: opening stock and receipts less what is left.

    None when a count is unknown, or when more is left than there can be: then a receipt is
    missing, and nobody knows what was used.
    """
    if opening is None or closing is None or opening + received < closing:
        return None
    return opening + received - closing


def full_use(month: MonthOfStock) -> Fraction | None:
    """What the month would have used had the product never been out.

    None when it is unknown, or when the product was out for the whole month.
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
    """The CMM: the average of the `recent` months' use; the start value until all are known.

    For a malaria product, whose need follows the rains, the larger of that and the average of
    the same months of last year, as far as all of those are known.
    """
    now = _average(recent)
    use = Fraction(product.start_monthly_use) if now is None else now
    if product.malaria:
        use = max(use, _average(last_year) or _NONE)
    return use


def months_of_stock(holding: Holding) -> Fraction | None:
    """For how many months the stock lasts; None when nothing is used."""
    return holding.stock / holding.use if holding.use else None


def level(holding: Holding, rules: StockRules) -> StockLevel:
    """The level by months of stock; below its floor a product is to be ordered anyway."""
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
    """How much to bring: up to `order_months` of use or the floor, in whole packs; 0 if none."""
    product = holding.product
    wanted = max(rules.order_months * holding.use, Fraction(product.floor)) - holding.stock
    if wanted <= 0:
        return 0
    packs = -(-wanted // product.pack_size)
    return int(packs) * product.pack_size


def need(product: Product, patients: int) -> int:
    """What so many patients under treatment take in a month."""
    return patients * product.ration


def _average(months: Sequence[MonthOfStock]) -> Fraction | None:
    uses = [full_use(month) for month in months]
    known = [use for use in uses if use is not None]
    if not known or len(known) < len(months):
        return None
    return sum(known, _NONE) / len(known)
