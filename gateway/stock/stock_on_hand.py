"""What stands on the shelves of sites: the stock on hand, what a month takes, what is out.

The stock on hand is the newest count, or the zero of the newest stock-out, and what was received
since; what was used since nobody knows yet. Loaded with a few statements for any number of
sites.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
from menus.rules.calendar import days_in, ends, period_of
from menus.rules.stock import Holding, MonthOfStock, monthly_use

MONTHS: Final = 3  # a count of a month before these says nothing of today
YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Shelf:
    """One site's stock, as far as it is told: counts by month, receipts, stock-outs."""

    site_id: int
    timezone: ZoneInfo
    counts: Mapping[str, Count] = field(default_factory=dict)
    receipts: Sequence[Receipt] = ()
    outs: Sequence[StockOut] = ()

    def out(self, code: str) -> StockOut | None:
        """The open stock-out of a product."""
        return next((one for one in self.outs if one.code == code and one.until is None), None)

    def newest(self, code: str) -> Count | None:
        """The newest count of a product."""
        months = [month for month, one in self.counts.items() if code in one.values]
        return self.counts[max(months)] if months else None

    def on_hand(self, code: str) -> int | None:
        """The stock on hand; None when it was never told."""
        if self.out(code) is not None:
            return 0
        known: list[tuple[Stamp, int]] = [
            (stamp(one.since, one.inbox_id), 0) for one in self.outs if one.code == code
        ]
        count = self.newest(code)
        if count is not None:
            known.append((count.stamps[code], count.values[code]))
        if not known:
            return None
        since, number = max(known)
        return number + self._received(code, since, None)

    def month(self, code: str, period: Period) -> MonthOfStock:
        """What a product did in one month."""
        opening = self._count(code, period.plus(-1))
        closing = self._count(code, period)
        received = 0
        if opening is not None and closing is not None:
            received = self._received(code, opening.stamps[code], closing.stamps[code])
        return MonthOfStock(
            opening=opening.values[code] if opening else None,
            received=received,
            closing=closing.values[code] if closing else None,
            days_out=self.days_out(code, period),
            days=days_in(period),
        )

    def holding(self, code: str, product: Product, use_months: int) -> Holding | None:
        """The product with the stock on hand and its monthly use; None when never told."""
        on_hand, count = self.on_hand(code), self.newest(code)
        if on_hand is None:
            return None
        recent: list[MonthOfStock] = []
        last_year: list[MonthOfStock] = []
        if count is not None:
            months = [Period.parse(count.period).plus(-back) for back in range(use_months)]
            recent = [self.month(code, one) for one in months]
            if product.malaria:
                last_year = [self.month(code, one.plus(-YEAR)) for one in months]
        return Holding(product, on_hand, monthly_use(product, recent, last_year))

    def _count(self, code: str, period: Period) -> Count | None:
        count = self.counts.get(period.code)
        return count if count is not None and code in count.values else None

    def _received(self, code: str, after: Stamp, until: Stamp | None) -> int:
        return sum(
            one.quantity
            for one in self.receipts
            if one.code == code
            and after < stamp(one.received_at, one.inbox_id)
            and (until is None or stamp(one.received_at, one.inbox_id) <= until)
        )

    def days_out(self, code: str, period: Period) -> int:
        """The days out of a month: as typed with its count, else as the stock-outs fix them."""
        count = self._count(code, period)
        if count is not None and code in count.days_out:
            return count.days_out[code]
        if not self.outs:
            return 0
        first, last = period.first_day, ends(period)
        outs = [one for one in self.outs if one.code == code]
        found = days_out_in(outs, first, last, self.timezone)
        return sum(of_site.get(code, 0) for of_site in found.values())


def shelves(
    connection: Connection, context: Context, site_ids: Collection[int], now: datetime
) -> dict[int, Shelf]:
    """The shelf of each of these sites as it is now, whatever is known of it."""
    rules = context.catalogue.programme.stock
    this_month = period_of(now.astimezone(context.timezone).date())
    reach = MONTHS + rules.use_months
    backs = [*range(reach), *range(YEAR, YEAR + reach)]
    periods = [this_month.plus(-back).code for back in backs]
    forms = stock_forms(context.catalogue)
    counts = stock_counts.counts_of(connection, site_ids, forms, periods)
    since = bounds(Period.parse(min(periods)), context.timezone)[0]
    receipts = stock.receipts_of(connection, site_ids, since)
    outs: dict[int, list[StockOut]] = {}
    for one in stock.stock_outs_between(connection, site_ids, since, now + timedelta(days=1)):
        outs.setdefault(one.site_id, []).append(one)
    return {
        site: Shelf(
            site_id=site,
            timezone=context.timezone,
            counts=_by_month(counts.get(site, ())),
            receipts=receipts.get(site, ()),
            outs=outs.get(site, ()),
        )
        for site in site_ids
    }


def products(catalogue: Catalogue) -> dict[str, Product]:
    """Every product, by its code, in the order of the forms."""
    return {
        one.code: one.product
        for form in catalogue.forms.values()
        for one in form.fields
        if one.product is not None
    }


def _by_month(counts: Sequence[Count]) -> dict[str, Count]:
    """Several forms may count products: of one month they are one count."""
    found: dict[str, Count] = {}
    for one in counts:
        other = found.get(one.period)
        found[one.period] = one if other is None else _merged(other, one)
    return found


def _merged(one: Count, other: Count) -> Count:
    return Count(
        site_id=one.site_id,
        period=one.period,
        values={**one.values, **other.values},
        days_out={**one.days_out, **other.days_out},
        stamps={**one.stamps, **other.stamps},
    )
