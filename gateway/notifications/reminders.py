"""Reminders by the calendar: who is told, and that it happens once.

A round goes through the org units a chunk a transaction, and notes how far it has come: a clock
that dies goes on where it stopped, and two clocks share the work. What a reminder says is found
when it is sent (`gateway.notifications.missing_reports`), so that nobody is reminded of what
has arrived meanwhile.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from gateway.context import Context
from gateway.storage import outbox_sms, recipients, reports, scheduled_runs
from gateway.storage.engine import Connection, Engine, reading
from gateway.storage.outbox_sms import NewNotice
from gateway.storage.recipients import Recipient
from menus.rules.reminder_days import ReminderAudience, Round, rounds

UNITS: Final = 1000  # in one transaction
TOPIC: Final = "reminder"


def queue_due(engine: Engine, context: Context, now: datetime) -> int:
    """Queues the reminders of every round that is under way; returns how many were new."""
    local = now.astimezone(context.timezone)
    total = 0
    for one in rounds(local, context.catalogue.programme.reminders):
        with reading(engine) as connection:
            if scheduled_runs.is_done(connection, one.name):
                continue
        total += _queue(engine, context, one, now)
    return total


def _queue(engine: Engine, context: Context, one: Round, now: datetime) -> int:
    """Queues one round, chunk by chunk, until it is done or somebody else is at it."""
    with engine.begin() as connection:
        scheduled_runs.create(connection, one.name)
    total = 0
    while True:
        with engine.begin() as connection:
            cursor = scheduled_runs.take(connection, one.name)
            if cursor is None:
                return total
            month = f"{one.at:%Y%m}"
            people = recipients.with_role_after(connection, one.audience.role, cursor, UNITS, month)
            if not people:
                scheduled_runs.finish(connection, one.name, now)
                return total
            wanted = [person for found in people.values() for person in found]
            if one.audience is ReminderAudience.AGENT:
                whole = _whole(connection, context, people, one.period.code)
                wanted = [person for person in wanted if person.unit_id not in whole]
            total += outbox_sms.add_notices(connection, [_notice(one, to) for to in wanted], now)
            scheduled_runs.advance(connection, one.name, max(people))


def _whole(
    connection: Connection, context: Context, sites: Collection[int], period: str
) -> set[int]:
    """Those of these sites from which all forms are in."""
    complete = reports.forms_complete(connection, {(site, period) for site in sites})
    return {site for (site, _), done in complete.items() if done >= context.catalogue.forms.keys()}


def _notice(one: Round, to: Recipient) -> NewNotice:
    """One digest a person and round, whatever she serves."""
    return NewNotice(
        key=f"{one.name}:{to.phone}",
        phone=to.phone,
        topic=TOPIC,
        due_at=one.at,
        expires_at=one.until,
        subject={"kind": str(one.audience), "period": one.period.code},
        unit_id=to.unit_id,
        period=one.period.code,
    )
