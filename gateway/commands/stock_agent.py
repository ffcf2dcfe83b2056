"""RCU and RUPT of an agent: what came in at her site, and what ran out."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from gateway.commands import stock_supervisor as stock_questions
from gateway.conversation.message import Understood
from gateway.conversation.questions import Settled, open_question, remember
from gateway.reports.unit_of_work import UnitOfWork, fetch
from gateway.stock import alerts as stock_alerts
from gateway.stock import receipts
from gateway.stock import stockouts as stock_outs
from gateway.stock.stock_on_hand import products
from gateway.storage import stock
from gateway.storage.conversations import Conversation
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.roles import Role
from menus.reading.stock_words import ProductsSaid, products_said
from menus.rules.calendar import period_of
from menus.wording.sentences import say

LONGEST_OUT: Final = 62  # days; a stock-out said to be older is asked


def receive(uow: UnitOfWork, understood: Understood) -> Settled:
    """RCU ENF 20: keeps what came in, and asks what is odd about it."""
    site, post, message = understood.site, understood.post, understood.message
    if site is None or post is None:
        return Settled(problems=(Problem("site_unclear", Level.ASK),))
    quantities = {code: n for one in understood.fillings for code, n in one.values.items()}
    near = _near(uow, understood)
    judged = receipts.judge(uow.context.catalogue, quantities, near)
    problems = [*(_as_receipt(one, near) for one in _unread(understood)), *judged.problems]
    taken, asked = dict(judged.taken), dict(judged.asked)
    _bring_history(uow, site.id, understood)
    if taken and receipts.is_repeat(uow, site.id, quantities, message):
        values = {"receipts": receipts.listed(uow.context.catalogue, taken)}
        problems.append(Problem("receipt_again", Level.CONFIRM, (), values))
        taken, asked = {}, {**taken, **asked}
    noted = receipts.Noted("")
    if taken:
        delivery = receipts.Delivery(site.id, taken, message.sent_at)
        noted = receipts.note(uow, message, post, delivery)
        remember(uow, understood, noted.replies)
    if asked:
        waiting = receipts.Delivery(site.id, asked, message.sent_at)
        _ask(uow, understood, receipts.proposed(waiting))
    return Settled(noted.replies, tuple(problems), lead=noted.words)


def out_of_stock(uow: UnitOfWork, understood: Understood) -> Settled | str:
    """RUPT: an agent says what is out now; a supervisor asks who is out of what."""
    if understood.post is not None and understood.post.role != Role.AGENT:
        return stock_questions.who_is_out(uow, understood)
    site, post = understood.site, understood.post
    if site is None or post is None:
        return Settled(problems=(Problem("site_unclear", Level.ASK),))
    catalogue = uow.context.catalogue
    said = products_said(understood.arguments, catalogue)
    problems = _wrong_with(said)
    # What a supervisor would mean as a month is a number here, which no product takes.
    odd = understood.month is not None or bool(understood.problems)
    for code, days in list(said.days.items()):
        if odd or code in said.numbers or (days or 0) > LONGEST_OUT:
            problems.append(Problem("out_with_number", Level.ASK, (), {"product": code}))
            del said.days[code]
    if not said.days:
        codes = " ".join(products(catalogue))
        which = Problem("out_which", Level.ASK, (), {"products": codes})
        return Settled(problems=tuple(problems) or (which,))
    return Settled(problems=tuple(problems), lead=_note_outs(uow, understood, site.id, said))


def _note_outs(uow: UnitOfWork, understood: Understood, site_id: int, said: ProductsSaid) -> str:
    """Keeps what is out; the words say what is new and what was known."""
    message, post = understood.message, understood.post
    if post is None:
        raise ValueError("only a known person can say what is out")
    _bring_history(uow, site_id, understood)
    known = {one.code for one in stock.open_outs(uow.connection, [site_id])}
    new = []
    for code, days in said.days.items():
        since = message.sent_at - timedelta(days=days or 0)
        if code not in known and stock_outs.ran_out(uow, site_id, code, since, message):
            new.append(code)
    old = [code for code in said.days if code not in new]
    catalogue, words = uow.context.catalogue, []
    if new:
        words.append(say(catalogue, post.language, "out_noted", products=" ".join(new)))
        if stock_alerts.is_told(uow, site_id):
            words.append(say(catalogue, post.language, "out_told"))
    if old:
        words.append(say(catalogue, post.language, "out_known", products=" ".join(old)))
    return " ".join([*words, say(catalogue, post.language, "out_then")])


def _bring_history(uow: UnitOfWork, site_id: int, understood: Understood) -> None:
    """Loads what is known of the site's stock, by way of the month's counts."""
    sent_on = understood.message.sent_at.astimezone(uow.context.timezone).date()
    month = period_of(sent_on).code
    fetch(uow, {(site_id, form, month) for form in uow.context.catalogue.forms})


def _ask(uow: UnitOfWork, understood: Understood, waiting: dict[str, object]) -> None:
    """An OUI to this answer lets these receipts in."""
    if understood.post is None:
        raise ValueError("only a known person is asked")
    before = uow.conversations.get(understood.post.id)
    talk = before or Conversation(understood.post.id, understood.message.sent_at)
    still = open_question(uow, understood)
    uow.talk(
        replace(
            talk,
            asked_at=understood.message.sent_at,
            asked=still.asked if still else (),
            undo_id=None,
            proposed=waiting,
        )
    )


def _unread(understood: Understood) -> list[Problem]:
    """What of the message could not be read, days out behind a quantity included."""
    days = [code for one in understood.fillings for code in one.days_out]
    found = [Problem("days_out_unexpected", Level.ASK, (code,)) for code in days]
    return [*understood.problems, *found]


def _near(uow: UnitOfWork, understood: Understood) -> dict[str, int]:
    """Quantities behind a word that is one slip away from a product's code, by that code."""
    found: dict[str, int] = {}
    for one in understood.problems:
        near, number = str(one.values.get("near", "")), one.values.get("number")
        known = products(uow.context.catalogue)
        if one.key == "unknown_code_near" and near in known and isinstance(number, int):
            found[near] = number
    return found


def _as_receipt(problem: Problem, near: dict[str, int]) -> Problem:
    """A reader's question, without codes: they would be asked for as a report's."""
    if problem.key == "month_unclear":
        return Problem("receipt_missing", Level.ASK, (), {"command": "RCU"})
    if problem.key == "unknown_code_near":
        meant = problem.values["near"]
        values = {"typed": problem.values["typed"], "product": meant}
        level = Level.CONFIRM if meant in near else Level.ASK
        return Problem("receipt_near", level, (), values)
    values = dict(problem.values)
    if problem.codes:
        values |= {"code": problem.codes[0], "codes": " ".join(problem.codes)}
    return replace(problem, codes=(), values=values)


def _wrong_with(said: ProductsSaid) -> list[Problem]:
    return [
        Problem("receipt_near", Level.ASK, (), {"typed": typed, "product": code})
        for typed, code in said.near.items()
    ]
