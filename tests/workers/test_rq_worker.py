"""Tests of the graceful worker: the request to stop is asked for by the job, not obeyed at once."""

import signal
from threading import get_ident

from workers.rq_worker import GracefulWorker, asked_to_stop


def test_a_blocked_signal_is_a_request_to_stop() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        assert not asked_to_stop()
        # To this thread alone: another thread of the test run may not block the signal.
        signal.pthread_kill(get_ident(), signal.SIGTERM)
        assert asked_to_stop()
        assert signal.sigtimedwait({signal.SIGTERM}, 5) is not None
        assert not asked_to_stop()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_a_worker_has_not_been_asked_from_the_start() -> None:
    assert GracefulWorker.asked_to_stop is False
    assert GracefulWorker.max_connection_wait_time == 5.0
