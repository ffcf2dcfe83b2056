"""ANNULE: undo the sender's last message, after an OUI."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway.commands import referral as referrals
from gateway.conversation.message import Understood
from gateway.conversation.questions import Answer
from gateway.model.referral import Referral
from gateway.model.report import Report, restore, stamp
from gateway.reports.closing import is_closed
from gateway.reports.filing import Filed, put_filing, reply_for
from gateway.reports.unit_of_work import UnitOfWork
from gateway.stock import stockouts
from gateway.storage import inbox, roster, stock, versions
from gateway.storage.conversations import Conversation
from gateway.storage.roster import Post
from gateway.storage.versions import Change
from menus.model.command import RCU, RUPT
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.roles import Role


def ask_to_undo(uow: UnitOfWork, understood: Understood) -> Answer:
    """ANNULE: ask whether to undo the sender's last message that changed something."""
    last = _last_change(uow, understood)
    if last is None:
        return Answer(problems=(Problem("nothing_to_undo", Level.ASK),))
    understood = replace(understood, post=last.post)
    if last.referral is not None:
        _hold_undo(uow, understood, last)
        problem = Problem("undo_referral", Level.CONFIRM, values={"number": last.referral.number})
        return Answer(problems=(problem,))
    current = _current(uow, versions.changes_of(uow.connection, last.message_id))
    receipts, opened = stock.touched_by(uow.connection, last.message_id)
    if not current and not receipts and not opened:
        return Answer(problems=(Problem("nothing_to_undo", Level.ASK),))
    kept = [report for _, report in current if _is_kept(uow, understood, report)]
    if kept:
        code = next(iter(kept[0].values), "")
        return Answer(problems=(Problem("change_closed", Level.REFUSE, (code,)),))
    _hold_undo(uow, understood, last, [change for change, _ in current])
    names = [change.key[1] for change, _ in current]
    names += [RCU] if receipts else [RUPT] if opened and not current else []
    if len(understood.posts) > 1 or last.post.role != Role.AGENT:
        sites = {change.key[0] for change, _ in current}
        names += _unit_names(uow, sites) or [last.post.unit_name]
    return Answer(problems=(Problem("undo", Level.CONFIRM, values={"form": " ".join(names)}),))


class _LastChange(NamedTuple):
    """A message that changed something, the post of its sender, and the referral that it made."""

    message_id: int
    post: Post
    referral: Referral | None = None


def _last_change(uow: UnitOfWork, understood: Understood) -> _LastChange | None:
    """Return the last message that changed something, at any post that may be meant."""
    found: dict[int, _LastChange] = {}
    for post in _posts_meant(understood):
        for message_id in (
            versions.last_changing_message(uow.connection, post.id),
            stock.last_message(uow.connection, post),
        ):
            if message_id is not None:
                found[message_id] = _LastChange(message_id, post)
        referral = referrals.last_to_undo(uow.connection, post.id)
        if referral is not None and referral.inbox_id is not None:
            found[referral.inbox_id] = _LastChange(referral.inbox_id, post, referral)
    sent = inbox.sent_at(uow.connection, [*found])
    newest = max(found, key=lambda message_id: (sent[message_id], message_id), default=None)
    return found[newest] if newest is not None else None


def _posts_meant(understood: Understood) -> list[Post]:
    """Return the posts whose messages may be meant: all, or the one whose site is named."""
    own = [post for post in understood.posts if post.role == Role.AGENT]
    site = understood.site
    if site is not None and len(own) > 1:
        return [post for post in own if post.unit_id == site.id]
    posts = {post.id: post for post in (understood.post, *understood.posts) if post is not None}
    return [*posts.values()]


def _current(uow: UnitOfWork, changes: Sequence[Change]) -> list[tuple[Change, Report]]:
    """Return the changes whose version still counts, each with its report."""
    uow.prefetch([change.key for change in changes])
    found = [(change, uow.reports.get(change.key)) for change in changes]
    return [
        (change, report)
        for change, report in found
        if report is not None and report.version == change.version
    ]


def _unit_names(uow: UnitOfWork, site_ids: Collection[int]) -> list[str]:
    month = uow.context.month(uow.now)
    units = roster.units_by_id(uow.connection, site_ids, month) if site_ids else {}
    return sorted(unit.name for unit in units.values())


def _hold_undo(
    uow: UnitOfWork, understood: Understood, last: _LastChange, changes: Sequence[Change] = ()
) -> None:
    """Let an OUI to this answer undo the message. Pages still to come stay."""
    sent_at, touched = understood.message.sent_at, tuple(change.key for change in changes)
    before = uow.conversations.get(last.post.id) or Conversation(last.post.id, sent_at)
    asked = Conversation(last.post.id, sent_at, undo_id=last.message_id, touched=touched)
    uow.conversations.put(replace(asked, more=before.more, more_at=before.more_at))


def undo(uow: UnitOfWork, understood: Understood, message_id: int) -> Answer:
    """Let the versions before a message count again, and take back its receipts and stock-outs."""
    changes = versions.changes_of(uow.connection, message_id)
    had_stock = stockouts.take_back(uow, message_id)
    filed = [
        _restore(uow, understood, change, report)
        for change, report in _current(uow, changes)
        if not _is_kept(uow, understood, report)
    ]
    stockouts.note_changes(uow, filed)
    if not filed and not had_stock:
        return Answer(problems=(Problem("nothing_to_undo", Level.ASK),))
    sites = {change.key[0] for change in changes}
    site_id = next(iter(sites)) if len(sites) == 1 else None
    return Answer(tuple(filing.reply for filing in filed), note="undone", site_id=site_id)


def _is_kept(uow: UnitOfWork, understood: Understood, report: Report) -> bool:
    """Return whether the sender may not undo this: an agent may no longer change the report."""
    agent = not understood.by_supervisor
    return agent and is_closed(uow.context, report, understood.message.sent_at)


def _restore(uow: UnitOfWork, understood: Understood, change: Change, report: Report) -> Filed:
    form = uow.context.catalogue.forms[change.key[1]]
    message, post = understood.message, understood.post
    if post is None:
        raise ValueError("only a known person can undo a message")
    filing = restore(
        form,
        report,
        change.values_before,
        change.days_out_before,
        mark=stamp(message.sent_at, message.id),
        now=uow.now,
    )
    restored, changed = put_filing(uow, form, filing, message, post)
    return Filed(reply_for(uow, form, restored), changed)
