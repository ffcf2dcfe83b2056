"""Periodic work on open referrals: reminders, the notice to the district, the closing.

After a day the agent and the facility are asked; after two they are asked again and the district
is told; after a month a referral without an answer is closed. Its state is looked at in that
very moment, and each event is told to each person once, so that a clock that was away, or two of
them, tell nothing twice. What the next stage has overtaken is not told any more.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.context import Context
from gateway.model.referral import Referral, ReferralState, close_unanswered
from gateway.referrals import notifications
from gateway.referrals.notifications import Event
from gateway.referrals.texts import Place
from gateway.storage import counters, recipients, referral_forwards, referrals
from gateway.storage.engine import Connection
from gateway.storage.referrals import REMINDER, Due
from gateway.storage.roster import Post
from menus.model.programme import ReferralTimes

PAGE: Final = 500
_NOT_HEARD_OF: Final = frozenset({ReferralState.SENT, ReferralState.LEFT})
_NOT_THERE: Final = _NOT_HEARD_OF | {ReferralState.NOT_ARRIVED}


def remind_due(connection: Connection, context: Context, now: datetime) -> int:
    """Do what is due about up to PAGE referrals; return about how many. Repeat until 0."""
    times = context.catalogue.programme.referrals
    found = referrals.unanswered(connection, _due(times, now), PAGE)
    over = timedelta(days=times.close_after_days)
    old = [referral for referral in found if now - referral.made_at >= over]
    _close(connection, context, old, now)
    fresh = [referral for referral in found if now - referral.made_at < over]
    _remind(connection, context, fresh, now)
    counters.add(connection, {"referrals_unanswered": len(old)} if old else {})
    return len(found)


def drop_ages(connection: Connection, context: Context, now: datetime) -> int:
    """Blank the age in referrals that are old enough; return how many. Repeat until 0."""
    days = context.catalogue.programme.referrals.drop_age_after_days
    return referrals.drop_ages(connection, now - timedelta(days=days))


def _due(times: ReferralTimes, now: datetime) -> Due:
    return Due(
        now - timedelta(hours=times.remind_after_hours),
        now - timedelta(hours=times.escalate_after_hours),
        now - timedelta(days=times.close_after_days),
    )


def _close(
    connection: Connection, context: Context, found: Sequence[Referral], now: datetime
) -> None:
    """Close these with no notice: the people concerned were asked, and have them listed."""
    for referral in found:
        closed = close_unanswered(referral, now)
        if referrals.save(connection, closed):
            month = context.month(closed.made_at)
            referral_forwards.request(connection, {closed.id: closed.site_id}, month, now)


def _remind(
    connection: Connection, context: Context, found: Sequence[Referral], now: datetime
) -> None:
    times = context.catalogue.programme.referrals
    month = context.month(now)
    places = notifications.places_of(connection, found, month)
    posts = recipients.working_at(connection, _units(places.values()), month)
    again = timedelta(hours=times.escalate_after_hours)
    for referral in found:
        place = places.get(referral.id)
        if place is None:
            continue
        second = now - referral.made_at >= again
        for event, to in _events(times, referral, place, posts, second=second, now=now):
            notifications.tell(connection, context, event, to, now)
    for stage, wanted in ((1, False), (2, True)):
        ids = [each.id for each in found if (now - each.made_at >= again) is wanted]
        referrals.mark_reminded(connection, ids, stage)


def _units(places: Iterable[Place]) -> set[int]:
    units = [
        unit for place in places for unit in (place.site, place.facility, place.district) if unit
    ]
    return {unit.id for unit in units}


def _events(
    times: ReferralTimes,
    referral: Referral,
    place: Place,
    posts: Sequence[Post],
    *,
    second: bool,
    now: datetime,
) -> Iterable[tuple[Event, list[Post]]]:
    """Yield the events of this stage, each with the people to be told.

    An agent who sent PARTI has no more to say. The district is told once of a patient who has
    not arrived, however long ago; the others get no question that is older than a stage.
    """
    name = "chase_2" if second else "chase_1"
    hours = times.escalate_after_hours + (times.remind_after_hours if second else 0)
    until = referral.made_at + timedelta(hours=hours)
    if referral.state in _NOT_HEARD_OF and now < until:
        if referral.state is ReferralState.SENT:
            asked = Event(
                referral, name, lambda speaker: speaker.ask_agent(referral), until, REMINDER
            )
            yield asked, notifications.agents(posts, referral)
        asked = Event(
            referral, name, lambda speaker: speaker.ask_facility(referral, place), until, REMINDER
        )
        yield asked, notifications.at_facility(posts, place)
    if second and referral.state in _NOT_THERE:
        told = Event(referral, "escalated", lambda speaker: speaker.escalated(referral, place))
        yield told, notifications.at_district(posts, place)
