"""What is known of a site besides the report at hand: other forms, other months, stock received,
referrals made. For the rules that compare."""

from collections.abc import Collection, Iterable, Mapping

from gateway.model.report import Key, Stamp, stamp
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage.stock import Receipt
from menus.model.period import Period
from menus.rules.history import RuleContext


def context_of(
    uow: UnitOfWork, key: Key, mark: Stamp, weighed: Collection[str] = ()
) -> RuleContext:
    """What the site's other reports say, for the rules across forms and months.

    The codes in `weighed` are counted by the message with this `mark`, or again by it.
    """
    site, form, period = key
    month = Period.parse(period)
    history = uow.history.get(site, {})
    counted = uow.counted.get(site, {})
    now: dict[str, int] = {}
    before: dict[int, dict[str, int]] = {}
    stock: dict[str, int] = {}
    opened: dict[str, Stamp] = {}
    for (other, of_month), values in sorted(history.items(), key=lambda one: one[0][1]):
        back = _months_between(Period.parse(of_month), month)
        if back == 0 and other != form:
            now.update(values)
        if back > 0:
            before.setdefault(back, {}).update(values)
            if (other, of_month) in counted:
                stock.update(values)
                opened.update(counted[other, of_month])
    until = {
        code: stamp
        for (_, of_month), stamps in counted.items()
        if of_month == period
        for code, stamp in stamps.items()
        if code not in weighed
    }
    receipts = received_between(uow.received.get(site, ()), opened, until, mark)
    referred = uow.referred.get((site, period), {})
    return RuleContext(now=now, before=before, stock=stock, receipts=receipts, counted=referred)


def received_between(
    receipts: Iterable[Receipt],
    opened: Mapping[str, Stamp],
    until: Mapping[str, Stamp],
    mark: Stamp,
) -> dict[str, int]:
    """What came in of each product after the count that `opened` its month.

    A count is as of the message that brought it: what was received before stands in it. So
    does the sum end with the count in `until`, else with the message that bears `mark`.
    """
    found: dict[str, int] = {}
    for one in receipts:
        moment = stamp(one.received_at, one.inbox_id)
        if one.code in opened and opened[one.code] < moment <= until.get(one.code, mark):
            found[one.code] = found.get(one.code, 0) + one.quantity
    return found


def _months_between(earlier: Period, later: Period) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
