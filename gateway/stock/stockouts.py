"""Open and close stock-outs as messages say, and queue what follows.

RUPT and a count of zero open a stock-out, a receipt and any other count close it. The days
between are the days out of their months, so a month that DHIS2 has already is forwarded again,
and the supervisors are alerted at once.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.model.report import Report
from gateway.reports.filing import Filed, ReportChange
from gateway.reports.forward_routing import stock_forms
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import alerts as stock_alerts
from gateway.stock.days_out import bounds, months_ended
from gateway.storage import stock
from gateway.storage.inbox import Message
from gateway.storage.stock import StockOut
from menus.model.period import Period


def ran_out(
    uow: UnitOfWork, site_id: int, code: str, since: datetime, message: Message
) -> StockOut | None:
    """Open the stock-out of a product and queue its alerts; None when it was open already.

    A receipt that was read before a late message may have ended the stock-out: then it is closed
    with that receipt, and no alert is queued.
    """
    stockout = stock.add_stock_out(uow.connection, site_id, code, since, message.id)
    if stockout is None:
        return None
    _forward_days_again(uow, site_id, since)
    later = [
        receipt
        for receipt in uow.history.of(site_id).received
        if receipt.code == code and receipt.received_at > since and receipt.inbox_id != message.id
    ]
    if later:
        stock.close_stock_out(uow.connection, stockout.id, later[0].received_at, later[0].inbox_id)
    else:
        stock_alerts.queue_alerts(uow, stockout)
    return stockout


def came_back(
    uow: UnitOfWork, site_id: int, codes: Iterable[str], at: datetime, message_id: int
) -> list[StockOut]:
    """Close the stock-outs of these products as of `at`; return those that this ended."""
    wanted = set(codes)
    ended = [
        stockout
        for stockout in stock.open_stock_outs(uow.connection, [site_id])
        if stockout.code in wanted and stockout.since <= at
    ]
    for stockout in ended:
        stock.close_stock_out(uow.connection, stockout.id, at, message_id)
        _forward_days_again(uow, site_id, at)
    return [replace(stockout, until=at) for stockout in ended]


def note_changes(uow: UnitOfWork, filed: Iterable[Filed]) -> None:
    """Open and close stock-outs as the new versions of stock counts say, and queue the alerts.

    Only the newest count does so, and not that of a month long past. A zero that is changed was
    a mistake, so the stock-out that it had opened is removed.
    """
    for filing in filed:
        if filing.change is not None:
            _note_counts(uow, filing.change)


def _note_counts(uow: UnitOfWork, change: ReportChange) -> None:
    before, after, message = change.before, change.after, change.message
    products = [field.code for field in change.form.fields if field.product]
    period = Period.parse(after.period)
    if not products or not _is_newest(uow, after, message):
        return
    old = before.values if before is not None else {}
    changed = [
        code for code in products if code in after.values and after.values[code] != old.get(code)
    ]
    if not changed:
        return
    end = bounds(period, uow.context.timezone)[1]
    out_now = {
        stockout.code: stockout
        for stockout in stock.open_stock_outs(uow.connection, [after.site_id])
    }
    for code in changed:
        stockout = out_now.get(code)
        if after.values[code] == 0:
            _note_zero(uow, after, code, end, message)
        elif stockout is not None and before is not None and _opened_by(before, code, stockout):
            stock.remove_stock_out(uow.connection, stockout.id)
            _forward_days_again(uow, after.site_id, stockout.since)
        elif stockout is not None:
            counted = max(min(message.sent_at, end), stockout.since)
            came_back(uow, after.site_id, [code], counted, message.id)


def take_back(uow: UnitOfWork, message_id: int) -> bool:
    """Undo the receipts and stock-outs of a message; return whether it had brought any."""
    receipts, stockouts = stock.touched_by(uow.connection, message_id)
    if not receipts and not stockouts:
        return False
    stock.undo(uow.connection, message_id)
    for site_id in {receipt.site_id for receipt in receipts}:
        uow.history.forget_receipts(site_id, message_id)
    for stockout in stockouts:
        _forward_days_again(uow, stockout.site_id, stockout.since)
    return True


def _note_zero(uow: UnitOfWork, report: Report, code: str, end: datetime, message: Message) -> None:
    """Open the stock-out that a count of zero tells; `end` is that of the month counted.

    The days out typed behind a zero end with the count, or with its month. A count is as of the
    end of its month: a zero that is sent after the next receipt tells of what is over.
    """
    days = report.days_out.get(code)
    if days is not None:
        since = min(message.sent_at, end) - timedelta(days=days)
        ran_out(uow, report.site_id, code, since, message)
    elif not _was_received(uow, report.site_id, code, end, message.sent_at):
        ran_out(uow, report.site_id, code, message.sent_at, message)


def _was_received(
    uow: UnitOfWork, site_id: int, code: str, since: datetime, until: datetime
) -> bool:
    """Return whether the product was received between the two moments."""
    return any(
        receipt.code == code and since <= receipt.received_at <= until
        for receipt in uow.history.of(site_id).received
    )


def _opened_by(before: Report, code: str, stockout: StockOut) -> bool:
    """Return whether the zero that stood in the report had opened this stock-out."""
    return before.values.get(code) == 0 and before.stamps.get(code, (0, 0))[1] == stockout.inbox_id


def _is_newest(uow: UnitOfWork, report: Report, message: Message) -> bool:
    """Return whether no later month of the form is counted, and the month is not long past."""
    period = Period.parse(report.period)
    sent_in = uow.context.period(message.sent_at)
    later = any(
        month > report.period and values
        for (form, month), values in uow.history.of(report.site_id).values.items()
        if form == report.form
    )
    return period >= sent_in.plus(-1) and not later


def _forward_days_again(uow: UnitOfWork, site_id: int, since: datetime) -> None:
    """Ask for the DHIS2 cells of the months that have ended since, as their days out change."""
    keys = {
        (site_id, form, month.code)
        for month in months_ended(since, uow.now, uow.context.timezone)
        for form in stock_forms(uow.context.catalogue)
    }
    uow.reports.prefetch(keys)
    uow.reports.forward_again(keys)
