"""The periodic tasks: work that falls due by the calendar, besides sending.

A task is harmless to repeat and to run twice at once. A task that fails for an error of ours is
logged and tried again; it must not delay the others, nor the clock's work signals.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import structlog

from gateway.context import Context
from gateway.notifications import handover, reminders
from gateway.referrals import follow_up
from gateway.reports import validation
from gateway.storage.engine import Connection, Engine, StorageFault
from workers.runtime import Runtime

log = structlog.get_logger()

# Does all that is due at a moment; returns how much that was.
PeriodicTask = Callable[[Engine, Context, datetime], int]

# Does some of what is due, in the caller's transaction; returns how much, zero at the end.
Portion = Callable[[Connection, Context, datetime], int]


def _in_portions(portion: Portion) -> PeriodicTask:
    """Return a task that does all that is due, each portion in a transaction of its own."""

    def task(engine: Engine, context: Context, now: datetime) -> int:
        total = 0
        while True:
            with engine.begin() as connection:
                done = portion(connection, context, now)
            total += done
            if not done:
                return total

    return task


PERIODIC_TASKS: Final[Mapping[str, PeriodicTask]] = {
    "reports_validated_by_date": _in_portions(validation.validate_due),
    "questions_handed_over": _in_portions(handover.hand_over_due),
    "referrals_chased": _in_portions(follow_up.remind_due),
    "reminders_queued": reminders.queue_due,
}
"""By the log event that tells how much was done."""


def run_periodic_tasks(runtime: Runtime, now: datetime) -> int:
    """Run every periodic task; return how much was done.

    Raises one of StorageFault when the database is away.
    """
    total = 0
    for name, task in PERIODIC_TASKS.items():
        try:
            done = task(runtime.engine, runtime.context, now)
        except StorageFault:
            raise
        except Exception:
            log.exception("periodic_task_failed", task=name)
            continue
        if done:
            log.info(name, count=done)
        total += done
    return total
