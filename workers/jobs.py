"""What RQ runs. A job carries no data: it says "there is work", and SQL says which.

Each takes down its flag before it looks, works for at most BUDGET seconds or until it is asked
to stop, and rings whoever comes next in the chain.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from gateway.dhis2 import events as referral_forwarding
from gateway.dhis2 import forwarding
from gateway.inbound import reader
from gateway.outbound import notifications, replies
from gateway.transports.queue import BUDGET
from workers.rq_worker import asked_to_stop
from workers.runtime import composer, far_side, now, operator, workplace

SLICE: Final = timedelta(seconds=1)  # between two looks whether somebody wants us to stop


def read() -> None:
    """Reads the inbox; what it brings about is for the other two."""
    with workplace() as place:
        place.work_signal.acknowledge("read")

        def some(until: datetime) -> None:
            if reader.read_inbox(place.engine, place.context, now, until):
                place.work_signal.notify("reply")
                place.work_signal.notify("forward")

        if not _finished(some):
            place.work_signal.notify("read")


def reply() -> None:
    """Sends the replies that are due, then the notices."""
    with workplace() as place:
        place.work_signal.acknowledge("reply")
        client = operator(place.settings)
        if client is None:
            return

        def some(until: datetime) -> None:
            replies.send_due(place.engine, client, now, until)
            notifications.send_due(place.engine, client, composer(place), now, until)

        if not _finished(some):
            place.work_signal.notify("reply")


def forward() -> None:
    """Brings DHIS2 up to date. Values and completeness of a claim belong together, so the work
    is not sliced; a request that is cut off is repeated without harm."""
    with workplace() as place, far_side(place) as far:
        place.work_signal.acknowledge("forward")
        if far is None:
            return
        until = now() + timedelta(seconds=BUDGET)
        forwarding.send_together(place.engine, far, now, until)
        referral_forwarding.send_due(place.engine, far, now, until)
        if now() >= until:
            place.work_signal.notify("forward")


def _finished(work: Callable[[datetime], object]) -> bool:
    """Works slice by slice, each until a moment given to `work`; whether nothing is left."""
    end = now() + timedelta(seconds=BUDGET)
    while not asked_to_stop() and now() < end:
        until = min(end, now() + SLICE)
        work(until)
        if now() < until:
            return True
    return False
