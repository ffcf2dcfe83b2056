"""OUI and NON: what the last answer asked counts now, or is dropped."""

from collections.abc import Sequence

from gateway.commands import referral as referrals
from gateway.commands.undo import undo
from gateway.conversation.message import Understood
from gateway.conversation.questions import Settled, open_question, settle
from gateway.model.report import drop
from gateway.reports.filing import Said, file_said, reply_for
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import receipts as receiving
from gateway.storage.conversations import Conversation
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.wording.replies import ReportReply


def confirm(uow: UnitOfWork, understood: Understood) -> Settled | str:
    """OUI: everything that her last answer asked counts now, or is undone."""
    talk = open_question(uow, understood)
    if talk is None or understood.post is None:
        return Settled(problems=(Problem("nothing_to_confirm", Level.ASK),))
    if talk.undo_id is not None:
        settle(uow, talk)
        return referrals.withdraw(uow, understood, talk.undo_id) or undo(
            uow, understood, talk.undo_id
        )
    replies = []
    for asked in talk.asked:
        waiting = uow.reports[asked.key].pending
        numbers = {code: waiting[code] for code in asked.codes if code in waiting}
        if not numbers:
            continue
        days = {code: one.days_out for code, one in numbers.items() if one.days_out is not None}
        filled = Filled(asked.key[1], {code: one.value for code, one in numbers.items()}, days)
        said = Said(understood.message, understood.post, asked.key, filled, confirmed=asked.codes)
        replies.append(file_said(uow, said))
    noted = receiving.Noted("")
    if talk.proposed is not None:
        noted = receiving.note_proposed(uow, understood.message, understood.post, talk.proposed)
    settle(uow, talk)
    if not replies and not noted.words:
        return Settled(problems=(Problem("nothing_to_confirm", Level.ASK),))
    told = tuple(_newest(replies, noted.replies))
    return Settled(told, lead=noted.words, site_id=_site_of(talk))


def _site_of(talk: Conversation) -> int | None:
    """The one site that a question was about, if it was one."""
    sites = {one.key[0] for one in talk.asked}
    if talk.proposed is not None:
        sites.add(int(talk.proposed["site"]))
    return next(iter(sites)) if len(sites) == 1 else None


def _newest(replies: Sequence[ReportReply], again: Sequence[ReportReply]) -> list[ReportReply]:
    """The replies, of two about one report the later."""
    about = {(one.form, one.period): one for one in (*replies, *again)}
    return list(about.values())


def refuse(uow: UnitOfWork, understood: Understood) -> Settled:
    """NON: what waited for her OUI is dropped; what is stored stays."""
    talk = open_question(uow, understood)
    if talk is None:
        return Settled(problems=(Problem("nothing_to_confirm", Level.ASK),))
    replies = []
    for asked in talk.asked:
        form = uow.context.catalogue.forms[asked.key[1]]
        uow.reports[asked.key] = drop(uow.reports[asked.key], asked.codes)
        uow.touched.add(asked.key)
        replies.append(reply_for(uow, form, uow.reports[asked.key]))
    settle(uow, talk)
    return Settled(tuple(replies), note="dropped", site_id=_site_of(talk))
