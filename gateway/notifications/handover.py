"""Handover of a leaving agent's open work to the agent who works at the site now.

Numbers that wait for an OUI stay with the report; only the person who is asked about them
changes. Referrals need no handover: `gateway.referrals.notifications` tells the agents of the
site.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from gateway.context import Context
from gateway.storage import conversations, handovers, outbox_sms, reports, roster, scheduled_runs
from gateway.storage.conversations import QUESTION_LIFETIME, Asked, Conversation
from gateway.storage.engine import Connection
from gateway.storage.handovers import LeftPost
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.roster import Post
from menus.model.period import Period
from menus.model.roles import Role
from menus.rules.calendar import month_name
from menus.wording.sentences import say

TOPIC: Final = "handover"  # of a notice whose subject holds `post`, the id of the new agent's


def hand_over(connection: Connection, month: str, now: datetime) -> int:
    """Transfer open questions of agents who left to their site's agent of the month.

    Return the number transferred. Idempotent.
    """
    gone = handovers.posts_left(connection, month)
    staff = roster.posts_at(connection, {left.unit_id for left in gone}, month)
    talks = conversations.load(connection, [left.post_id for left in gone])
    passed = 0
    for left in gone:
        agents = [post for post in staff.get(left.unit_id, []) if post.role == Role.AGENT]
        if agents:
            handovers.reassign_notices(connection, left.unit_id, [left.phone], agents[0].phone)
            passed += _pass_question(connection, left, talks.get(left.post_id), agents[0], now)
    return passed


def hand_over_due(connection: Connection, context: Context, now: datetime) -> int:
    """Hand over for the agents who left with the month that has begun; return the number.

    The roster of an earlier month may have said so. Done once a month, by the first clock.
    """
    month = context.month(now)
    name = f"handover:{month}"
    if scheduled_runs.is_done(connection, name):
        return 0
    scheduled_runs.create(connection, name)
    if scheduled_runs.take(connection, name) is None:
        return 0
    passed = hand_over(connection, month, now)
    scheduled_runs.finish(connection, name, now)
    return passed


def compose(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """Return the question to the new agent in place of the one who left; None once settled."""
    month = context.month(now)
    found = roster.posts_of(connection, [phone], month).get(phone, [])
    post = next((held for held in found if held.id == subject["post"]), None)
    talk = conversations.load(connection, [post.id]).get(post.id) if post else None
    if post is None or talk is None:
        return None
    waiting = _waiting(connection, context, post, talk.asked)
    if not waiting:
        return None
    numbers = ", ".join(waiting)
    return say(
        context.catalogue, post.language, "handed_over", site=post.unit_name, numbers=numbers
    )


def _pass_question(
    connection: Connection, gone: LeftPost, talk: Conversation | None, to: Post, now: datetime
) -> int:
    """Give the question to the new agent, unless another one is open there; return how many."""
    if talk is None or not talk.asked or now - talk.asked_at > QUESTION_LIFETIME:
        return 0
    before = conversations.load(connection, [to.id]).get(to.id)
    if before is not None and before.is_open and now - before.asked_at <= QUESTION_LIFETIME:
        return 0
    touched = tuple(asked.key for asked in talk.asked)
    taken = Conversation(to.id, now, talk.asked, touched=touched)
    conversations.save(connection, [replace(talk, asked=(), undo_id=None), taken])
    notice = NewNotice(
        key=f"{TOPIC}:{gone.post_id}:{to.id}:{now:%Y%m%d}",
        phone=to.phone,
        topic=TOPIC,
        due_at=now,
        expires_at=now + QUESTION_LIFETIME,
        subject={"post": to.id},
        unit_id=to.unit_id,
    )
    outbox_sms.add_notices(connection, [notice], now)
    return 1


def _waiting(
    connection: Connection, context: Context, post: Post, asked: Sequence[Asked]
) -> list[str]:
    """Return the numbers that still wait, as `PEC octobre VUS 160`."""
    stored = reports.load(connection, [question.key for question in asked])
    found = []
    for question in asked:
        _, form, period = question.key
        report = stored.get(question.key)
        pending = report.pending if report is not None else {}
        month = month_name(Period.parse(period), post.language, context.catalogue.programme)
        found += [
            f"{form} {month} {code} {pending[code].value}"
            for code in question.codes
            if code in pending
        ]
    return found
