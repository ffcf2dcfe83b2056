"""What an OUI, a NON or an ANNULE does to the reports on the desk."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway.commands import referral as referrals
from gateway.conversation.message import Understood
from gateway.conversation.questions import Settled
from gateway.model.referral import Referral
from gateway.model.report import restore, stamp
from gateway.reports.filing import keep, reply_for
from gateway.reports.locking import is_locked
from gateway.reports.unit_of_work import UnitOfWork, fetch, store
from gateway.stock import stockouts as stock_outs
from gateway.storage import inbox, roster, stock, versions
from gateway.storage.conversations import Conversation
from gateway.storage.roster import Post
from gateway.storage.versions import Change
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.model.roles import Role
from menus.wording.replies import ReportReply


def _one(site_ids: set[int]) -> int | None:
    return next(iter(site_ids)) if len(site_ids) == 1 else None


def ask_to_undo(uow: UnitOfWork, understood: Understood) -> Settled:
    """ANNULE: asks whether her last message that changed something shall be undone."""
    store(uow)
    last = _last_said(uow, understood)
    if last is None:
        return Settled(problems=(Problem("nothing_to_undo", Level.ASK),))
    understood = replace(understood, post=last.post)
    if last.referral is not None:
        _hold_undo(uow, understood, last)
        problem = Problem("undo_referral", Level.CONFIRM, values={"number": last.referral.number})
        return Settled(problems=(problem,))
    changes = versions.changes_of(uow.connection, last.message_id)
    fetch(uow, {change.key for change in changes})
    current = [one for one in changes if uow.reports[one.key].version == one.version]
    receipts, outs = stock.touched_by(uow.connection, last.message_id)
    if not current and not receipts and not outs:
        return Settled(problems=(Problem("nothing_to_undo", Level.ASK),))
    kept = [uow.reports[one.key] for one in current if _is_kept(uow, understood, one)]
    if kept:
        code = next(iter(kept[0].values), "")
        return Settled(problems=(Problem("change_closed", Level.REFUSE, (code,)),))
    _hold_undo(uow, understood, last, current)
    words = [change.key[1] for change in current]
    words += ["RCU"] if receipts else ["RUPT"] if outs and not current else []
    if len(understood.posts) > 1 or last.post.role != Role.AGENT:
        words += _names(uow, {change.key[0] for change in current}) or [last.post.unit_name]
    return Settled(problems=(Problem("undo", Level.CONFIRM, values={"form": " ".join(words)}),))


class _LastSaid(NamedTuple):
    """A message that changed something: at which post it was said, and what it referred."""

    message_id: int
    post: Post
    referral: Referral | None = None


def _last_said(uow: UnitOfWork, understood: Understood) -> _LastSaid | None:
    """Her last message that changed something, at whichever of her posts she said it, or at the
    one whose site she names."""
    found: dict[int, _LastSaid] = {}
    for post in _posts_meant(understood):
        for one in (
            versions.last_changing_message(uow.connection, post.id),
            stock.last_message(uow.connection, post),
        ):
            if one is not None:
                found[one] = _LastSaid(one, post)
        referral = referrals.last_to_undo(uow.connection, post.id)
        if referral is not None and referral.inbox_id is not None:
            found[referral.inbox_id] = _LastSaid(referral.inbox_id, post, referral)
    sent = inbox.sent_at(uow.connection, [*found])
    return found[max(found, key=lambda one: (sent[one], one))] if found else None


def _posts_meant(understood: Understood) -> list[Post]:
    """Where what she wants to undo may have been said."""
    own = [post for post in understood.posts if post.role == Role.AGENT]
    site = understood.site
    if site is not None and len(own) > 1:
        return [post for post in own if post.unit_id == site.id]
    posts = {post.id: post for post in (understood.post, *understood.posts) if post is not None}
    return [*posts.values()]


def _names(uow: UnitOfWork, site_ids: Collection[int]) -> list[str]:
    month = uow.now.astimezone(uow.context.timezone).strftime("%Y%m")
    units = roster.units_by_id(uow.connection, site_ids, month) if site_ids else {}
    return sorted(unit.name for unit in units.values())


def _hold_undo(
    uow: UnitOfWork, understood: Understood, last: _LastSaid, changes: Sequence[Change] = ()
) -> None:
    """An OUI to this answer undoes that message. What is still to be told stays."""
    sent_at, touched = understood.message.sent_at, tuple(change.key for change in changes)
    before = uow.conversations.get(last.post.id) or Conversation(last.post.id, sent_at)
    asked = Conversation(last.post.id, sent_at, undo_id=last.message_id, touched=touched)
    uow.talk(replace(asked, more=before.more, more_at=before.more_at))


def undo(uow: UnitOfWork, understood: Understood, message_id: int) -> Settled:
    """The versions before that message count again."""
    store(uow)
    changes = versions.changes_of(uow.connection, message_id)
    fetch(uow, {change.key for change in changes})
    had_stock = stock_outs.take_back(uow, message_id)
    replies = [
        _restored(uow, understood, change)
        for change in changes
        if uow.reports[change.key].version == change.version
        and not _is_kept(uow, understood, change)
    ]
    if not replies and not had_stock:
        return Settled(problems=(Problem("nothing_to_undo", Level.ASK),))
    return Settled(
        tuple(replies), note="undone", site_id=_one({change.key[0] for change in changes})
    )


def _is_kept(uow: UnitOfWork, understood: Understood, change: Change) -> bool:
    """Whether she may not undo this: it would change what an agent may no longer change."""
    agent = understood.post is not None and understood.post.role == Role.AGENT
    return agent and is_locked(uow, uow.reports[change.key], understood.message.sent_at)


def _restored(uow: UnitOfWork, understood: Understood, change: Change) -> ReportReply:
    form = uow.context.catalogue.forms[change.key[1]]
    message, post = understood.message, understood.post
    if post is None:
        raise ValueError("only a known person can undo a message")
    filing = restore(
        form,
        uow.reports[change.key],
        change.values_before,
        change.days_out_before,
        mark=stamp(message.sent_at, message.id),
        now=uow.now,
    )
    keep(uow, form, filing, message, post)
    return reply_for(uow, form, uow.reports[change.key])
