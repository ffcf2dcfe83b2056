"""OUI and NON: what the last answer asked counts now, or is dropped."""

from collections.abc import Sequence

from gateway.commands import referral
from gateway.commands.undo import undo
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer, open_question, settle
from gateway.model.report import drop
from gateway.reports.filing import Filed, Submission, file_submission, filled_of, reply_for
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import receipts, stockouts
from gateway.storage.conversations import Conversation
from gateway.storage.roster import Post
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.wording.replies import ReportReply


def confirm(uow: UnitOfWork, understood: Understood) -> Answer | str:
    """OUI: let everything count that the last answer asked, or undo it."""
    talk, post = open_question(uow, understood), understood.post
    if talk is None or post is None:
        return Answer(problems=(Problem("nothing_to_confirm", Level.ASK),))
    if talk.undo_id is not None:
        settle(uow, talk)
        return referral.withdraw(uow, understood, talk.undo_id) or undo(
            uow, understood, talk.undo_id
        )
    filed = _file_asked(uow, understood, post, talk)
    stockouts.note_changes(uow, filed)
    noted = receipts.Noted("")
    if talk.proposed is not None:
        noted = receipts.note_proposed(uow, understood.message, post, talk.proposed)
    settle(uow, talk)
    if not filed and not noted.words:
        return Answer(problems=(Problem("nothing_to_confirm", Level.ASK),))
    replies = _newest([filing.reply for filing in filed], noted.replies)
    return Answer(tuple(replies), lead=noted.words, site_id=_site_of(talk))


def refuse(uow: UnitOfWork, understood: Understood) -> Answer:
    """NON: drop what waited for an OUI; what is stored stays."""
    talk = open_question(uow, understood)
    if talk is None:
        return Answer(problems=(Problem("nothing_to_confirm", Level.ASK),))
    replies = []
    for asked in talk.asked:
        report = uow.reports.get(asked.key)
        if report is not None:
            report = drop(report, asked.codes)
            uow.put(report)
            form = uow.context.catalogue.forms[report.form]
            replies.append(reply_for(uow, form, report))
    settle(uow, talk)
    return Answer(tuple(replies), note="dropped", site_id=_site_of(talk))


def _file_asked(
    uow: UnitOfWork, understood: Understood, post: Post, talk: Conversation
) -> list[Filed]:
    """File the numbers that waited for this OUI."""
    filed = []
    for asked in talk.asked:
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


def _site_of(talk: Conversation) -> int | None:
    """The one site that a question was about, if it was one."""
    sites = {asked.key[0] for asked in talk.asked}
    if talk.proposed is not None:
        sites.add(int(talk.proposed["site"]))
    return next(iter(sites)) if len(sites) == 1 else None


def _newest(replies: Sequence[ReportReply], again: Sequence[ReportReply]) -> list[ReportReply]:
    """The replies, of two about one report the later."""
    about = {(reply.form, reply.period): reply for reply in (*replies, *again)}
    return list(about.values())
