"""What the calendar asks for besides sending: one function each, done by the clock.

Each is harmless to repeat and to do twice at once. One that fails for a fault of ours is logged
and tried again; the others, and the clock's ringing, must not wait for it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import structlog

from gateway.context import Context
from gateway.notifications import handover, reminders
from gateway.referrals import follow_up as referral_chase
from gateway.reports import validation
from gateway.storage.engine import Connection, Engine, StorageFault
from workers.runtime import Workplace

log = structlog.get_logger()

# Does what is due at a moment; how much that was.
Errand = Callable[[Engine, Context, datetime], int]


# Does some of what is due, in the caller's transaction; how much that was, zero at the end.
Portion = Callable[[Connection, Context, datetime], int]


def _in_portions(portion: Portion) -> Errand:
    """All that is due, a portion a transaction."""

    def errand(engine: Engine, context: Context, now: datetime) -> int:
        total = 0
        while True:
            with engine.begin() as connection:
                done = portion(connection, context, now)
            total += done
            if not done:
                return total

    return errand


ERRANDS: Final[Mapping[str, Errand]] = {
    "reports_validated_by_date": _in_portions(validation.validate_due),
    "questions_handed_over": _in_portions(handover.hand_over_due),
    "referrals_chased": _in_portions(referral_chase.chase_due),
    "reminders_queued": reminders.queue_due,
}


def run_errands(place: Workplace, now: datetime) -> int:
    """Runs every errand; how much was done. Raises one of StorageFault when the database is
    away."""
    total = 0
    for name, errand in ERRANDS.items():
        try:
            done = errand(place.engine, place.context, now)
        except StorageFault:
            raise
        except Exception:
            log.exception("periodic_task_failed", task=name)
            continue
        if done:
            log.info(name, count=done)
        total += done
    return total
