"""The days of a month on which a product was out, from the stock-outs of a site."""

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
    """The moments at which a month begins and the next one does."""
    return midnight(period.first_day, timezone), midnight(ends(period), timezone)


def midnight(day: date, timezone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone)


def days_of(out: StockOut, first: date, last: date, timezone: ZoneInfo) -> int:
    """On how many days from `first` until before `last` the product was out.

    The day on which it ran out counts, the day on which it came back does not.
    """
    return len(_days(out, first, last, timezone))


def _days(out: StockOut, first: date, last: date, timezone: ZoneInfo) -> range:
    """Those days, as ordinals."""
    since = max(out.since.astimezone(timezone).date(), first)
    until = last if out.until is None else min(out.until.astimezone(timezone).date(), last)
    return range(since.toordinal(), until.toordinal())


def days_out_in(
    outs: Iterable[StockOut], first: date, last: date, timezone: ZoneInfo
) -> dict[int, dict[str, int]]:
    """The days out from `first` until before `last`, by site and code; none is no entry.

    A day counts once, however many stock-outs tell of it: RUPT may be followed by a count.
    """
    days: dict[tuple[int, str], set[int]] = {}
    for one in outs:
        days.setdefault((one.site_id, one.code), set()).update(_days(one, first, last, timezone))
    found: dict[int, dict[str, int]] = {}
    for (site, code), out in days.items():
        if out:
            found.setdefault(site, {})[code] = len(out)
    return found


def with_days_out(
    form: Form,
    reports: Sequence[Report],
    outs: Mapping[int, Mapping[str, int]],
) -> list[Report]:
    """The reports with the days out that RUPT and RCU fix; what was typed stands."""
    codes = {one.code for one in form.fields if one.takes_days_out}
    return [
        replace(one, days_out={**_of_form(outs.get(one.site_id, {}), codes), **one.days_out})
        for one in reports
    ]


def with_fixed_days(
    connection: Connection,
    form: Form,
    period: Period,
    reports: Sequence[Report],
    timezone: ZoneInfo,
) -> list[Report]:
    """The same for a form's reports of a month that has ended, from the stock-outs as stored."""
    if not any(one.takes_days_out for one in form.fields):
        return list(reports)
    sites = {one.site_id for one in reports}
    return with_days_out(form, reports, fixed_days(connection, period, sites, timezone))


def fixed_days(
    connection: Connection,
    period: Period,
    site_ids: Collection[int],
    timezone: ZoneInfo,
    today: date = date.max,
) -> dict[int, dict[str, int]]:
    """The days out of these sites in a month, as far as it is over, by site and code."""
    first, last = bounds(period, timezone)
    outs = stock.stock_outs_between(connection, site_ids, first, last)
    return days_out_in(outs, period.first_day, min(ends(period), today), timezone)


def months_ended(since: datetime, now: datetime, timezone: ZoneInfo) -> list[Period]:
    """The months that a moment's month begins and that have ended, at most a year back."""
    last = period_of(now.astimezone(timezone).date())
    month = period_of(max(since, now - timedelta(days=365)).astimezone(timezone).date())
    found = []
    while month < last:
        found.append(month)
        month = month.plus(1)
    return found


def _of_form(days: Mapping[str, int], codes: set[str]) -> dict[str, int]:
    return {code: number for code, number in days.items() if code in codes}
