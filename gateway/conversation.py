"""What an OUI, a NON or an ANNULE does to the reports on the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway import referrals
from gateway.desk import Desk, fetch, store
from gateway.filing import Said, file_said, keep, reply_for
from gateway.referral import Referral
from gateway.report import drop, restore, stamp
from gateway.storage import inbox, versions
from gateway.storage.conversations import Asked, Conversation
from gateway.storage.versions import Change
from gateway.understanding import MEMORY, Understood
from menus.model import Filled, Level, Problem
from menus.wording import ReportReply


@dataclass(frozen=True, slots=True)
class Settled:
    """The reports that an answer touched, and what else is to be said."""

    replies: tuple[ReportReply, ...] = ()
    problems: tuple[Problem, ...] = ()
    note: str = ""


def open_question(desk: Desk, understood: Understood) -> Conversation | None:
    """What her last answer asked, if it is still open."""
    post = understood.post
    talk = desk.conversations.get(post.id) if post is not None else None
    if talk is None or not talk.is_open:
        return None
    return talk if understood.message.sent_at - talk.asked_at <= MEMORY else None


def confirm(desk: Desk, understood: Understood) -> Settled | str:
    """OUI: everything that her last answer asked counts now, or is undone."""
    talk = open_question(desk, understood)
    if talk is None or understood.post is None:
        return Settled(problems=(Problem("nothing_to_confirm", Level.ASK),))
    if talk.undo_id is not None:
        settle(desk, talk)
        return referrals.withdraw(desk, understood, talk.undo_id) or _undo(
            desk, understood, talk.undo_id
        )
    replies = []
    for asked in talk.asked:
        waiting = desk.reports[asked.key].pending
        numbers = {code: waiting[code] for code in asked.codes if code in waiting}
        if not numbers:
            continue
        days = {code: one.days_out for code, one in numbers.items() if one.days_out is not None}
        filled = Filled(asked.key[1], {code: one.value for code, one in numbers.items()}, days)
        said = Said(understood.message, understood.post, asked.key, filled, confirmed=asked.codes)
        replies.append(file_said(desk, said))
    settle(desk, talk)
    if not replies:
        return Settled(problems=(Problem("nothing_to_confirm", Level.ASK),))
    return Settled(tuple(replies))


def refuse(desk: Desk, understood: Understood) -> Settled:
    """NON: what waited for her OUI is dropped; what is stored stays."""
    talk = open_question(desk, understood)
    if talk is None:
        return Settled(problems=(Problem("nothing_to_confirm", Level.ASK),))
    replies = []
    for asked in talk.asked:
        form = desk.house.catalogue.forms[asked.key[1]]
        desk.reports[asked.key] = drop(desk.reports[asked.key], asked.codes)
        desk.touched.add(asked.key)
        replies.append(reply_for(desk, form, desk.reports[asked.key]))
    settle(desk, talk)
    return Settled(tuple(replies), note="dropped")


def ask_to_undo(desk: Desk, understood: Understood) -> Settled:
    """ANNULE: asks whether her last message that changed something shall be undone."""
    if understood.post is None:
        return Settled()
    store(desk)
    message_id = versions.last_changing_message(desk.connection, understood.post.id)
    referral = referrals.last_to_undo(desk.connection, understood.post.id)
    if referral is not None and _is_last(desk, referral.inbox_id, message_id):
        return _ask_to_withdraw(desk, understood, referral)
    changes = versions.changes_of(desk.connection, message_id) if message_id is not None else []
    fetch(desk, {change.key for change in changes})
    current = [one for one in changes if desk.reports[one.key].version == one.version]
    if message_id is None or not current:
        return Settled(problems=(Problem("nothing_to_undo", Level.ASK),))
    desk.talk(
        Conversation(
            post_id=understood.post.id,
            asked_at=understood.message.sent_at,
            undo_id=message_id,
            touched=tuple(change.key for change in current),
        )
    )
    forms = " ".join(change.key[1] for change in current)
    return Settled(problems=(Problem("undo", Level.CONFIRM, values={"form": forms}),))


def _is_last(desk: Desk, one: int | None, other: int | None) -> bool:
    """Whether the first message was sent after the second, which need not be there."""
    if one is None or other is None:
        return one is not None
    sent = inbox.sent_at(desk.connection, [one, other])
    return (sent[one], one) > (sent[other], other)


def _ask_to_withdraw(desk: Desk, understood: Understood, referral: Referral) -> Settled:
    """ANNULE after a REF: the question that an OUI answers."""
    if understood.post is not None:
        sent_at, message_id = understood.message.sent_at, referral.inbox_id
        desk.talk(Conversation(understood.post.id, sent_at, undo_id=message_id))
    problem = Problem("undo_referral", Level.CONFIRM, values={"number": referral.number})
    return Settled(problems=(problem,))


def _undo(desk: Desk, understood: Understood, message_id: int) -> Settled:
    """The versions before that message count again."""
    store(desk)
    changes = versions.changes_of(desk.connection, message_id)
    fetch(desk, {change.key for change in changes})
    replies = [
        _restored(desk, understood, change)
        for change in changes
        if desk.reports[change.key].version == change.version
    ]
    if not replies:
        return Settled(problems=(Problem("nothing_to_undo", Level.ASK),))
    return Settled(tuple(replies), note="undone")


def _restored(desk: Desk, understood: Understood, change: Change) -> ReportReply:
    form = desk.house.catalogue.forms[change.key[1]]
    message, post = understood.message, understood.post
    if post is None:
        raise ValueError("only a known person can undo a message")
    filing = restore(
        form,
        desk.reports[change.key],
        change.values_before,
        change.days_out_before,
        mark=stamp(message.sent_at, message.id),
        now=desk.now,
    )
    keep(desk, form, filing, message, post)
    return reply_for(desk, form, desk.reports[change.key])


def settle(desk: Desk, talk: Conversation) -> None:
    """The question is answered."""
    desk.talk(replace(talk, asked=(), undo_id=None))


def remember(desk: Desk, understood: Understood, replies: Sequence[ReportReply]) -> None:
    """Notes which reports this message touched, and what its answer asks.

    A question stays open until the next one, so that an OUI may come after another report.
    """
    if understood.post is None or understood.site is None or not replies:
        return
    keys = tuple((understood.site.id, one.form, one.period.code) for one in replies)
    asked = tuple(
        Asked(key, one.to_confirm) for key, one in zip(keys, replies, strict=True) if one.to_confirm
    )
    before = desk.conversations.get(understood.post.id)
    sent_at = understood.message.sent_at
    if asked or before is None:
        talk = Conversation(understood.post.id, sent_at, asked, touched=keys)
    else:
        talk = replace(before, touched=keys, asked_at=max(sent_at, before.asked_at))
    desk.talk(talk)
