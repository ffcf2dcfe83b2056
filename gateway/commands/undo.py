"""What an OUI, a NON or an ANNULE does to the reports on the desk."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from gateway.commands import referral as referrals
from gateway.conversation.interpretation import AGENT, MEMORY, Understood
from gateway.model.referral import Referral
from gateway.model.report import drop, restore, stamp
from gateway.reports.filing import Said, file_said, is_locked, keep, reply_for
from gateway.reports.unit_of_work import UnitOfWork, fetch, store
from gateway.stock import receipts as receiving
from gateway.stock import stockouts as stock_outs
from gateway.storage import inbox, roster, stock, versions
from gateway.storage.conversations import Asked, Conversation
from gateway.storage.roster import Post
from gateway.storage.versions import Change
from menus.model.catalogue import Filled, Problem
from menus.model.cross_check import Level
from menus.wording.replies import ReportReply

# What was said of a referral is kept as such; its text may hold a name, and has had its use.
_MAY_NAME_SOMEBODY: Final = frozenset({"REF", "CRF", "PARTI", "REFUS", "FAIT"})


@dataclass(frozen=True, slots=True)
class Settled:
    """The reports that an answer touched, at `site_id` where she did not name it, and what else
    is to be said.

    `note` is the key of a sentence to begin with, `lead` are words to begin with, `closing`
    words to end with where two parts have room for them.
    """

    replies: tuple[ReportReply, ...] = ()
    problems: tuple[Problem, ...] = ()
    note: str = ""
    lead: str = ""
    closing: str = ""
    site_id: int | None = None


def open_question(uow: UnitOfWork, understood: Understood) -> Conversation | None:
    """What her last answer asked, if it is still open."""
    post = understood.post
    talk = uow.conversations.get(post.id) if post is not None else None
    if talk is None or not talk.is_open:
        return None
    return talk if understood.message.sent_at - talk.asked_at <= MEMORY else None


def confirm(uow: UnitOfWork, understood: Understood) -> Settled | str:
    """OUI: everything that her last answer asked counts now, or is undone."""
    talk = open_question(uow, understood)
    if talk is None or understood.post is None:
        return Settled(problems=(Problem("nothing_to_confirm", Level.ASK),))
    if talk.undo_id is not None:
        settle(uow, talk)
        return referrals.withdraw(uow, understood, talk.undo_id) or _undo(
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
    return _one(sites)


def _one(site_ids: set[int]) -> int | None:
    return next(iter(site_ids)) if len(site_ids) == 1 else None


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
    if len(understood.posts) > 1 or last.post.role != AGENT:
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
    own = [post for post in understood.posts if post.role == AGENT]
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


def _undo(uow: UnitOfWork, understood: Understood, message_id: int) -> Settled:
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
    agent = understood.post is not None and understood.post.role == AGENT
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


def hold(uow: UnitOfWork, understood: Understood) -> None:
    """Notes a message that waits for the name of its site, or that it waits no more."""
    post = understood.post
    waits = any(problem.key == "site_unclear" for problem in understood.problems)
    if post is None or not (waits or understood.taken_up):
        return
    for at in understood.posts:
        talk = uow.conversations.get(at.id)
        if talk is not None and talk.held_id is not None:
            uow.talk(replace(talk, held_id=None))
            if understood.taken_up and understood.command in _MAY_NAME_SOMEBODY:
                inbox.forget_text(uow.connection, talk.held_id)
    if waits:
        sent_at = understood.message.sent_at
        talk = uow.conversations.get(post.id) or Conversation(post.id, sent_at)
        asked_at = max(talk.asked_at, sent_at)
        uow.talk(replace(talk, held_id=understood.message.id, asked_at=asked_at))


def forget_if_refused(uow: UnitOfWork, understood: Understood) -> None:
    """What somebody says of a patient who may not say it is not even read, nor kept."""
    for problem in understood.problems:
        refused = problem.key == "not_for_you"
        if refused and problem.values.get("command") in _MAY_NAME_SOMEBODY:
            inbox.forget_text(uow.connection, understood.message.id)


def settle(uow: UnitOfWork, talk: Conversation) -> None:
    """The question is answered."""
    uow.talk(replace(talk, asked=(), undo_id=None, proposed=None))


def remember(uow: UnitOfWork, understood: Understood, replies: Sequence[ReportReply]) -> None:
    """Notes which reports this message touched, and what its answer asks.

    A question stays open until the next one, so that an OUI may come after another report, but
    for no longer than it would have. An ANNULE is over with the next report: that is her last
    message then.
    """
    if understood.post is None or understood.site is None or not replies:
        return
    keys = tuple((understood.site.id, one.form, one.period.code) for one in replies)
    asked = tuple(
        Asked(key, one.to_confirm) for key, one in zip(keys, replies, strict=True) if one.to_confirm
    )
    before = uow.conversations.get(understood.post.id)
    sent_at = understood.message.sent_at
    if asked or before is None:
        talk = Conversation(understood.post.id, sent_at, asked, touched=keys)
        if before is not None:
            talk = replace(talk, more=before.more, more_at=before.more_at)
    else:
        still = open_question(uow, understood)
        if still is None or still.undo_id is not None:
            before = replace(before, asked=(), undo_id=None, proposed=None)
        asked_at = before.asked_at if before.is_open else max(sent_at, before.asked_at)
        talk = replace(before, touched=keys, asked_at=asked_at, held_id=None)
    uow.talk(talk)
