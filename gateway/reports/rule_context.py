"""Gather what the rules of a report compare: other forms and months, stock, referrals."""

from collections.abc import Collection, Iterable, Mapping

from gateway.model.report import Key, Stamp, stamp
from gateway.reports.site_history import MONTHS_OF_HISTORY, SiteHistory
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage.stock import Receipt
from menus.model.period import Period
from menus.rules.history import RuleContext


def context_of(
    uow: UnitOfWork, key: Key, mark: Stamp, weighed: Collection[str] = ()
) -> RuleContext:
    """Return what the site's other reports hold, for the rules across forms and months.

    The products in `weighed` are counted, or counted again, by the message that bears `mark`.
    """
    site, form, period = key
    month = Period.parse(period)
    history = uow.history.of(site, month)
    now: dict[str, int] = {}
    before: dict[int, dict[str, int]] = {}
    stock: dict[str, int] = {}
    opened: dict[str, Stamp] = {}
    for (other, of_month), values in sorted(history.values.items(), key=lambda entry: entry[0][1]):
        back = _months_between(Period.parse(of_month), month)
        if back == 0 and other != form:
            now.update(values)
        if 0 < back <= MONTHS_OF_HISTORY:
            before.setdefault(back, {}).update(values)
            if (other, of_month) in history.counted:
                stock.update(values)
                opened.update(history.counted[other, of_month])
    receipts = received_between(
        history.received, opened, _counted_in(history, period, weighed), mark
    )
    referred = uow.history.referred(site, period)
    return RuleContext(now=now, before=before, stock=stock, receipts=receipts, counted=referred)


def received_between(
    receipts: Iterable[Receipt],
    opened: Mapping[str, Stamp],
    until: Mapping[str, Stamp],
    mark: Stamp,
) -> dict[str, int]:
    """Return what came in of each product after the count that `opened` its month, by code.

    A count is as of the message that brought it: what was received before is part of it. In
    the same way the sum ends with the count in `until`, else with the message that bears `mark`.
    """
    found: dict[str, int] = {}
    for receipt in receipts:
        code, moment = receipt.code, stamp(receipt.received_at, receipt.inbox_id)
        if code in opened and opened[code] < moment <= until.get(code, mark):
            found[code] = found.get(code, 0) + receipt.quantity
    return found


def _counted_in(history: SiteHistory, period: str, weighed: Collection[str]) -> dict[str, Stamp]:
    """Return when each product was counted for a month, but for those that are weighed now."""
    return {
        code: moment
        for (_, of_month), stamps in history.counted.items()
        if of_month == period
        for code, moment in stamps.items()
        if code not in weighed
    }


def _months_between(earlier: Period, later: Period) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
