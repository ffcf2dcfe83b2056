"""What REF, CRF and the agent's steps share: moving a referral on, telling whom it concerns."""

from datetime import date, datetime, timedelta
from typing import Final

from gateway.conversation.message import Understood
from gateway.model.referral import Referral, ReferralStep, move
from gateway.referrals import notifications
from gateway.referrals.notifications import Event
from gateway.referrals.texts import Place, Speaker
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import inbox, recipients, referral_forwards, referrals
from gateway.storage.engine import Connection
from gateway.storage.referrals import REMINDER, TOPIC
from gateway.storage.roster import Post

MONTH: Final = timedelta(days=31)


def take(
    uow: UnitOfWork,
    understood: Understood,
    referral: Referral,
    step: ReferralStep,
    visit: date | None,
) -> Referral | None:
    """Takes the step, if it leads anywhere; what it overtakes is not told any more.

    That somebody has left, or was visited, overtakes a question and no news: the centre must
    still hear of who is on the way.
    """
    moved = move(referral, step, understood.message.sent_at, uow.now, follow_up=visit)
    if moved is None or not referrals.save(uow.connection, moved):
        return None
    overtakes_news = step not in (ReferralStep.LEFT, ReferralStep.FOLLOWED_UP)
    topics = (TOPIC, REMINDER) if overtakes_news else (REMINDER,)
    referrals.expire_notices(uow.connection, moved, topics, uow.now)
    want(uow, moved)
    return moved


def want(uow: UnitOfWork, referral: Referral) -> None:
    """DHIS2 is to have the referral as it stands now."""
    month = uow.context.month(referral.made_at)
    wanted = {referral.id: referral.site_id}
    referral_forwards.request(uow.connection, wanted, month, uow.now)


def tell_agent(
    uow: UnitOfWork, moved: Referral, place: Place, step: ReferralStep, month: str
) -> int:
    """Tells the agent of this step; returns how many people that are."""
    at_site = recipients.working_at(uow.connection, [moved.site_id], month)
    event = Event(moved, str(moved.version), lambda speaker: speaker.news(step, moved, place))
    to = notifications.agents(at_site, moved)
    return notifications.tell(uow.connection, uow.context, event, to, uow.now)


def tell_centre(
    uow: UnitOfWork, moved: Referral, place: Place, step: ReferralStep, month: str
) -> int:
    """Tells the centre of this step; returns how many people that are."""
    to = notifications.at_facility(people_above(uow.connection, place, month), place)
    event = Event(moved, str(moved.version), lambda speaker: speaker.news(step, moved, place))
    return notifications.tell(uow.connection, uow.context, event, to, uow.now)


def people_above(connection: Connection, place: Place, month: str) -> list[Post]:
    """Everybody at the unit that is told of a referral from there."""
    return recipients.working_at(connection, [place.above.id], month) if place.above else []


def place_of(uow: UnitOfWork, referral: Referral, month: str) -> Place:
    """Where a referral was made, and who is above."""
    return notifications.places_of(uow.connection, [referral], month)[referral.id]


def in_use_since(uow: UnitOfWork, understood: Understood) -> datetime:
    """How far back a number is still in use."""
    months = uow.context.catalogue.programme.referrals.number_months
    return understood.message.sent_at - months * MONTH


def speaker_for(uow: UnitOfWork, understood: Understood) -> Speaker:
    """Answers in the language of whom it answers."""
    language = understood.post.language if understood.post else "fr"
    return Speaker(uow.context, language, uow.now)


def forget(uow: UnitOfWork, understood: Understood, *, strange: bool) -> None:
    """A text that may hold somebody's name or number is not kept."""
    if strange:
        inbox.forget_text(uow.connection, understood.message.id)


def with_reminder(speaker: Speaker, text: str, *, personal: bool) -> str:
    """The text, and that names and telephone numbers do not belong in an SMS."""
    return f"{text} {speaker.say('personal')}" if personal else text
