"""Tests of the work signal: one waiting job per queue, nothing lost by a Redis that is away or hangs."""

import json
import os
import signal
import socket
import zlib
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from structlog.testing import capture_logs

from gateway.sandbox.valkey import Valkey, valkey
from gateway.transports.queue import (
    FAILURE_TTL,
    FLAG_TTL,
    JOB_TIMEOUT,
    JOBS,
    REST,
    Name,
    WorkSignal,
    flag_key,
)

PATIENCE = 30.0  # seconds to wait for what must come
GLANCE = 0.05  # seconds to look for what must not


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work_signal(redis_url: str, clock: Clock) -> Iterator[WorkSignal]:
    made = WorkSignal(redis_url, timeout=0.3, clock=clock)
    yield made
    made.close()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


def waiting(redis: Redis, name: Name) -> list[Job]:
    return Queue(name, connection=redis, serializer="json").jobs


def take(redis: Redis, name: Name) -> None:
    """Take the oldest job off the queue as an RQ worker does."""
    assert redis.lpop(f"rq:queue:{name}") is not None


@pytest.mark.parametrize("name", JOBS)
def test_a_signal_is_one_job_without_data(
    work_signal: WorkSignal, redis: Redis, name: Name
) -> None:
    assert work_signal.notify(name)
    (job,) = waiting(redis, name)
    assert job.func_name == JOBS[name] == f"workers.jobs.{name}"
    assert list(job.args) == []
    assert job.kwargs == {}
    assert (job.timeout, job.result_ttl, job.failure_ttl) == (JOB_TIMEOUT, 0, FAILURE_TTL)
    assert job.retries_left is None
    assert 0 < redis.ttl(flag_key(name)) <= FLAG_TTL
    assert all(not waiting(redis, other) for other in JOBS if other != name)


def test_what_is_written_is_json_and_no_pickle(work_signal: WorkSignal, redis: Redis) -> None:
    work_signal.notify("read")
    (job,) = waiting(redis, "read")
    stored = redis.hget(f"rq:job:{job.id}", "data")
    assert isinstance(stored, bytes)
    assert json.loads(zlib.decompress(stored)) == ["workers.jobs.read", None, [], {}]


def test_the_job_may_be_given_longer(redis_url: str, redis: Redis) -> None:
    work_signal = WorkSignal(redis_url, job_timeout=7200)
    assert work_signal.notify("forward")
    work_signal.close()
    assert waiting(redis, "forward")[0].timeout == 7200


def test_one_signal_waits_whatever_comes(work_signal: WorkSignal, redis: Redis) -> None:
    assert [work_signal.notify("read") for _ in range(5)] == [True] * 5
    assert len(waiting(redis, "read")) == 1


def test_the_usual_case_is_one_command(work_signal: WorkSignal, redis: Redis) -> None:
    work_signal.notify("read")
    redis.config_resetstat()
    work_signal.notify("read")
    commands = redis.info("commandstats")
    assert commands.pop("cmdstat_set")["calls"] == 1
    assert set(commands) <= {"cmdstat_config|resetstat", "cmdstat_info"}


def test_connecting_costs_no_greeting(work_signal: WorkSignal, redis: Redis) -> None:
    redis.config_resetstat()
    assert work_signal.ping()
    assert set(redis.info("commandstats")) == {"cmdstat_config|resetstat", "cmdstat_ping"}


def test_after_a_job_has_begun_the_next_signal_makes_a_job(
    work_signal: WorkSignal, redis: Redis
) -> None:
    work_signal.notify("reply")
    take(redis, "reply")
    assert work_signal.notify("reply")
    assert waiting(redis, "reply") == []
    assert work_signal.acknowledge("reply")
    assert work_signal.notify("reply")
    assert len(waiting(redis, "reply")) == 1


def test_jobs_do_not_pile_up_while_no_worker_takes_them(
    work_signal: WorkSignal, redis: Redis
) -> None:
    for _ in range(3):
        assert work_signal.notify("read")
        redis.delete(flag_key("read"))  # As when it has run out.
    assert len(waiting(redis, "read")) == 1


def test_queues_do_not_touch_each_other(work_signal: WorkSignal, redis: Redis) -> None:
    for name in JOBS:
        work_signal.notify(name)
    work_signal.acknowledge("read")
    assert [redis.exists(flag_key(name)) for name in JOBS] == [0, 1, 1]
    assert [len(waiting(redis, name)) for name in JOBS] == [1, 1, 1]


def test_an_emptied_redis_is_signalled_again(work_signal: WorkSignal, redis: Redis) -> None:
    work_signal.notify("read")
    redis.flushdb()
    assert work_signal.notify("read")
    assert len(waiting(redis, "read")) == 1


class Freezer:
    """A real server that can be frozen, as by a swapping host."""

    def __init__(self, server: Valkey) -> None:
        self.url = server.url
        self._pid = server.pid

    def freeze(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._pid, signal.SIGCONT)


@pytest.fixture
def freezer(tmp_path: Path) -> Iterator[Freezer]:
    with valkey(tmp_path / "valkey") as server:
        made = Freezer(server)
        yield made
        made.thaw()


