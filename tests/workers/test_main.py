"""Tests of `python -m workers` without Redis: it ends when told to, and knows its queues."""

import os
import signal
from threading import Event, Thread

import pytest

from workers import __main__ as worker
from workers.startup import stop_event


def test_an_unknown_queue_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        worker.main(["--queue", "rain"])
    assert ended.value.code == 2


def test_without_redis_it_waits_and_ends_on_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    ended = Event()

    def tell() -> None:
        while not ended.wait(0.2):
            os.kill(os.getpid(), signal.SIGTERM)

    stop_event()  # so that a signal before its own handlers does no harm
    teller = Thread(target=tell)
    teller.start()
    try:
        assert worker.main(["--queue", "read"]) == 0
    finally:
        ended.set()
        teller.join()
