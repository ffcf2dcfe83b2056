"""Stock that came in: kept, said back, and laid beside what waited for it.

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
    """What a message says came in: taken, to be confirmed, and what is to be mended."""

    taken: Mapping[str, int]
    asked: Mapping[str, int]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of receipts: the text that tells them, and the counts that were weighed again."""

    text: str
    replies: tuple[ReportReply, ...] = ()


def judge(catalogue: Catalogue, quantities: Mapping[str, int], near: Mapping[str, int]) -> Judged:
    """Holds quantities, as typed by code, against the limits of their fields.

    `near` are those behind a code that is one slip away from the one meant: they are asked.
    Their problems carry no codes, since a receipt is mended by a receipt and not by a report.
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
    """Whether another message of the same day said that just this came in."""
    timezone = uow.context.timezone
    day = message.sent_at.astimezone(timezone).date()
    since = midnight(day, timezone)
    of_day = stock.receipts_of(uow.connection, [site_id], since).get(site_id, [])
    said: dict[int, dict[str, int]] = {}
    for one in of_day:
        if one.inbox_id != message.id and one.received_at < since + timedelta(days=1):
            said.setdefault(one.inbox_id, {})[one.code] = one.quantity
    return any(one == dict(quantities) for one in said.values())


def record(uow: UnitOfWork, message: Message, post: Post, shipment: Shipment) -> Recorded:
    """Keeps what came in; the message is the one that ANNULE undoes."""
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
    """The counts of these products that she was asked about, with what is known now."""
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
    """What was understood; what was counted before, or that the stock-out is over."""
    catalogue, timezone = uow.context.catalogue, uow.context.timezone
    words = [
        say(
            catalogue,
            post.language,
            "receipt_noted",
            receipts=listed(catalogue, shipment.quantities),
        )
    ]
    over = {one.code: f"{one.code}{_days(one, timezone)}" for one in ended}
    if over:
        words.append(say(catalogue, post.language, "stock_out_over", outs=", ".join(over.values())))
    before = {
        code: number
        for code, number in last_counts(uow, shipment.site_id).items()
        if code in shipment.quantities and code not in over
    }
    if before:
        words.append(say(catalogue, post.language, "stock_before", stock=listed(catalogue, before)))
    return " ".join(words)


def last_counts(uow: UnitOfWork, site_id: int) -> dict[str, int]:
    """Return the newest number counted of each product, as far back as the history goes."""
    history = uow.history.of(site_id)
    months = sorted(history.counted, key=lambda key: key[1])
    return {code: n for key in months for code, n in history.values.get(key, {}).items()}


def listed(catalogue: Catalogue, quantities: Mapping[str, int]) -> str:
    """`ENF 20, ATP 150`, in the order of the forms."""
    return ", ".join(
        f"{code} {quantities[code]}" for code in catalogue.form_of if code in quantities
    )


def _days(out: StockOut, timezone: ZoneInfo) -> str:
    """For how many days the product was out: ` 9j`; nothing for a part of a day."""
    first = out.since.astimezone(timezone).date()
    days = days_of(out, first, date.max, timezone)
    return f" {days}j" if days else ""
