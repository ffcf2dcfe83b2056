"""The people whom a referral concerns, and their notices: each event once to each person."""

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

# For how long an alert is worth reading; a reminder is overtaken by the next one sooner.
FRESH = timedelta(hours=48)


def places(connection: Connection, site_ids: Collection[int], period: str) -> dict[int, Place]:
    """Return where these sites are in the month; a site that is none any more is left out."""
    above = org_tree.ancestors(connection, site_ids, period)
    return {
        site: Place(units[0], _at(units, UnitLevel.FACILITY), _at(units, UnitLevel.DISTRICT))
        for site, units in above.items()
        if units
    }


def places_of(connection: Connection, found: Iterable[Referral], period: str) -> dict[int, Place]:
    """Return, by referral, its site and the facility it went to, even if the site moved since."""
    found = list(found)
    sites = {referral.site_id for referral in found}
    facilities = {referral.facility_id for referral in found if referral.facility_id is not None}
    at = places(connection, sites | facilities, period)
    return {
        referral.id: _to(at[referral.site_id], at.get(referral.facility_id or 0))
        for referral in found
        if referral.site_id in at
    }


def _to(place: Place, facility: Place | None) -> Place:
    return place if facility is None else Place(place.site, facility.site, facility.district)


def _at(units: Iterable[Unit], level: str) -> Unit | None:
    return next((unit for unit in units if unit.level == level), None)


def agents(posts: Iterable[Post], referral: Referral) -> list[Post]:
    """Return the agent who made it, if still there; else the agents at the site now."""
    here = _with_role(posts, referral.site_id, Role.AGENT)
    return [post for post in here if post.id == referral.post_id] or here


def at_facility(posts: Iterable[Post], place: Place) -> list[Post]:
    """Return the DTC of the facility; for a site without a facility, the district."""
    role = Role.DTC if place.facility is not None else Role.DISTRICT
    return _with_role(posts, place.above.id, role) if place.above else []


def at_district(posts: Iterable[Post], place: Place) -> list[Post]:
    """Return the people of the district."""
    return _with_role(posts, place.district.id, Role.DISTRICT) if place.district else []


def _with_role(posts: Iterable[Post], unit_id: int, role: Role) -> list[Post]:
    return [post for post in posts if post.unit_id == unit_id and post.role == role]


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a referral, told once to each person.

    `name` distinguishes it from the other events of the referral. `words` says it in the
    language of each. After `until` (FRESH from now) it is not told any more. `topic` is REMINDER
    for a question that can wait for the morning, and is not sent to a number that opted out.
    """

    referral: Referral
    name: str
    words: Callable[[Speaker], str]
    until: datetime | None = None
    topic: str = TOPIC


def tell(
    connection: Connection, context: Context, event: Event, to: Iterable[Post], now: datetime
) -> int:
    """Queue the notices of an event; return how many people had not been told of it before."""
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
