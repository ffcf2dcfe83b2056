"""Use case: after a dialogue has ended, remind its caller once of a report left unfinished."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.context import Context
from gateway.model.report import Report, missing
from gateway.storage import reports, roster, versions
from gateway.storage.engine import Connection, reading
from gateway.storage.outbox_sms import NewNotice, add_notices
from gateway.transports.africastalking_posts import UssdEnd
from gateway.ussd.effects import Services
from gateway.ussd.hop import e164, name_of
from gateway.ussd.reports import PROVIDER
from menus.model.period import Period
from menus.rules.calendar import month_name
from menus.wording.sentences import say

TOPIC: Final = "ussd_nudge"
# The caller may dial again at once, or the operator's end may come before the last hop.
WAIT: Final = timedelta(minutes=3)
STALE: Final = timedelta(hours=12)


def remind(services: Services, end: UssdEnd, now: datetime) -> int:
    """Queue one reminder for each report that a dialogue changed and left unfinished.

    Return how many were new: none when the programme wants none, when the dialogue reached its
    last screen, for a stranger, and for an end that is posted again. Raises one of
    `StorageFault`.
    """
    if end.complete or not services.context.catalogue.programme.ussd.nudge:
        return 0
    phone = e164(end.phone)
    month = services.context.month(now)
    with reading(services.engine) as connection:
        prefix = f"{name_of(end.dialogue_id, phone)}:"
        keys = versions.changed_and_unfinished(connection, PROVIDER, prefix)
        unfinished = list(reports.load(connection, keys).values())
        posts = roster.posts_of(connection, [phone], month).get(phone, [])
    if not unfinished or not posts:
        return 0
    notices = [_notice(report, phone, now) for report in unfinished]
    with services.engine.begin() as connection:
        return add_notices(connection, notices, now)


def _notice(report: Report, phone: str, now: datetime) -> NewNotice:
    return NewNotice(
        key=f"{TOPIC}:{report.id}:{phone}",
        phone=phone,
        topic=TOPIC,
        due_at=now + WAIT,
        expires_at=now + STALE,
        subject={"site": report.site_id, "form": report.form, "period": report.period},
        unit_id=report.site_id,
        form=report.form,
        period=report.period,
    )


def compose(
    connection: Connection, context: Context, phone: str, subject: Mapping[str, Any], now: datetime
) -> str | None:
    """Return the text of such a notice.

    None when the report was finished or withdrawn meanwhile, or the phone is not its site's any
    more.
    """
    key = (int(subject["site"]), str(subject["form"]), str(subject["period"]))
    report = reports.load(connection, [key]).get(key)
    found = roster.posts_of(connection, [phone], context.month(now)).get(phone, [])
    here = [post for post in found if post.unit_id == key[0]]
    if report is None or report.complete or not report.values or not here:
        return None
    return _reminder_text(context, report, here[0].language)


def _reminder_text(context: Context, report: Report, language: str) -> str:
    """Return `Rappel: PEC octobre n'est pas fini ...`, with the codes that the report lacks."""
    catalogue = context.catalogue
    form = catalogue.forms[report.form]
    month = month_name(Period.parse(report.period), language, catalogue.programme)
    codes = " ".join(missing(form, report))
    lacks = say(catalogue, language, "missing_many", form=report.form, codes=codes)
    return say(catalogue, language, TOPIC, form=report.form, month=month, missing=lacks)
