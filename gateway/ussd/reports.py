"""Read and file reports for a dialogue, by the same unit of work as an SMS.

A group that was confirmed on the screen is a message like any other: a row in the inbox, read
in the transaction that stores it, with the versions, forwards and history that come of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.context import Context
from gateway.conversation.message import Site, Understood
from gateway.conversation.questions import remember
from gateway.model.report import Key, stamp
from gateway.reports.closing import is_closed
from gateway.reports.filing import Submission, file_submission
from gateway.reports.rule_context import context_of
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import stockouts, treatment_stock
from gateway.storage import inbox, outbox_sms, reports
from gateway.storage.engine import Connection
from gateway.storage.inbox import READ, Message, Read
from gateway.storage.roster import Post
from menus import gsm7
from menus.model.period import Period
from menus.model.reading import Filled
from menus.rules.history import known_elsewhere
from menus.ussd.state import File, Sheet
from menus.wording import replies
from menus.wording.replies import ReportReply

PROVIDER: Final = "ussd"


@dataclass(frozen=True, slots=True)
class FiledGroup:
    """A group after it was filed: the report as it is stored now, and the text of an answer.

    `queued` tells that an SMS with the receipt will follow, `low` which products will not last.
    """

    sheet: Sheet
    text: str
    queued: bool
    low: str


def sheet_in(connection: Connection, context: Context, key: Key, now: datetime) -> Sheet:
    """Return what is stored of a report, as a screen needs it."""
    return _sheet(UnitOfWork(connection, context, now), key)


def file_group(
    connection: Connection, context: Context, message: Message, post: Post, file: File
) -> FiledGroup:
    """File a confirmed group for the site of `post`, in the caller's transaction."""
    now, key = message.received_at, (post.unit_id, file.form, file.month)
    filled = Filled(file.form, dict(file.values), dict(file.days_out))
    understood = Understood(
        message,
        post,
        site=Site(post.unit_id, post.unit_code, post.unit_name),
        fillings=(filled,),
        period=Period.parse(file.month),
    )
    reports.lock_sites(connection, {post.unit_id})
    uow = UnitOfWork(connection, context, now, {post.unit_id})
    uow.prefetch([key], [message.text_hash])
    filed = file_submission(uow, Submission(message, post, key, filled, confirmed=file.asked))
    stockouts.note_changes(uow, [filed])
    remember(uow, understood, [filed.reply])
    low = treatment_stock.warn(uow, [key], post.language)
    text = replies.report_reply(context.catalogue, post.language, [filed.reply], closing=low)
    queued = context.catalogue.programme.ussd.sms_receipt and filed.reply.complete
    if queued:
        uow.outgoing.add_reply(_receipt(message, key, text))
    inbox.settle(connection, [Read(message.id, READ, post.id)], now)
    _count(uow, filed.reply)
    uow.finish()
    return FiledGroup(_sheet(uow, key), text, queued, low)


def _count(uow: UnitOfWork, reply: ReportReply) -> None:
    uow.counters["read"] += 1
    uow.counters["ussd_groups"] += 1
    uow.counters["refused" if reply.problems else "understood"] += 1


def _receipt(message: Message, key: Key, text: str) -> outbox_sms.NewReply:
    return outbox_sms.NewReply(
        key=f"reply:{message.id}",
        phone=message.phone,
        text=text,
        parts=len(gsm7.parts(text)),
        message_id=message.id,
        unit_id=key[0],
        form=key[1],
        period=key[2],
    )


def _sheet(uow: UnitOfWork, key: Key) -> Sheet:
    site, keyword, month = key
    form, report = uow.context.catalogue.forms[keyword], uow.reports.get(key)
    done = uow.reports.complete_forms(site, month)
    terms = [term for check in form.checks for term in check.terms]
    named = {name for term in terms for name in (term.name, term.code)}
    rule_context = context_of(uow, key, stamp(uow.now, 0), form.codes)
    found = known_elsewhere(form.checks, rule_context)
    known = {name: number for name, number in found.items() if name in named}
    open_forms = (form for form in uow.context.catalogue.forms if form not in done)
    others = tuple(other for other in open_forms if other != keyword)
    if report is None:
        return Sheet(keyword, month, others=others, known=known)
    return Sheet(
        form=keyword,
        month=month,
        values=dict(report.values),
        receipt=report.receipt,
        complete=report.complete,
        locked=is_closed(uow.context, report, uow.now),
        others=others,
        known=known,
    )
