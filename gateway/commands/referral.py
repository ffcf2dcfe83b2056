"""Use cases: REF registers a referral, ANNULE withdraws it.

It is kept at once, under a number of its own; the centre gets a notice, and it is forwarded to
DHIS2. A text that may hold a name or a telephone number is not kept.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

from gateway.commands.referral_moves import (
    erase_strange_text,
    notify_centre,
    numbers_since,
    people_above,
    place_of,
    queue_forward,
    record_step,
    speaker_for,
    with_privacy_note,
)
from gateway.conversation.message import Understood
from gateway.model.referral import Referral, ReferralStep, move, numbers
from gateway.referrals import notifications
from gateway.referrals.notifications import Event
from gateway.referrals.texts import Place, Speaker
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import referrals
from gateway.storage.engine import Connection
from gateway.storage.roster import Post
from menus.model.arguments import ReferredPatient
from menus.model.cross_check import Level
from menus.model.problem import Problem
from menus.wording.replies import problem_reply


def register(uow: UnitOfWork, understood: Understood) -> str:
    """REF: register a referral under a number of its own, or ask what of it is unclear."""
    said = understood.arguments_as(ReferredPatient)
    speaker, post, site = speaker_for(uow, understood), understood.post, understood.site
    erase_strange_text(uow, understood, strange=said.strange or understood.personal)
    personal = said.personal or understood.personal
    if post is None or site is None:
        return with_privacy_note(speaker, _problem(speaker, "site_unclear"), personal=personal)
    if said.unclear:
        return with_privacy_note(speaker, speaker.unclear(said), personal=personal)
    month = uow.context.month(understood.message.sent_at)
    place = notifications.places(uow.connection, [site.id], month)[site.id]
    known = _sent_before(uow, understood, post)
    referral = known or _new(uow, understood, said, place)
    centre = notifications.at_facility(people_above(uow.connection, place, month), place)
    if known is None:
        event = Event(referral, "new", lambda speaker: speaker.alert(referral, place))
        notifications.tell(uow.connection, uow.context, event, centre, uow.now)
    text = speaker.registered(referral, place, told=bool(centre), again=known is not None)
    return with_privacy_note(speaker, text, personal=personal)


def last_to_undo(connection: Connection, post_id: int) -> Referral | None:
    """Return the newest referral of a post, while ANNULE can still withdraw it; else None."""
    last = referrals.last_of(connection, post_id)
    if last is None or last.inbox_id is None:
        return None
    undone = move(last, ReferralStep.WITHDRAWN, last.made_at, last.made_at, follow_up=None)
    return last if undone is not None else None


def withdraw(uow: UnitOfWork, understood: Understood, message_id: int) -> str | None:
    """Withdraw the referral that a message made; return the answer, None without a referral."""
    referral = referrals.of_message(uow.connection, message_id)
    if referral is None:
        return None
    moved = record_step(uow, understood, referral, ReferralStep.WITHDRAWN, None)
    if moved is None:
        return None
    month = uow.context.month(understood.message.sent_at)
    place = place_of(uow, moved, month)
    notified = notify_centre(uow, moved, place, ReferralStep.WITHDRAWN, month)
    speaker = speaker_for(uow, understood)
    text = speaker.told(place, told=True) if notified else ""
    return speaker.say("ref_undone", number=moved.number, told=text).strip()


def facilities_of(connection: Connection, sites: Mapping[str, Collection[int]]) -> set[int]:
    """Return the facilities of sites, given by month (YYYYMM): a facility uses a number once."""
    found: set[int] = set()
    for month, site_ids in sites.items():
        places = notifications.places(connection, site_ids, month)
        found |= {place.facility.id for place in places.values() if place.facility is not None}
    return found


def _new(uow: UnitOfWork, understood: Understood, said: ReferredPatient, place: Place) -> Referral:
    """Store a new referral, under the first number that is free at its facility."""
    message, post = understood.message, understood.post
    if post is None:
        raise ValueError("only a known person can refer a patient")
    facility = place.facility.id if place.facility is not None else None
    since = numbers_since(uow, understood)
    taken = referrals.numbers_taken(uow.connection, facility, place.site.id, since)
    key = f"{place.site.code}/{message.sent_at.isoformat()}/{message.id}"
    referral = Referral(
        site_id=place.site.id,
        facility_id=facility,
        post_id=post.id,
        inbox_id=message.id,
        number=next(number for number in numbers(key) if number not in taken),
        age_months=said.age_months,
        sex=said.sex,
        reason=said.reason,
        treatments=said.treatments,
        made_at=message.sent_at,
        changed_at=uow.now,
    )
    referral = referrals.add(uow.connection, referral)
    queue_forward(uow, referral)
    uow.counters["referrals"] += 1
    return referral


def _sent_before(uow: UnitOfWork, understood: Understood, post: Post) -> Referral | None:
    """Return the referral that the same text of the same post made a moment ago, if any."""
    message = understood.message
    minutes = uow.context.catalogue.programme.referrals.same_within_minutes
    apart = timedelta(minutes=minutes)
    return referrals.same_text(
        uow.connection,
        post.id,
        message.text_hash,
        message.sent_at - apart,
        message.sent_at + apart,
    )


def _problem(speaker: Speaker, key: str) -> str:
    problem = Problem(key, Level.ASK)
    return problem_reply(speaker.context.catalogue, speaker.language, [problem])
