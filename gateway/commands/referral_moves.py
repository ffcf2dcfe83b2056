"""Share between REF, CRF and the agent's steps: move a referral on, notify the other side."""

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


def record_step(
    uow: UnitOfWork,
    understood: Understood,
    referral: Referral,
    step: ReferralStep,
    visit: date | None,
) -> Referral | None:
    """Record a step of a referral; return the referral after it, None when it leads nowhere.

    Notices that the step overtakes are not sent any more. That the patient has left, or was
    visited, overtakes a question and no news: the centre must still hear who is on the way.
    """
    moved = move(referral, step, understood.message.sent_at, uow.now, follow_up=visit)
    if moved is None or not referrals.save(uow.connection, moved):
        return None
    overtakes_news = step not in (ReferralStep.LEFT, ReferralStep.FOLLOWED_UP)
    topics = (TOPIC, REMINDER) if overtakes_news else (REMINDER,)
    referrals.expire_notices(uow.connection, moved, topics, uow.now)
    queue_forward(uow, moved)
    return moved


def queue_forward(uow: UnitOfWork, referral: Referral) -> None:
    """Queue the forward of a referral, as it stands now, to DHIS2."""
    month = uow.context.month(referral.made_at)
    wanted = {referral.id: referral.site_id}
    referral_forwards.request(uow.connection, wanted, month, uow.now)


def notify_agent(
    uow: UnitOfWork, moved: Referral, place: Place, step: ReferralStep, month: str
) -> int:
    """Queue the notice of a step to the agent; return to how many people it goes."""
    at_site = recipients.working_at(uow.connection, [moved.site_id], month)
    event = Event(moved, str(moved.version), lambda speaker: speaker.news(step, moved, place))
    to = notifications.agents(at_site, moved)
    return notifications.tell(uow.connection, uow.context, event, to, uow.now)


def notify_centre(
    uow: UnitOfWork, moved: Referral, place: Place, step: ReferralStep, month: str
) -> int:
    """Queue the notice of a step to the centre; return to how many people it goes."""
    to = notifications.at_facility(people_above(uow.connection, place, month), place)
    event = Event(moved, str(moved.version), lambda speaker: speaker.news(step, moved, place))
    return notifications.tell(uow.connection, uow.context, event, to, uow.now)


def people_above(connection: Connection, place: Place, month: str) -> list[Post]:
    """Return all posts at the unit that is notified of referrals from a place."""
    return recipients.working_at(connection, [place.above.id], month) if place.above else []


def place_of(uow: UnitOfWork, referral: Referral, month: str) -> Place:
    """Return the site of a referral, with its facility and district in a month (YYYYMM)."""
    return notifications.places_of(uow.connection, [referral], month)[referral.id]


def numbers_since(uow: UnitOfWork, understood: Understood) -> datetime:
    """Return the moment since which referrals keep their numbers: older numbers are free again."""
    months = uow.context.catalogue.programme.referrals.number_months
    return understood.message.sent_at - months * MONTH


def speaker_for(uow: UnitOfWork, understood: Understood) -> Speaker:
    """Return the speaker of texts in the sender's language."""
    language = understood.post.language if understood.post else "fr"
    return Speaker(uow.context, language, uow.now)


def erase_strange_text(uow: UnitOfWork, understood: Understood, *, strange: bool) -> None:
    """Erase the text of a message in which a name or a telephone number may stand."""
    if strange:
        inbox.forget_text(uow.connection, understood.message.id)


def with_privacy_note(speaker: Speaker, text: str, *, personal: bool) -> str:
    """Return the text, with the note that names and numbers of phones do not belong in an SMS."""
    return f"{text} {speaker.say('personal')}" if personal else text
