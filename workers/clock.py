"""`python -m workers.clock`: sweep for work that is due and run the periodic tasks.

The clock queries SQL every second and signals the workers of every queue that has work, so a work
signal that was lost with Redis or with a worker costs seconds and nothing else. Two clocks at
once do no harm.
"""

import argparse
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event
from typing import Final

import structlog

from gateway import config, logs
from gateway.config import SettingsFault
from gateway.dhis2 import events as referral_forwarding
from gateway.dhis2 import forwarding
from gateway.inbound import reader
from gateway.outbound import notifications, replies
from gateway.referrals import follow_up as referral_chase
from gateway.storage import inbox, outbox, outbox_sms
from gateway.storage.engine import StorageFault, reading
from gateway.transports.africastalking import AfricasTalking
from gateway.transports.queue import Name
from menus.loading.loader import CatalogueFault
from workers import runtime
from workers.periodic import run_errands
from workers.runtime import Workplace, composer, far_side, operator, workplace

log = structlog.get_logger()

TICK: Final = 1.0  # seconds
TIDY_EVERY: Final = timedelta(hours=1)
ERRANDS_EVERY: Final = timedelta(minutes=1)


def main(arguments: list[str] | None = None) -> int:
    """Runs until SIGTERM, or once. Returns 1 when settings or catalogue cannot be used."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = config.load()
        runtime.catalogue(settings.catalogue)
    except (SettingsFault, CatalogueFault) as fault:
        for sentence in fault.faults:
            sys.stderr.write(f"{sentence}\n")
        return 1
    logs.configure(settings.log_level)
    with workplace() as place:
        if chosen.once:
            return once(place, _moment(chosen.now, place))
        return tick_until_stopped(place)


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


def _moment(given: datetime | None, place: Workplace) -> datetime:
    if given is None:
        return runtime.now()
    if given.tzinfo is None:
        given = given.replace(tzinfo=place.settings.timezone)
    return given.astimezone(UTC)


def tick_until_stopped(place: Workplace) -> int:
    """Sweeps every second. A database that is away is said once, and waited for."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tidied = ran = None
    told = False
    while not stop.wait(TICK):
        now = runtime.now()
        try:
            sweep(place, now)
            if tidied is None or now - tidied >= TIDY_EVERY:
                tidy(place, now)
                tidied = now
            if ran is None or now - ran >= ERRANDS_EVERY:
                run_errands(place, now)
                ran = now
        except StorageFault as fault:
            if not told:
                log.warning("clock_waits_for", missing="database", error=type(fault).__name__)
            told = True
        else:
            told = False
    return 0


def sweep(place: Workplace, now: datetime) -> list[Name]:
    """Rings for every queue with something due; returns which."""
    due: list[Name] = []
    with reading(place.engine) as connection:
        if inbox.lanes_with_work(connection):
            due.append("read")
        sms = (outbox.REPLY, outbox.NOTICE)
        if place.settings.operator_known and any(
            outbox.has_due(connection, kind, now) for kind in sms
        ):
            due.append("reply")
        forwards = (outbox.DHIS2, outbox.REFERRAL)
        if place.settings.dhis2_known and any(
            outbox.has_due(connection, kind, now) for kind in forwards
        ):
            due.append("forward")
    for name in due:
        place.work_signal.notify(name)
    return due


def tidy(place: Workplace, now: datetime) -> int:
    """Blanks what is old enough: texts of messages and replies, ages; returns how many."""
    days = place.context.catalogue.programme.keep_text_days
    before = now - timedelta(days=days)
    total = 0
    while True:
        with place.engine.begin() as connection:
            blanked = inbox.blank_texts(connection, before)
            blanked += outbox_sms.blank_texts(connection, before)
            blanked += referral_chase.drop_ages(connection, place.context, now)
        total += blanked
        if not blanked:
            break
    if total:
        log.info("texts_blanked", count=total)
    return total


def once(place: Workplace, now: datetime) -> int:
    """Does all that is due at `now`, here and without Redis, and ends.

    Returns 1 when the database is away. The far sides are called as a worker would.
    """
    clock: Callable[[], datetime] = lambda: now  # noqa: E731  the simulated moment
    try:
        tidy(place, now)
        reader.read_inbox(place.engine, place.context, clock)
        run_errands(place, now)
        client = operator(place.settings)
        if client is not None:
            replies.send_due(place.engine, client, clock)
            _send_notices(place, client, now)
        with far_side(place) as far:
            if far is not None:
                forwarding.send_due(place.engine, far, clock)
                referral_forwarding.send_due(place.engine, far, clock)
    except StorageFault as fault:
        log.warning("clock_failed", missing="database", error=type(fault).__name__)
        return 1
    return 0


def _send_notices(place: Workplace, client: AfricasTalking, now: datetime) -> None:
    """All that are due at `now`, as if the seconds passed that each network's rate asks for."""
    passed = count()

    def sent() -> int:
        moment = now + timedelta(seconds=next(passed))
        return notifications.send_due(place.engine, client, composer(place), lambda: moment)

    while sent():
        pass


if __name__ == "__main__":
    sys.exit(main())
