"""Use cases: CRF says what became of a referral; PARTI, REFUS and FAIT what the agent knows.

Whatever is said is kept at once, the other side is told by a notice, and DHIS2 is to have it. A
death is told to nobody by SMS. A text that may hold a name or a telephone number is not kept.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from gateway.commands.referral_moves import (
    forget,
    in_use_since,
    place_of,
    speaker_for,
    take,
    tell_agent,
    tell_centre,
    with_reminder,
)
from gateway.conversation.message import Understood
from gateway.model.referral import Referral, ReferralState, ReferralStep
from gateway.referrals import notifications
from gateway.referrals.texts import Speaker
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import org_tree, referrals, roster
from menus.model.arguments import ReferralOutcome
from menus.model.roles import Role

_SAID: Final = {
    ReferralStep.LEFT: "ref_left",
    ReferralStep.DECLINED: "ref_declined",
    ReferralStep.FOLLOWED_UP: "ref_visited",
}


def answer(uow: UnitOfWork, understood: Understood) -> str:
    """CRF: what became of a referral, from the centre or the district."""
    said = understood.arguments_as(ReferralOutcome)
    speaker = speaker_for(uow, understood)
    forget(uow, understood, strange=said.strange or understood.personal)
    personal = said.personal or understood.personal
    if not said.number:
        return with_reminder(speaker, speaker.say("crf_which"), personal=personal)
    if not said.letter:
        text = speaker.say("crf_what", number=said.number)
        return with_reminder(speaker, text, personal=personal)
    found = _in_the_area(uow, understood, said.number)
    if len(found) != 1:
        text = _none_or_several(uow, speaker, said.number, found)
        return with_reminder(speaker, text, personal=personal)
    text = _answered(uow, understood, found[0], said)
    return with_reminder(speaker, text, personal=personal)


def left(uow: UnitOfWork, understood: Understood) -> str:
    """PARTI: the patient is on the way to the centre."""
    return _step_of_agent(uow, understood, ReferralStep.LEFT)


def declined(uow: UnitOfWork, understood: Understood) -> str:
    """REFUS: the patient will not go, or cannot."""
    return _step_of_agent(uow, understood, ReferralStep.DECLINED)


def followed_up(uow: UnitOfWork, understood: Understood) -> str:
    """FAIT: the agent has made the follow-up visit."""
    return _step_of_agent(uow, understood, ReferralStep.FOLLOWED_UP)


def _step_of_agent(uow: UnitOfWork, understood: Understood, step: ReferralStep) -> str:
    said = understood.arguments_as(ReferralOutcome)
    speaker, site = speaker_for(uow, understood), understood.site
    forget(uow, understood, strange=said.strange or understood.personal)
    personal = said.personal or understood.personal
    if not said.number:
        text = speaker.say("ref_step_which", command=understood.command)
        return with_reminder(speaker, text, personal=personal)
    sites = [site.id] if site is not None else _own_sites(uow, understood)
    found = _not_withdrawn(
        referrals.by_number(uow.connection, said.number, in_use_since(uow, understood), sites=sites)
    )
    if not found:
        text = speaker.say("ref_unknown", number=said.number)
    else:
        text = _stepped(uow, understood, speaker, found[0], step)
    return with_reminder(speaker, text, personal=personal)


def _answered(
    uow: UnitOfWork, understood: Understood, referral: Referral, said: ReferralOutcome
) -> str:
    """Keeps the centre's word, tells the agent, and says what was noted."""
    month = uow.context.month(understood.message.sent_at)
    place = place_of(uow, referral, month)
    speaker, step = speaker_for(uow, understood), ReferralStep(said.letter)
    visit = _visit(uow, understood, said.days) if step is ReferralStep.TREATED else None
    moved = take(uow, understood, referral, step, visit)
    told = {"number": referral.number, "site": place.site.name}
    if moved is None:
        return speaker.say("crf_same", **told, state=speaker.state(referral))
    parts = [speaker.say("crf_done", **told, state=speaker.state(moved))]
    if moved.follow_up_on is not None:
        parts.append(speaker.say("crf_visit", day=speaker.day(moved.follow_up_on)))
    if step is ReferralStep.DIED:
        parts.append(speaker.say("crf_call"))
    elif tell_agent(uow, moved, place, step, month):
        parts.append(speaker.say("crf_told"))
    if step is ReferralStep.ARRIVED:
        parts.append(speaker.say("crf_next", number=referral.number))
    return " ".join(parts)


def _stepped(
    uow: UnitOfWork,
    understood: Understood,
    speaker: Speaker,
    referral: Referral,
    step: ReferralStep,
) -> str:
    """Keeps the agent's word, and tells the centre what it did not know."""
    moved = take(uow, understood, referral, step, None)
    if moved is None:
        return speaker.unchanged_for_agent(referral)
    was_missed = step is ReferralStep.LEFT and referral.state in {
        ReferralState.NOT_ARRIVED,
        ReferralState.DECLINED,
    }
    if step is ReferralStep.DECLINED or was_missed:
        month = uow.context.month(understood.message.sent_at)
        tell_centre(uow, moved, place_of(uow, moved, month), step, month)
    return speaker.say(_SAID[step], number=moved.number)


def _visit(uow: UnitOfWork, understood: Understood, days: int | None) -> date:
    """The day until which the agent visits, counted from the centre's word."""
    if days is None:
        days = uow.context.catalogue.programme.referrals.follow_up_days
    said_on = understood.message.sent_at.astimezone(uow.context.timezone).date()
    return said_on + timedelta(days=days)


def _in_the_area(uow: UnitOfWork, understood: Understood, number: str) -> list[Referral]:
    """The referrals with this number that the sender may answer; the open ones, if there are."""
    month = uow.context.month(understood.message.sent_at)
    phone = understood.message.phone
    posts = roster.posts_of(uow.connection, [phone], month).get(phone, [])
    facilities = [one.unit_id for one in posts if one.role == Role.DTC]
    districts = [one.unit_id for one in posts if one.role == Role.DISTRICT]
    sites = org_tree.sites_below(uow.connection, districts, month) if districts else []
    found = _not_withdrawn(
        referrals.by_number(
            uow.connection,
            number,
            in_use_since(uow, understood),
            facilities=facilities,
            sites=[site.id for site in sites],
        )
    )
    return [one for one in found if one.is_open] or found


def _not_withdrawn(found: Iterable[Referral]) -> list[Referral]:
    return [one for one in found if one.state is not ReferralState.WITHDRAWN]


def _none_or_several(uow: UnitOfWork, speaker: Speaker, number: str, found: list[Referral]) -> str:
    if not found:
        return speaker.say("ref_unknown", number=number)
    month = uow.context.month(uow.now)
    where = notifications.places(uow.connection, {one.site_id for one in found}, month)
    names = sorted({place.site.name for place in where.values()})
    return speaker.say("ref_several", number=number, sites=", ".join(names))


def _own_sites(uow: UnitOfWork, understood: Understood) -> list[int]:
    """All sites at which the sender is the agent: a number tells which of them is meant."""
    month = uow.context.month(understood.message.sent_at)
    phone = understood.message.phone
    posts = roster.posts_of(uow.connection, [phone], month).get(phone, [])
    return [one.unit_id for one in posts if one.role == Role.AGENT]
