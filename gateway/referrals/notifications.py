"""Whom a referral concerns, and the notices that tell them: each event once to each person."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.context import Context
from gateway.model.referral import Referral
from gateway.model.unit_levels import UnitLevel
from gateway.referrals.texts import Place, Speaker
from gateway.storage import org_tree, outbox_sms
from gateway.storage.engine import Connection
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.referrals import TOPIC
from gateway.storage.roster import Post, Unit
from menus.model.roles import Role

# So long an alert is worth reading; a reminder is overtaken by the next one sooner.
FRESH = timedelta(hours=48)


def month_of(context: Context, moment: datetime) -> str:
    return moment.astimezone(context.timezone).strftime("%Y%m")


def places(connection: Connection, site_ids: Collection[int], period: str) -> dict[int, Place]:
    """Where these sites are in the month; a site that is none any more is left out."""
    lines = org_tree.ancestors(connection, site_ids, period)
    return {
        site: Place(line[0], _at(line, UnitLevel.FACILITY), _at(line, UnitLevel.DISTRICT))
        for site, line in lines.items()
        if line
    }


def places_of(connection: Connection, found: Iterable[Referral], period: str) -> dict[int, Place]:
    """By referral, where it was made, and to which facility, even if the site moved since."""
    found = list(found)
    facilities = {one.facility_id for one in found if one.facility_id is not None}
    at = places(connection, {one.site_id for one in found} | facilities, period)
    return {
        one.id: _to(at[one.site_id], at.get(one.facility_id or 0))
        for one in found
        if one.site_id in at
    }


def _to(place: Place, facility: Place | None) -> Place:
    return place if facility is None else Place(place.site, facility.site, facility.district)


def _at(line: Iterable[Unit], level: str) -> Unit | None:
    return next((unit for unit in line if unit.level == level), None)


def agents(posts: Iterable[Post], referral: Referral) -> list[Post]:
    """Who made it, if she is still there; else whoever works at the site now."""
    here = [one for one in posts if one.unit_id == referral.site_id and one.role == Role.AGENT]
    return [one for one in here if one.id == referral.post_id] or here


def at_the_centre(posts: Iterable[Post], place: Place) -> list[Post]:
    """The DTC of the facility; for a site without a facility, the district."""
    role = Role.DTC if place.facility is not None else Role.DISTRICT
    above = place.above
    return [one for one in posts if above and one.unit_id == above.id and one.role == role]


def at_the_district(posts: Iterable[Post], place: Place) -> list[Post]:
    above = place.district
    return [one for one in posts if above and one.unit_id == above.id and one.role == Role.DISTRICT]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a referral, told once to each person.

    `name` tells it from everything else that happens to the referral. `words` says it in the
    language of each. After `until` (FRESH from now) it is not told any more. `topic` is REMINDER
    for a question that can wait for the morning, and that nobody need have who wants none.
    """

    referral: Referral
    name: str
    words: Callable[[Speaker], str]
    until: datetime | None = None
    topic: str = TOPIC


def tell(
    connection: Connection, context: Context, event: Event, to: Iterable[Post], now: datetime
) -> int:
    """Tells an event; returns how many people had not been told of it before."""
    notices = [
        NewNotice(
            key=f"{TOPIC}:{event.referral.id}:{event.name}:{post.phone}",
            phone=post.phone,
            topic=event.topic,
            due_at=now,
            expires_at=event.until or now + FRESH,
            text=event.words(Speaker(context, post.language, now)),
            unit_id=event.referral.site_id,
        )
        for post in to
    ]
    return outbox_sms.add_notices(connection, notices, now)