@pytest.fixture
def frozen_signal(freezer: Freezer, clock: Clock) -> Iterator[WorkSignal]:
    """Yield a work signal that was connected when the server froze."""
    made = WorkSignal(freezer.url, timeout=0.3, clock=clock)
    assert made.ping()
    freezer.freeze()
    yield made
    made.close()


def test_a_redis_that_hangs_is_left_alone_for_a_while(
    frozen_signal: WorkSignal, freezer: Freezer, clock: Clock
) -> None:
    with capture_logs() as logs:
        assert not frozen_signal.notify("read")
        freezer.thaw()
        clock.now += REST - 0.1
        assert not frozen_signal.notify("reply")
        assert not frozen_signal.acknowledge("reply")
    assert logs == [
        {"event": "signal_failed", "log_level": "warning", "queue": "read", "error": "TimeoutError"}
    ]
    clock.now += 0.1
    assert frozen_signal.notify("reply")
    with Redis.from_url(freezer.url) as redis:
        assert len(waiting(redis, "reply")) == 1


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Yield a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(GLANCE)
        yield made


def calls(listener: socket.socket) -> int:
    """Return how many connections came since the last call."""
    count = 0
    while True:
        try:
            peer, _ = listener.accept()
        except TimeoutError:
            return count
        peer.close()
        count += 1


def test_while_one_caller_finds_out_the_others_go_on(listener: socket.socket, clock: Clock) -> None:
    """The second signal is asked for while the first waits, on another thread."""
    work_signal = WorkSignal(
        f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=1.0, clock=clock
    )
    with ThreadPoolExecutor(1) as thread:
        assert not work_signal.notify("read")
        assert calls(listener) == 1
        clock.now += REST
        first = thread.submit(work_signal.notify, "read")
        listener.settimeout(PATIENCE)
        peer, _ = listener.accept()
        listener.settimeout(GLANCE)
        with peer:
            assert not work_signal.notify("reply")
            assert not first.result()
    assert calls(listener) == 0
    work_signal.close()


def test_one_signal_is_for_all_who_committed_before_it(
    listener: socket.socket, clock: Clock
) -> None:
    """While a signal is under way, a second caller waits to repeat it and a third need not."""
    work_signal = WorkSignal(
        f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=PATIENCE, clock=clock
    )
    listener.settimeout(PATIENCE)
    with ThreadPoolExecutor(3) as threads:
        under_way = threads.submit(work_signal.notify, "read")
        peer, _ = listener.accept()
        with peer:
            others = [threads.submit(work_signal.notify, "read") for _ in range(2)]
            done, waiting = wait(others, PATIENCE, FIRST_COMPLETED)
            assert [caller.result() for caller in done] == [True]
            assert not under_way.done()
        assert not under_way.result()
        assert [caller.result() for caller in waiting] == [False]
    clock.now += REST
    listener.settimeout(GLANCE)
    assert calls(listener) == 0
    with ThreadPoolExecutor(1) as thread:
        anew = thread.submit(work_signal.notify, "read")
        assert calls(listener)
        assert not anew.result()
    work_signal.close()


def test_a_success_ends_the_rest(frozen_signal: WorkSignal, freezer: Freezer, clock: Clock) -> None:
    assert not frozen_signal.notify("read")
    freezer.thaw()
    clock.now += REST
    assert frozen_signal.notify("reply")
    assert frozen_signal.notify("forward")


def test_ping_asks_even_during_the_rest(frozen_signal: WorkSignal, freezer: Freezer) -> None:
    assert not frozen_signal.notify("read")
    assert not frozen_signal.ping()
    freezer.thaw()
    assert frozen_signal.ping()
    assert frozen_signal.notify("reply")


def test_a_hanging_redis_is_tried_once_a_time(listener: socket.socket, clock: Clock) -> None:
    """Once: redis-py would try three times more by default."""
    work_signal = WorkSignal(
        f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=0.1, clock=clock
    )
    assert calls(listener) == 0
    for _ in range(2):
        assert not any(work_signal.notify(name) for name in JOBS)
        assert calls(listener) == 1
        clock.now += REST
    work_signal.close()


def test_a_redis_that_is_away(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    work_signal = WorkSignal(f"redis://127.0.0.1:{port}/0")
    with capture_logs() as logs:
        assert not work_signal.notify("read")
    assert [entry["error"] for entry in logs] == ["ConnectionError"]
    assert not work_signal.ping()
    work_signal.close()


def test_a_password_does_not_reach_the_log(redis_url: str) -> None:
    work_signal = WorkSignal(redis_url.replace("redis://", "redis://:motdepasse@"))
    with capture_logs() as logs:
        assert not work_signal.notify("read")
    assert len(logs) == 1
    assert "motdepasse" not in repr(logs)
    work_signal.close()


def test_an_answer_that_cannot_be_given_is_logged_by_its_own_name(listener: socket.socket) -> None:
    work_signal = WorkSignal(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=0.1)
    with capture_logs() as logs:
        assert not work_signal.acknowledge("forward")
    assert [(entry["event"], entry["queue"]) for entry in logs] == [
        ("acknowledge_failed", "forward")
    ]
    work_signal.close()


def test_a_malformed_address_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="scheme"):
        WorkSignal("http://127.0.0.1:6379")
