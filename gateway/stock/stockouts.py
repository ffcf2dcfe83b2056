"""Stock-outs as messages open and close them, and what follows from it.

RUPT and a count of zero open one, a receipt and any other count close it. The days between are
the days out of the months that they lie in, so DHIS2 is told anew where such a month has left
already, and the supervisors are told at once.
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
from menus.rules.calendar import period_of


def ran_out(
    uow: UnitOfWork, site_id: int, code: str, since: datetime, message: Message
) -> StockOut | None:
    """A product is out since a moment; None when that was known. Its supervisors are told.

    A message that comes late may be answered by a receipt that came before it was read: then
    the stock-out is over, and nobody is told.
    """
    out = stock.add_stock_out(uow.connection, site_id, code, since, message.id)
    if out is None:
        return None
    _recount(uow, site_id, since)
    later = [
        one
        for one in uow.history.of(site_id).received
        if one.code == code and one.received_at > since and one.inbox_id != message.id
    ]
    if later:
        stock.close_stock_out(uow.connection, out.id, later[0].received_at, later[0].inbox_id)
    else:
        stock_alerts.tell(uow, out)
    return out


def came_back(
    uow: UnitOfWork, site_id: int, codes: Iterable[str], at: datetime, message_id: int
) -> list[StockOut]:
    """These products are there again; the stock-outs that this ended, which fixes their days."""
    wanted = set(codes)
    ended = [
        one
        for one in stock.open_stock_outs(uow.connection, [site_id])
        if one.code in wanted and one.since <= at
    ]
    for one in ended:
        stock.close_stock_out(uow.connection, one.id, at, message_id)
        _recount(uow, site_id, at)
    return [replace(one, until=at) for one in ended]


def note_changes(uow: UnitOfWork, filed: Iterable[Filed]) -> None:
    """Open and close stock-outs as the new versions of stock counts say, and queue the alerts.

    Only the newest count speaks, and not that of a month long past. A zero that was changed was
    a mistake, so what it had opened never was.
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
    open_now = {one.code: one for one in stock.open_stock_outs(uow.connection, [after.site_id])}
    for code in changed:
        out = open_now.get(code)
        if after.values[code] == 0:
            _none_left(uow, after, code, end, message)
        elif out is not None and before is not None and _opened_by(before, code, out):
            stock.remove_stock_out(uow.connection, out.id)
            _recount(uow, after.site_id, out.since)
        elif out is not None:
            counted = max(min(message.sent_at, end), out.since)
            came_back(uow, after.site_id, [code], counted, message.id)


def take_back(uow: UnitOfWork, message_id: int) -> bool:
    """Undoes what a message said of stock; whether it had said any."""
    receipts, outs = stock.touched_by(uow.connection, message_id)
    if not receipts and not outs:
        return False
    stock.undo(uow.connection, message_id)
    for site_id in {receipt.site_id for receipt in receipts}:
        uow.history.forget_receipts(site_id, message_id)
    for out in outs:
        _recount(uow, out.site_id, out.since)
    return True


def _none_left(uow: UnitOfWork, report: Report, code: str, end: datetime, message: Message) -> None:
    """The days typed behind a zero end with the count, or with its month.

    A count is of the end of its month: a zero that is sent after the next receipt speaks of
    what is over.
    """
    days = report.days_out.get(code)
    if days is not None:
        since = min(message.sent_at, end) - timedelta(days=days)
        ran_out(uow, report.site_id, code, since, message)
    elif not _came_since(uow, report.site_id, code, end, message.sent_at):
        ran_out(uow, report.site_id, code, message.sent_at, message)


def _came_since(uow: UnitOfWork, site_id: int, code: str, end: datetime, until: datetime) -> bool:
    """Whether a receipt of the product lies between the two moments."""
    return any(
        one.code == code and end <= one.received_at <= until
        for one in uow.history.of(site_id).received
    )


def _opened_by(before: Report, code: str, out: StockOut) -> bool:
    """Whether the zero that stood in the report had opened this stock-out."""
    return before.values.get(code) == 0 and before.stamps.get(code, (0, 0))[1] == out.inbox_id


def _is_newest(uow: UnitOfWork, report: Report, message: Message) -> bool:
    period = Period.parse(report.period)
    sent_in = period_of(message.sent_at.astimezone(uow.context.timezone).date())
    later = any(
        month > report.period and values
        for (form, month), values in uow.history.of(report.site_id).values.items()
        if form == report.form
    )
    return period >= sent_in.plus(-1) and not later


def _recount(uow: UnitOfWork, site_id: int, since: datetime) -> None:
    """The days out of the months that have ended since then are to be worked out again."""
    keys = {
        (site_id, form, month.code)
        for month in months_ended(since, uow.now, uow.context.timezone)
        for form in stock_forms(uow.context.catalogue)
    }
    uow.reports.prefetch(keys)
    uow.reports.forward_again(keys)
