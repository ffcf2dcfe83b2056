"""RCU and RUPT of an agent: record what came in at the site, and what ran out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer, open_question, remember
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import alerts as stock_alerts
from gateway.stock import receipts, stockouts
from gateway.stock.shipments import Shipment, as_proposed
from gateway.stock.stock_on_hand import products
from gateway.storage import stock
from gateway.storage.conversations import Conversation
from gateway.storage.roster import Post
from menus.model.arguments import Products
from menus.model.command import RCU
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.wording.sentences import say

LONGEST_OUT: Final = 62  # days; a stock-out said to be older is asked


def receive(uow: UnitOfWork, understood: Understood) -> Answer:
    """RCU ENF 20: record what came in, and ask about what is odd in it."""
    site, post, message = understood.site, understood.post, understood.message
    if site is None or post is None:
        return Answer(problems=(Problem("site_unclear", Level.ASK),))
    quantities = {
        code: quantity for filled in understood.fillings for code, quantity in filled.values.items()
    }
    near = _near(uow, understood)
    judged = receipts.judge(uow.context.catalogue, quantities, near)
    problems = [*(_as_receipt(problem, near) for problem in _unread(understood)), *judged.problems]
    taken, asked = dict(judged.taken), dict(judged.asked)
    if taken and receipts.is_repeat(uow, site.id, quantities, message):
        values = {"receipts": receipts.listed(uow.context.catalogue, taken)}
        problems.append(Problem("receipt_again", Level.CONFIRM, (), values))
        taken, asked = {}, {**taken, **asked}
    recorded = receipts.Recorded("")
    if taken:
        shipment = Shipment(site.id, taken, message.sent_at)
        recorded = receipts.record(uow, message, post, shipment)
        remember(uow, understood, recorded.replies)
    if asked:
        _ask(uow, understood, Shipment(site.id, asked, message.sent_at))
    return Answer(recorded.replies, tuple(problems), lead=recorded.text)


def out_of_stock(uow: UnitOfWork, understood: Understood) -> Answer:
    """RUPT of an agent: record what has run out, and queue the alerts."""
    site, post = understood.site, understood.post
    if site is None or post is None:
        return Answer(problems=(Problem("site_unclear", Level.ASK),))
    said = understood.arguments_as(Products)
    problems = _wrong_with(said)
    # What a supervisor would mean as a month is a number here, which no product takes.
    odd = understood.month is not None or bool(understood.problems)
    certain = {}
    for code, days in said.days.items():
        if odd or code in said.numbers or (days or 0) > LONGEST_OUT:
            problems.append(Problem("out_with_number", Level.ASK, (), {"product": code}))
        else:
            certain[code] = days
    if not certain:
        codes = " ".join(products(uow.context.catalogue))
        which = Problem("out_which", Level.ASK, (), {"products": codes})
        return Answer(problems=tuple(problems) or (which,))
    return Answer(problems=tuple(problems), lead=_note_stockouts(uow, understood, post, certain))


def _note_stockouts(
    uow: UnitOfWork, understood: Understood, post: Post, days_out: Mapping[str, int | None]
) -> str:
    """Record what is out at the post's site; return what is new and what was known."""
    message, site_id = understood.message, post.unit_id
    known = {stockout.code for stockout in stock.open_stock_outs(uow.connection, [site_id])}
    new = []
    for code, days in days_out.items():
        since = message.sent_at - timedelta(days=days or 0)
        if code not in known and stockouts.ran_out(uow, site_id, code, since, message):
            new.append(code)
    old = [code for code in days_out if code not in new]
    catalogue, texts = uow.context.catalogue, []
    if new:
        texts.append(say(catalogue, post.language, "out_noted", products=" ".join(new)))
        if stock_alerts.has_dtc(uow, site_id):
            texts.append(say(catalogue, post.language, "out_told"))
    if old:
        texts.append(say(catalogue, post.language, "out_known", products=" ".join(old)))
    return " ".join([*texts, say(catalogue, post.language, "out_then")])


def _ask(uow: UnitOfWork, understood: Understood, shipment: Shipment) -> None:
    """Ask whether a shipment arrived, so that an OUI to this answer records it."""
    if understood.post is None:
        raise ValueError("only a known person is asked")
    post_id, sent_at = understood.post.id, understood.message.sent_at
    conversation = uow.conversations.get(post_id) or Conversation(post_id, sent_at)
    still_open = open_question(uow, understood)
    uow.conversations.put(
        replace(
            conversation,
            asked_at=sent_at,
            asked=still_open.asked if still_open else (),
            undo_id=None,
            proposed=as_proposed(shipment),
        )
    )


def _unread(understood: Understood) -> list[Problem]:
    """Return the problems of reading a message, days out behind a quantity included."""
    days = [code for filled in understood.fillings for code in filled.days_out]
    found = [Problem("days_out_unexpected", Level.ASK, (code,)) for code in days]
    return [*understood.problems, *found]


def _near(uow: UnitOfWork, understood: Understood) -> dict[str, int]:
    """Return quantities behind a word that is one slip away from a product's code, by that code."""
    found: dict[str, int] = {}
    known = products(uow.context.catalogue)
    for problem in understood.problems:
        near, number = str(problem.values.get("near", "")), problem.values.get("number")
        if problem.key == "unknown_code_near" and near in known and isinstance(number, int):
            found[near] = number
    return found


def _as_receipt(problem: Problem, near: dict[str, int]) -> Problem:
    """Return a problem of reading without its codes, which would be asked for as a report's."""
    if problem.key == "month_unclear":
        return Problem("receipt_missing", Level.ASK, (), {"command": RCU})
    if problem.key == "unknown_code_near":
        meant = problem.values["near"]
        values = {"typed": problem.values["typed"], "product": meant}
        level = Level.CONFIRM if meant in near else Level.ASK
        return Problem("receipt_near", level, (), values)
    values = dict(problem.values)
    if problem.codes:
        values |= {"code": problem.codes[0], "codes": " ".join(problem.codes)}
    return replace(problem, codes=(), values=values)


def _wrong_with(said: Products) -> list[Problem]:
    return [
        Problem("receipt_near", Level.ASK, (), {"typed": typed, "product": code})
        for typed, code in said.near.items()
    ]
