"""Use cases: CRF records the outcome of a referral, PARTI, REFUS and FAIT the agent's steps.

A step is kept at once, the other side gets a notice, and it is forwarded to DHIS2. No SMS tells
of a death. A text that may hold a name or a telephone number is not kept.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from gateway.commands.referral_moves import (
    erase_strange_text,
    notify_agent,
    notify_centre,
    numbers_since,
    place_of,
    record_step,
    speaker_for,
    with_privacy_note,
)
from gateway.conversation.message import Understood
from gateway.model.referral import Referral, ReferralState, ReferralStep
from gateway.referrals import notifications
from gateway.referrals.texts import Speaker
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import org_tree, referrals, roster
from menus.model.arguments import ReferralOutcome
from menus.model.roles import Role

_DONE: Final = {
    ReferralStep.LEFT: "ref_left",
    ReferralStep.DECLINED: "ref_declined",
    ReferralStep.FOLLOWED_UP: "ref_visited",
}


def record_outcome(uow: UnitOfWork, understood: Understood) -> str:
    """CRF: record the outcome of a referral, sent by the centre or the district."""
    said = understood.arguments_as(ReferralOutcome)
    speaker = speaker_for(uow, understood)
    erase_strange_text(uow, understood, strange=said.strange or understood.personal)
    personal = said.personal or understood.personal
    if not said.number:
        return with_privacy_note(speaker, speaker.say("crf_which"), personal=personal)
    if not said.letter:
        text = speaker.say("crf_what", number=said.number)
        return with_privacy_note(speaker, text, personal=personal)
    found = _in_area(uow, understood, said.number)
    if len(found) != 1:
        text = _none_or_several(uow, speaker, said.number, found)
        return with_privacy_note(speaker, text, personal=personal)
    text = _record_outcome(uow, understood, found[0], said)
    return with_privacy_note(speaker, text, personal=personal)


def left(uow: UnitOfWork, understood: Understood) -> str:
    """PARTI: record that the patient is on the way to the centre."""
    return _step_of_agent(uow, understood, ReferralStep.LEFT)


def declined(uow: UnitOfWork, understood: Understood) -> str:
    """REFUS: record that the patient will not go, or cannot."""
    return _step_of_agent(uow, understood, ReferralStep.DECLINED)


def followed_up(uow: UnitOfWork, understood: Understood) -> str:
    """FAIT: record that the agent has made the follow-up visit."""
    return _step_of_agent(uow, understood, ReferralStep.FOLLOWED_UP)


def _step_of_agent(uow: UnitOfWork, understood: Understood, step: ReferralStep) -> str:
    """Record a step of the agent for the referral whose number was typed; return the answer."""
    said = understood.arguments_as(ReferralOutcome)
    speaker, site = speaker_for(uow, understood), understood.site
    erase_strange_text(uow, understood, strange=said.strange or understood.personal)
    personal = said.personal or understood.personal
    if not said.number:
        text = speaker.say("ref_step_which", command=understood.command)
        return with_privacy_note(speaker, text, personal=personal)
    # Without a site named, the number tells which of the agent's sites is meant.
    sites = [site.id] if site is not None else _units_as(uow, understood, Role.AGENT)
    found = _not_withdrawn(
        referrals.by_number(
            uow.connection, said.number, numbers_since(uow, understood), sites=sites
        )
    )
    if not found:
        text = speaker.say("ref_unknown", number=said.number)
    else:
        text = _record_step(uow, understood, speaker, found[0], step)
    return with_privacy_note(speaker, text, personal=personal)


def _record_outcome(
    uow: UnitOfWork, understood: Understood, referral: Referral, said: ReferralOutcome
) -> str:
    """Record an outcome, notify the agent, and return the answer."""
    month = uow.context.month(understood.message.sent_at)
    place = place_of(uow, referral, month)
    speaker, step = speaker_for(uow, understood), ReferralStep(said.letter)
    visit = _visit(uow, understood, said.days) if step is ReferralStep.TREATED else None
    moved = record_step(uow, understood, referral, step, visit)
    values = {"number": referral.number, "site": place.site.name}
    if moved is None:
        return speaker.say("crf_same", **values, state=speaker.state(referral))
    parts = [speaker.say("crf_done", **values, state=speaker.state(moved))]
    if moved.follow_up_on is not None:
        parts.append(speaker.say("crf_visit", day=speaker.day(moved.follow_up_on)))
    if step is ReferralStep.DIED:
        parts.append(speaker.say("crf_call"))
    elif notify_agent(uow, moved, place, step, month):
        parts.append(speaker.say("crf_told"))
    if step is ReferralStep.ARRIVED:
        parts.append(speaker.say("crf_next", number=referral.number))
    return " ".join(parts)


def _record_step(
    uow: UnitOfWork,
    understood: Understood,
    speaker: Speaker,
    referral: Referral,
    step: ReferralStep,
) -> str:
    """Record a step of the agent, notify the centre of what it did not know; return the answer."""
    moved = record_step(uow, understood, referral, step, None)
    if moved is None:
        return speaker.unchanged_for_agent(referral)
    was_missed = step is ReferralStep.LEFT and referral.state in {
        ReferralState.NOT_ARRIVED,
        ReferralState.DECLINED,
    }
    if step is ReferralStep.DECLINED or was_missed:
        month = uow.context.month(understood.message.sent_at)
        notify_centre(uow, moved, place_of(uow, moved, month), step, month)
    return speaker.say(_DONE[step], number=moved.number)


def _visit(uow: UnitOfWork, understood: Understood, days: int | None) -> date:
    """Return the day until which the agent visits, counted from the day of the CRF."""
    if days is None:
        days = uow.context.catalogue.programme.referrals.follow_up_days
    return uow.context.today(understood.message.sent_at) + timedelta(days=days)


def _in_area(uow: UnitOfWork, understood: Understood, number: str) -> list[Referral]:
    """Return the referrals with this number that the sender may answer: the open ones, if any."""
    facilities, districts = (_units_as(uow, understood, role) for role in (Role.DTC, Role.DISTRICT))
    month = uow.context.month(understood.message.sent_at)
    sites = org_tree.sites_below(uow.connection, districts, month) if districts else []
    found = _not_withdrawn(
        referrals.by_number(
            uow.connection,
            number,
            numbers_since(uow, understood),
            facilities=facilities,
            sites=[site.id for site in sites],
        )
    )
    return [referral for referral in found if referral.is_open] or found


def _not_withdrawn(found: Iterable[Referral]) -> list[Referral]:
    return [referral for referral in found if referral.state is not ReferralState.WITHDRAWN]


def _none_or_several(uow: UnitOfWork, speaker: Speaker, number: str, found: list[Referral]) -> str:
    if not found:
        return speaker.say("ref_unknown", number=number)
    month = uow.context.month(uow.now)
    places = notifications.places(uow.connection, {referral.site_id for referral in found}, month)
    names = sorted({place.site.name for place in places.values()})
    return speaker.say("ref_several", number=number, sites=", ".join(names))


def _units_as(uow: UnitOfWork, understood: Understood, role: Role) -> list[int]:
    """Return the units at which the sender has a role in the month of sending."""
    phone, month = understood.message.phone, uow.context.month(understood.message.sent_at)
    posts = roster.posts_of(uow.connection, [phone], month).get(phone, [])
    return [post.unit_id for post in posts if post.role == role]
