"""`python -m workers.clock`: sweep for work that is due and run the periodic tasks.

The clock queries SQL every second and signals the workers of every queue that has work, so a work
signal that was lost with Redis or with a worker costs seconds and nothing else. Two clocks at
once do no harm.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

import structlog

from gateway.dhis2 import events as referral_forwarding
from gateway.dhis2 import forwarding
from gateway.inbound import reader
from gateway.outbound import notifications, replies
from gateway.referrals import follow_up
from gateway.storage import inbox, outbox, outbox_sms
from gateway.storage.engine import StorageFault, reading
from gateway.transports.africastalking import AfricasTalking
from gateway.transports.queue import Name
from workers.periodic import run_periodic_tasks
from workers.runtime import (
    Runtime,
    composer,
    dhis2_target,
    open_runtime,
    operator_client,
    utc_now,
)
from workers.startup import load_settings, stop_event

log = structlog.get_logger()

TICK: Final = 1.0  # seconds between two sweeps
TIDY_EVERY: Final = timedelta(hours=1)
TASKS_EVERY: Final = timedelta(minutes=1)


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM, or once; return 1 if settings or catalogue cannot be used."""
    chosen = _parser().parse_args(arguments)
    if load_settings() is None:
        return 1
    with open_runtime() as runtime:
        if chosen.once:
            return once(runtime, _moment(chosen.now, runtime))
        return run_until_stopped(runtime)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers.clock", description=__doc__)
    parser.add_argument("--once", action="store_true", help="do all work that is due, then exit")
    parser.add_argument(
        "--now",
        metavar="YYYY-MM-DDTHH:MM",
        type=datetime.fromisoformat,
        help="with --once: the moment to act at, in TIMEZONE unless it names an offset",
    )
    return parser


def _moment(given: datetime | None, runtime: Runtime) -> datetime:
    if given is None:
        return utc_now()
    if given.tzinfo is None:
        given = given.replace(tzinfo=runtime.settings.timezone)
    return given.astimezone(UTC)


def run_until_stopped(runtime: Runtime) -> int:
    """Sweep every second. A database that is away causes one warning, and is waited for."""
    stop = stop_event()
    tidied = ran = None
    warned = False
    while not stop.wait(TICK):
        now = utc_now()
        try:
            sweep(runtime, now)
            if tidied is None or now - tidied >= TIDY_EVERY:
                tidy(runtime, now)
                tidied = now
            if ran is None or now - ran >= TASKS_EVERY:
                run_periodic_tasks(runtime, now)
                ran = now
        except StorageFault as fault:
            if not warned:
                log.warning("clock_waits_for", missing="database", error=type(fault).__name__)
            warned = True
        else:
            warned = False
    return 0


def sweep(runtime: Runtime, now: datetime) -> list[Name]:
    """Signal the workers of every queue with something due; return the names of the queues."""
    due: list[Name] = []
    with reading(runtime.engine) as connection:
        if inbox.lanes_with_work(connection):
            due.append("read")
        sms = (outbox.REPLY, outbox.NOTICE)
        if runtime.settings.operator_known and any(
            outbox.has_due(connection, kind, now) for kind in sms
        ):
            due.append("reply")
        forwards = (outbox.DHIS2, outbox.REFERRAL)
        if runtime.settings.dhis2_known and any(
            outbox.has_due(connection, kind, now) for kind in forwards
        ):
            due.append("forward")
    for name in due:
        runtime.work_signal.notify(name)
    return due


def tidy(runtime: Runtime, now: datetime) -> int:
    """Blank texts of messages and replies, and ages, that are old enough; return how many."""
    days = runtime.context.catalogue.programme.keep_text_days
    before = now - timedelta(days=days)
    total = 0
    while True:
        with runtime.engine.begin() as connection:
            blanked = inbox.blank_texts(connection, before)
            blanked += outbox_sms.blank_texts(connection, before)
            blanked += follow_up.drop_ages(connection, runtime.context, now)
        total += blanked
        if not blanked:
            break
    if total:
        log.info("texts_blanked", count=total)
    return total


def once(runtime: Runtime, now: datetime) -> int:
    """Do all that is due at `now`, in this process and without Redis.

    Return 1 when the database is away. Operator and DHIS2 are called as a worker would.
    """
    clock: Callable[[], datetime] = lambda: now  # noqa: E731  the simulated moment
    try:
        tidy(runtime, now)
        reader.read_inbox(runtime.engine, runtime.context, clock)
        run_periodic_tasks(runtime, now)
        client = operator_client(runtime.settings)
        if client is not None:
            replies.send_due(runtime.engine, client, clock)
            _send_notifications(runtime, client, now)
        with dhis2_target(runtime) as target:
            if target is not None:
                forwarding.send_due(runtime.engine, target, clock)
                referral_forwarding.send_due(runtime.engine, target, clock)
    except StorageFault as fault:
        log.warning("clock_failed", missing="database", error=type(fault).__name__)
        return 1
    return 0


def _send_notifications(runtime: Runtime, client: AfricasTalking, now: datetime) -> None:
    """Send all that are due at `now`, as if the time passed that each network's rate asks for."""
    passed = count()

    def sent_now() -> int:
        moment = now + timedelta(seconds=next(passed))
        return notifications.send_due(runtime.engine, client, composer(runtime), lambda: moment)

    while sent_now():
        pass


if __name__ == "__main__":
    sys.exit(main())
