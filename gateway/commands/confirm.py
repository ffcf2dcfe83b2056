"""OUI and NON: let what the last answer asked count, or drop it."""

from collections.abc import Sequence
from typing import Final

from gateway.commands import referral
from gateway.commands.undo import undo
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer, close_question, open_question
from gateway.model.report import drop
from gateway.reports.filing import Filed, Submission, file_submission, filled_of, reply_for
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import receipts, stockouts
from gateway.stock.shipments import proposed_in
from gateway.storage.conversations import Conversation
from gateway.storage.roster import Post
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.wording.replies import ReportReply

_NOTHING_TO_CONFIRM: Final = Answer(problems=(Problem("nothing_to_confirm", Level.ASK),))


def confirm(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """OUI: let everything count that the last answer asked, or undo it."""
    conversation, post = open_question(uow, understood), understood.post
    if conversation is None or post is None:
        return _NOTHING_TO_CONFIRM
    undo_id = conversation.undo_id
    if undo_id is not None:
        close_question(uow, conversation)
        return referral.withdraw(uow, understood, undo_id) or undo(uow, understood, undo_id)
    filed = _file_asked(uow, understood, post, conversation)
    stockouts.note_changes(uow, filed)
    recorded, shipment = receipts.Recorded(""), proposed_in(conversation)
    if shipment is not None:
        recorded = receipts.record(uow, understood.message, post, shipment)
    close_question(uow, conversation)
    if not filed and not recorded.text:
        return _NOTHING_TO_CONFIRM
    replies = _newest([filing.reply for filing in filed], recorded.replies)
    return Answer(tuple(replies), lead=recorded.text, site_id=_site_of(conversation))


def refuse(uow: UnitOfWork, understood: Understood) -> Answer:
    """NON: drop what waited for an OUI; what is stored stays."""
    conversation = open_question(uow, understood)
    if conversation is None:
        return _NOTHING_TO_CONFIRM
    replies = []
    for asked in conversation.asked:
        report = uow.reports.get(asked.key)
        if report is not None:
            report = drop(report, asked.codes)
            uow.put(report)
            form = uow.context.catalogue.forms[report.form]
            replies.append(reply_for(uow, form, report))
    close_question(uow, conversation)
    return Answer(tuple(replies), note="dropped", site_id=_site_of(conversation))


def _file_asked(
    uow: UnitOfWork, understood: Understood, post: Post, conversation: Conversation
) -> list[Filed]:
    """File the numbers that waited for this OUI."""
    filed = []
    for asked in conversation.asked:
        report = uow.reports.get(asked.key)
        waiting = report.pending if report is not None else {}
        numbers = {code: waiting[code] for code in asked.codes if code in waiting}
        if numbers:
            filled = filled_of(asked.key[1], numbers)
            submission = Submission(
                understood.message, post, asked.key, filled, confirmed=asked.codes
            )
            filed.append(file_submission(uow, submission))
    return filed


def _site_of(conversation: Conversation) -> int | None:
    """Return the site that a question was about; None when it was about several, or none."""
    sites = {asked.key[0] for asked in conversation.asked}
    shipment = proposed_in(conversation)
    if shipment is not None:
        sites.add(shipment.site_id)
    return next(iter(sites)) if len(sites) == 1 else None


def _newest(replies: Sequence[ReportReply], again: Sequence[ReportReply]) -> list[ReportReply]:
    """Return the replies; of two about the same report, the later."""
    about = {(reply.form, reply.period): reply for reply in (*replies, *again)}
    return list(about.values())
