"""Work out the stock on hand of sites, what a month takes, and what is out.

The stock on hand is the newest count, or the zero of the newest stock-out, and what was received
since; what was used since is not known yet. It is looked up with a few statements for any number
of sites.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.context import Context
from gateway.model.report import Stamp, stamp
from gateway.reports.forward_routing import stock_forms
from gateway.stock.days_out import bounds, days_out_in
from gateway.storage import stock, stock_counts
from gateway.storage.engine import Connection
from gateway.storage.stock import Receipt, StockOut
from gateway.storage.stock_counts import Count
from menus.model.catalogue import Catalogue, Product
from menus.model.period import Period
from menus.rules.calendar import days_in, ends
from menus.rules.stock import Holding, MonthOfStock, monthly_use

MONTHS: Final = 3  # a count of a month before these tells nothing of today
YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Shelf:
    """One site's stock as reported: counts by month (YYYYMM), receipts, stock-outs."""

    site_id: int
    timezone: ZoneInfo
    counts: Mapping[str, Count]
    receipts: Sequence[Receipt] = ()
    stockouts: Sequence[StockOut] = ()

    def open_stockout(self, code: str) -> StockOut | None:
        """Return the open stock-out of a product; None when it is not out."""
        return next((out for out in self._stockouts_of(code) if out.until is None), None)

    def newest(self, code: str) -> Count | None:
        """Return the newest count of a product; None when it was never counted."""
        months = [month for month, count in self.counts.items() if code in count.values]
        return self.counts[max(months)] if months else None

    def on_hand(self, code: str) -> int | None:
        """Return the stock on hand; None when it was never reported."""
        if self.open_stockout(code) is not None:
            return 0
        known = [(stamp(out.since, out.inbox_id), 0) for out in self._stockouts_of(code)]
        count = self.newest(code)
        if count is not None:
            known.append((count.stamps[code], count.values[code]))
        return stock_after(known, self.receipts, code)

    def month(self, code: str, period: Period) -> MonthOfStock:
        """Return the opening stock, receipts, closing stock and days out of one month."""
        opening = self._count(code, period.plus(-1))
        closing = self._count(code, period)
        received = 0
        if opening is not None and closing is not None:
            after, until = opening.stamps[code], closing.stamps[code]
            received = quantity_received(self.receipts, code, after=after, until=until)
        return MonthOfStock(
            opening=opening.values[code] if opening else None,
            received=received,
            closing=closing.values[code] if closing else None,
            days_out=self.days_out(code, period),
            days=days_in(period),
        )

    def holding(self, code: str, product: Product, use_months: int) -> Holding | None:
        """Return the stock on hand of a product and its monthly use; None when never reported."""
        on_hand, count = self.on_hand(code), self.newest(code)
        if on_hand is None:
            return None
        recent: list[MonthOfStock] = []
        last_year: list[MonthOfStock] = []
        if count is not None:
            months = [Period.parse(count.period).plus(-back) for back in range(use_months)]
            recent = [self.month(code, month) for month in months]
            if product.malaria:
                last_year = [self.month(code, month.plus(-YEAR)) for month in months]
        return Holding(product, on_hand, monthly_use(product, recent, last_year))

    def _count(self, code: str, period: Period) -> Count | None:
        count = self.counts.get(period.code)
        return count if count is not None and code in count.values else None

    def days_out(self, code: str, period: Period) -> int:
        """Return the days out of a month: typed with its count, else fixed by stock-outs."""
        count = self._count(code, period)
        if count is not None and code in count.days_out:
            return count.days_out[code]
        stockouts = self._stockouts_of(code)
        found = days_out_in(stockouts, period.first_day, ends(period), self.timezone)
        return sum(of_site.get(code, 0) for of_site in found.values())

    def _stockouts_of(self, code: str) -> list[StockOut]:
        return [stockout for stockout in self.stockouts if stockout.code == code]


def stock_after(
    known: Iterable[tuple[Stamp, int]], receipts: Iterable[Receipt], code: str
) -> int | None:
    """Return the newest known number of a product and what was received since.

    None when nothing is known. `known` are counts, and zeros of stock-outs, each with its stamp.
    """
    newest = max(known, default=None)
    if newest is None:
        return None
    after, number = newest
    return number + quantity_received(receipts, code, after=after)


def quantity_received(
    receipts: Iterable[Receipt], code: str, *, after: Stamp, until: Stamp | None = None
) -> int:
    """Return the quantity of a product received after a stamp, and up to and with `until`."""
    return sum(
        receipt.quantity
        for receipt in receipts
        if receipt.code == code
        and after < (received := stamp(receipt.received_at, receipt.inbox_id))
        and (until is None or received <= until)
    )


def shelves(
    connection: Connection, context: Context, site_ids: Collection[int], now: datetime
) -> dict[int, Shelf]:
    """Return the shelf of each of these sites as it is at `now`, by site."""
    rules = context.catalogue.programme.stock
    reach = MONTHS + rules.use_months
    backs = [*range(reach), *range(YEAR, YEAR + reach)]
    periods = [context.period(now).plus(-back).code for back in backs]
    forms = stock_forms(context.catalogue)
    counts = stock_counts.counts_of(connection, site_ids, forms, periods)
    since = bounds(Period.parse(min(periods)), context.timezone)[0]
    receipts = stock.receipts_of(connection, site_ids, since)
    stockouts: dict[int, list[StockOut]] = {}
    for stockout in stock.stock_outs_between(connection, site_ids, since, now + timedelta(days=1)):
        stockouts.setdefault(stockout.site_id, []).append(stockout)
    return {
        site: Shelf(
            site_id=site,
            timezone=context.timezone,
            counts=_by_month(counts.get(site, ())),
            receipts=receipts.get(site, ()),
            stockouts=stockouts.get(site, ()),
        )
        for site in site_ids
    }


def products(catalogue: Catalogue) -> dict[str, Product]:
    """Return every product, by its code, in the order of the forms."""
    return {
        field.code: field.product
        for form in catalogue.forms.values()
        for field in form.fields
        if field.product is not None
    }


def _by_month(counts: Sequence[Count]) -> dict[str, Count]:
    """Return one count a month, since several forms may count products."""
    found: dict[str, Count] = {}
    for count in counts:
        before = found.get(count.period)
        found[count.period] = count if before is None else _merged(before, count)
    return found


def _merged(first: Count, second: Count) -> Count:
    return Count(
        site_id=first.site_id,
        period=first.period,
        values={**first.values, **second.values},
        days_out={**first.days_out, **second.days_out},
        stamps={**first.stamps, **second.stamps},
    )
