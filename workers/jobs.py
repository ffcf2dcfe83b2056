"""The jobs that RQ runs. A job carries no data: it says "there is work", and SQL says which.

A job acknowledges its work signal before it queries SQL, works for at most BUDGET seconds or
until it is asked to stop, and then signals the queues that its work concerns.
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
from workers.runtime import composer, dhis2_target, open_runtime, operator_client, utc_now

SLICE: Final = timedelta(seconds=1)  # between two checks for a request to stop


def read() -> None:
    """Read the inbox, and signal the jobs that send replies and forwards."""
    with open_runtime() as runtime:
        runtime.work_signal.acknowledge("read")

        def read_until(until: datetime) -> None:
            if reader.read_inbox(runtime.engine, runtime.context, utc_now, until):
                runtime.work_signal.notify("reply")
                runtime.work_signal.notify("forward")

        if not _finished(read_until):
            runtime.work_signal.notify("read")


def reply() -> None:
    """Send the replies that are due, then the notifications."""
    with open_runtime() as runtime:
        runtime.work_signal.acknowledge("reply")
        client = operator_client(runtime.settings)
        if client is None:
            return

        def send_until(until: datetime) -> None:
            replies.send_due(runtime.engine, client, utc_now, until)
            notifications.send_due(runtime.engine, client, composer(runtime), utc_now, until)

        if not _finished(send_until):
            runtime.work_signal.notify("reply")


def forward() -> None:
    """Bring DHIS2 up to date.

    Values and completeness of a claim belong together, so the work is not sliced; a request that
    is cut off is repeated without harm.
    """
    with open_runtime() as runtime, dhis2_target(runtime) as target:
        runtime.work_signal.acknowledge("forward")
        if target is None:
            return
        until = utc_now() + timedelta(seconds=BUDGET)
        forwarding.send_together(runtime.engine, target, utc_now, until)
        referral_forwarding.send_due(runtime.engine, target, utc_now, until)
        if utc_now() >= until:
            runtime.work_signal.notify("forward")


def _finished(work: Callable[[datetime], object]) -> bool:
    """Work in slices, each until a moment given to `work`; return whether nothing is left."""
    end = utc_now() + timedelta(seconds=BUDGET)
    while not asked_to_stop() and utc_now() < end:
        until = min(end, utc_now() + SLICE)
        work(until)
        if utc_now() < until:
            return True
    return False
