"""RQ's worker with a graceful stop: it asks its job to end between two batches.

RQ forks a process for every job (`horse_pid`, its "work horse"). Asked to stop, RQ waits for the
job however long that takes; asked twice, it kills it. A job of ours may go on for minutes, and a
send that is cut off in the middle must be repeated. So the request is passed on to the job's
process as a SIGTERM, which that process blocks and looks for between two batches. The kernel
sends it the same signal when its worker dies.
"""

import os
import signal
from contextlib import suppress
from types import FrameType

from rq import Worker

from gateway import process_group


def asked_to_stop() -> bool:
    """Return whether this process, which runs a job, has been asked to end soon."""
    return signal.SIGTERM in signal.sigpending()


class GracefulWorker(Worker):
    """An RQ worker whose jobs can ask `asked_to_stop`."""

    max_connection_wait_time = 5.0  # seconds between two attempts to reach a Redis that is away
    asked_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Remember the request, and stop as RQ does."""
        self.asked_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def handle_warm_shutdown_request(self) -> None:
        """Pass the request on to the job's process alone.

        Until that process has made a process group of its own, RQ's `kill_horse` would reach
        this process and its siblings.
        """
        if self.horse_pid:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(self.horse_pid, signal.SIGTERM)

    def setup_work_horse_signals(self) -> None:
        """Block SIGTERM in the job's process, and tie that process to this one."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        process_group.die_with_parent(self.pid)
