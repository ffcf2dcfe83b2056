"""Record stock that came in, and weigh again the counts that waited for it.

A receipt ends the stock-outs of its products. A stock count that was doubted because nothing was
known to have come in (the programme's rule 18) is weighed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from gateway.model.report import Why
from gateway.reports.filing import Submission, file_submission, filled_of
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import stockouts
from gateway.stock.days_out import days_of, midnight
from gateway.stock.shipments import Shipment
from gateway.storage import stock
from gateway.storage.inbox import Message
from gateway.storage.roster import Post
from gateway.storage.stock import Receipt, StockOut
from menus.model.catalogue import Catalogue
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.wording.replies import ReportReply
from menus.wording.sentences import say


@dataclass(frozen=True, slots=True)
class Judged:
    """The quantities of a message: those taken, those to be confirmed, and the problems."""

    taken: Mapping[str, int]
    asked: Mapping[str, int]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The text that tells what was recorded, and the counts that were weighed again."""

    text: str
    replies: tuple[ReportReply, ...] = ()


def judge(catalogue: Catalogue, quantities: Mapping[str, int], near: Mapping[str, int]) -> Judged:
    """Compare quantities, as typed, by product code, with the limits of their fields.

    `near` are those behind a code that is one slip away from the code meant: they are asked. The
    problems carry no codes, since a receipt is corrected by a receipt and not by a report.
    """
    taken: dict[str, int] = {}
    asked: dict[str, int] = {}
    problems: list[Problem] = []
    for code, number in (*quantities.items(), *near.items()):
        field = catalogue.field(code)
        values = {"product": code, "number": number}
        if field.product is None:
            problems.append(Problem("receipt_no_product", Level.ASK, (), values))
        elif not number:
            problems.append(Problem("receipt_of_nothing", Level.ASK, (), values))
        elif number > field.refuse_above:
            problems.append(Problem("receipt_above_refuse", Level.REFUSE, (), values))
        elif code in near:
            asked[code] = number
        elif number > field.ask_above:
            asked[code] = number
            problems.append(Problem("receipt_above_ask", Level.CONFIRM, (), values))
        else:
            taken[code] = number
    return Judged(taken, asked, tuple(problems))


def is_repeat(
    uow: UnitOfWork, site_id: int, quantities: Mapping[str, int], message: Message
) -> bool:
    """Return whether another message of the same day brought exactly these quantities."""
    since = midnight(uow.context.today(message.sent_at), uow.context.timezone)
    until = since + timedelta(days=1)
    by_message: dict[int, dict[str, int]] = {}
    for receipt in stock.receipts_of(uow.connection, [site_id], since).get(site_id, []):
        if receipt.inbox_id != message.id and receipt.received_at < until:
            by_message.setdefault(receipt.inbox_id, {})[receipt.code] = receipt.quantity
    return dict(quantities) in by_message.values()


def record(uow: UnitOfWork, message: Message, post: Post, shipment: Shipment) -> Recorded:
    """Record a shipment as brought by a message, which ANNULE may undo, and answer it."""
    site_id, quantities, at = shipment.site_id, shipment.quantities, shipment.at
    receipts = [
        Receipt(site_id, code, number, at, message.id, post.id)
        for code, number in quantities.items()
    ]
    stock.add_receipts(uow.connection, receipts)
    uow.history.note_receipts(site_id, receipts)
    ended = stockouts.came_back(uow, site_id, quantities, at, message.id)
    text = _text(uow, post, shipment, ended)
    return Recorded(text, _weigh_again(uow, message, post, shipment))


def _weigh_again(
    uow: UnitOfWork, message: Message, post: Post, shipment: Shipment
) -> tuple[ReportReply, ...]:
    """File again the doubted counts of these products, with the shipment known; return them."""
    conversation = uow.conversations.get(post.id)
    asked = conversation.asked if conversation is not None else ()
    keys = [asked_of.key for asked_of in asked if asked_of.key[0] == shipment.site_id]
    uow.prefetch(keys)
    filed = []
    for key in keys:
        report = uow.reports.get(key)
        pending = report.pending if report is not None else {}
        doubted = {
            code: waiting
            for code, waiting in pending.items()
            if code in shipment.quantities and waiting.why is Why.DOUBT
        }
        if not doubted:
            continue
        filed.append(
            file_submission(uow, Submission(message, post, key, filled_of(key[1], doubted)))
        )
    stockouts.note_changes(uow, filed)
    return tuple(filing.reply for filing in filed)


def _text(uow: UnitOfWork, post: Post, shipment: Shipment, ended: list[StockOut]) -> str:
    """Return what was understood, which stock-outs are over, and the last counts of the rest."""
    catalogue, timezone = uow.context.catalogue, uow.context.timezone
    came_in = listed(catalogue, shipment.quantities)
    texts = [say(catalogue, post.language, "receipt_noted", receipts=came_in)]
    over = {stockout.code: f"{stockout.code}{_days(stockout, timezone)}" for stockout in ended}
    if over:
        texts.append(say(catalogue, post.language, "stock_out_over", outs=", ".join(over.values())))
    before = {
        code: number
        for code, number in last_counts(uow, shipment.site_id).items()
        if code in shipment.quantities and code not in over
    }
    if before:
        texts.append(say(catalogue, post.language, "stock_before", stock=listed(catalogue, before)))
    return " ".join(texts)


def last_counts(uow: UnitOfWork, site_id: int) -> dict[str, int]:
    """Return the newest number counted of each product, as far back as the history goes."""
    history = uow.history.of(site_id)
    months = sorted(history.counted, key=lambda key: key[1])
    return {code: number for key in months for code, number in history.values.get(key, {}).items()}


def listed(catalogue: Catalogue, quantities: Mapping[str, int]) -> str:
    """Return `ENF 20, ATP 150`, in the order of the forms."""
    return ", ".join(
        f"{code} {quantities[code]}" for code in catalogue.form_of if code in quantities
    )


def _days(stockout: StockOut, timezone: ZoneInfo) -> str:
    """Return for how many days a product was out, as ` 9j`; empty for a part of a day."""
    days = days_of(stockout, date.min, date.max, timezone)
    return f" {days}j" if days else ""
