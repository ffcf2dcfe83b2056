"""Work out on how many days of a month a product was out, from the stock-outs of a site."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.model.report import Report
from gateway.storage import stock
from gateway.storage.engine import Connection
from gateway.storage.stock import StockOut
from menus.model.catalogue import Form
from menus.model.period import Period
from menus.rules.calendar import ends, period_of


def bounds(period: Period, timezone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments at which a month begins and ends (as the next begins), local time."""
    return midnight(period.first_day, timezone), midnight(ends(period), timezone)


def midnight(day: date, timezone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins, local time."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone)


def days_of(stockout: StockOut, first: date, last: date, timezone: ZoneInfo) -> int:
    """Return the number of days from `first` until before `last` on which a product was out.

    The day on which it ran out counts, the day on which it came back does not.
    """
    return len(_days(stockout, first, last, timezone))


def _days(stockout: StockOut, first: date, last: date, timezone: ZoneInfo) -> range:
    """Return those days, as ordinals."""
    since = max(stockout.since.astimezone(timezone).date(), first)
    until = last
    if stockout.until is not None:
        until = min(stockout.until.astimezone(timezone).date(), last)
    return range(since.toordinal(), until.toordinal())


def days_out_in(
    stockouts: Iterable[StockOut], first: date, last: date, timezone: ZoneInfo
) -> dict[int, dict[str, int]]:
    """Return the days out from `first` until before `last`, by site and code; 0 is left out.

    A day counts once, however many stock-outs cover it: RUPT may be followed by a count.
    """
    days: dict[tuple[int, str], set[int]] = {}
    for stockout in stockouts:
        of_product = days.setdefault((stockout.site_id, stockout.code), set())
        of_product.update(_days(stockout, first, last, timezone))
    found: dict[int, dict[str, int]] = {}
    for (site, code), of_product in days.items():
        if of_product:
            found.setdefault(site, {})[code] = len(of_product)
    return found


def with_days_out(
    form: Form,
    reports: Sequence[Report],
    fixed: Mapping[int, Mapping[str, int]],
) -> list[Report]:
    """Return the reports with the days out that RUPT and RCU have `fixed`, by site and code.

    Days out that were typed stand.
    """
    codes = {field.code for field in form.fields if field.takes_days_out}
    return [
        replace(
            report,
            days_out={**_of_form(fixed.get(report.site_id, {}), codes), **report.days_out},
        )
        for report in reports
    ]


def with_fixed_days(
    connection: Connection,
    form: Form,
    period: Period,
    reports: Sequence[Report],
    timezone: ZoneInfo,
) -> list[Report]:
    """Return the reports of a form and an ended month with the days out of stored stock-outs."""
    if not any(field.takes_days_out for field in form.fields):
        return list(reports)
    sites = {report.site_id for report in reports}
    return with_days_out(form, reports, fixed_days(connection, period, sites, timezone))


def fixed_days(
    connection: Connection,
    period: Period,
    site_ids: Collection[int],
    timezone: ZoneInfo,
    today: date = date.max,
) -> dict[int, dict[str, int]]:
    """Return the days out of these sites in a month, by site and code, up to before `today`."""
    first, last = bounds(period, timezone)
    stockouts = stock.stock_outs_between(connection, site_ids, first, last)
    return days_out_in(stockouts, period.first_day, min(ends(period), today), timezone)


def months_ended(since: datetime, now: datetime, timezone: ZoneInfo) -> list[Period]:
    """Return the months from that of `since` on that have ended, at most 365 days back."""
    last = period_of(now.astimezone(timezone).date())
    month = period_of(max(since, now - timedelta(days=365)).astimezone(timezone).date())
    found = []
    while month < last:
        found.append(month)
        month = month.plus(1)
    return found


def _of_form(days: Mapping[str, int], codes: set[str]) -> dict[str, int]:
    return {code: number for code, number in days.items() if code in codes}
