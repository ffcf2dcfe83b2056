"""Reminders by the calendar: to whom they go, each once.

A round goes through the org units a chunk a transaction, and notes how far it has come: a clock
that dies goes on where it stopped, and two clocks share the work. The text is composed when it
is sent (`gateway.notifications.reminder_text`), so that no one is reminded of what has arrived
meanwhile.
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
    """Queue the reminders of every round that is under way; return how many were new."""
    total = 0
    for due_round in rounds(context.local(now), context.catalogue.programme.reminders):
        with reading(engine) as connection:
            if scheduled_runs.is_done(connection, due_round.name):
                continue
        total += _queue(engine, context, due_round, now)
    return total


def _queue(engine: Engine, context: Context, due_round: Round, now: datetime) -> int:
    """Queue a round, chunk by chunk, until it is done or another clock works on it."""
    with engine.begin() as connection:
        scheduled_runs.create(connection, due_round.name)
    total = 0
    while True:
        with engine.begin() as connection:
            cursor = scheduled_runs.take(connection, due_round.name)
            if cursor is None:
                return total
            month = f"{due_round.at:%Y%m}"
            people = recipients.with_role_after(
                connection, due_round.audience.role, cursor, UNITS, month
            )
            if not people:
                scheduled_runs.finish(connection, due_round.name, now)
                return total
            wanted = [person for found in people.values() for person in found]
            if due_round.audience is ReminderAudience.AGENT:
                complete = _complete(connection, context, people, due_round.period.code)
                wanted = [person for person in wanted if person.unit_id not in complete]
            total += outbox_sms.add_notices(
                connection, [_notice(due_round, to) for to in wanted], now
            )
            scheduled_runs.advance(connection, due_round.name, max(people))


def _complete(
    connection: Connection, context: Context, sites: Collection[int], period: str
) -> set[int]:
    """Return those of these sites from which all forms are in."""
    complete = reports.forms_complete(connection, {(site, period) for site in sites})
    return {site for (site, _), done in complete.items() if done >= context.catalogue.forms.keys()}


def _notice(due_round: Round, to: Recipient) -> NewNotice:
    """Return the single notice of a round to a person, however many units they serve."""
    return NewNotice(
        key=f"{due_round.name}:{to.phone}",
        phone=to.phone,
        topic=TOPIC,
        due_at=due_round.at,
        expires_at=due_round.until,
        subject={"kind": str(due_round.audience), "period": due_round.period.code},
        unit_id=to.unit_id,
        period=due_round.period.code,
    )
