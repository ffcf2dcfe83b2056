"""Holds up the bell: one waiting job per queue, nothing lost by a Redis that is away or hangs."""

import json
import os
import signal
import socket
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
    Bell,
    Name,
    flag_key,
)

PATIENCE = 30.0  # seconds to wait for what must come
GLANCE = 0.05  # seconds to look for what must not


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bell(redis_url: str, clock: Clock) -> Iterator[Bell]:
    made = Bell(redis_url, timeout=0.3, clock=clock)
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
def test_a_nudge_is_one_job_without_data(bell: Bell, redis: Redis, name: Name) -> None:
    assert bell.nudge(name)
    (job,) = waiting(redis, name)
    assert job.func_name == JOBS[name] == f"workers.jobs.{name}"
    assert list(job.args) == []
    assert job.kwargs == {}
    assert (job.timeout, job.result_ttl, job.failure_ttl) == (JOB_TIMEOUT, 0, FAILURE_TTL)
    assert job.retries_left is None
    assert 0 < redis.ttl(flag_key(name)) <= FLAG_TTL
    assert all(not waiting(redis, other) for other in JOBS if other != name)


def test_what_is_written_is_json_and_no_pickle(bell: Bell, redis: Redis) -> None:
    bell.nudge("read")
    (job,) = waiting(redis, "read")
    stored = redis.hget(f"rq:job:{job.id}", "data")
    assert isinstance(stored, bytes)
    assert json.loads(zlib.decompress(stored)) == ["workers.jobs.read", None, [], {}]


def test_the_job_may_be_given_longer(redis_url: str, redis: Redis) -> None:
    bell = Bell(redis_url, job_timeout=7200)
    assert bell.nudge("forward")
    bell.close()
    assert waiting(redis, "forward")[0].timeout == 7200


def test_one_nudge_waits_whatever_comes(bell: Bell, redis: Redis) -> None:
    assert [bell.nudge("read") for _ in range(5)] == [True] * 5
    assert len(waiting(redis, "read")) == 1


def test_the_usual_case_is_one_command(bell: Bell, redis: Redis) -> None:
    bell.nudge("read")
    redis.config_resetstat()
    bell.nudge("read")
    commands = redis.info("commandstats")
    assert commands.pop("cmdstat_set")["calls"] == 1
    assert set(commands) <= {"cmdstat_config|resetstat", "cmdstat_info"}


def test_connecting_costs_no_greeting(bell: Bell, redis: Redis) -> None:
    redis.config_resetstat()
    assert bell.ping()
    assert set(redis.info("commandstats")) == {"cmdstat_config|resetstat", "cmdstat_ping"}


def test_after_a_job_has_begun_the_next_nudge_rings_anew(bell: Bell, redis: Redis) -> None:
    bell.nudge("reply")
    take(redis, "reply")
    assert bell.nudge("reply")
    assert waiting(redis, "reply") == []
    assert bell.answered("reply")
    assert bell.nudge("reply")
    assert len(waiting(redis, "reply")) == 1


def test_jobs_do_not_pile_up_while_no_worker_takes_them(bell: Bell, redis: Redis) -> None:
    for _ in range(3):
        assert bell.nudge("read")
        redis.delete(flag_key("read"))  # As when it has run out.
    assert len(waiting(redis, "read")) == 1


def test_queues_do_not_touch_each_other(bell: Bell, redis: Redis) -> None:
    for name in JOBS:
        bell.nudge(name)
    bell.answered("read")
    assert [redis.exists(flag_key(name)) for name in JOBS] == [0, 1, 1]
    assert [len(waiting(redis, name)) for name in JOBS] == [1, 1, 1]


def test_an_emptied_redis_is_rung_again(bell: Bell, redis: Redis) -> None:
    bell.nudge("read")
    redis.flushdb()
    assert bell.nudge("read")
    assert len(waiting(redis, "read")) == 1


class Freezer:
    """A real server that can be stopped in its tracks, as by a swapping host."""

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
def cold_bell(freezer: Freezer, clock: Clock) -> Iterator[Bell]:
    """A bell whose connection stood when the server froze."""
    made = Bell(freezer.url, timeout=0.3, clock=clock)
    assert made.ping()
    freezer.freeze()
    yield made
    made.close()


def test_a_redis_that_hangs_is_left_alone_for_a_while(
    cold_bell: Bell, freezer: Freezer, clock: Clock
) -> None:
    with capture_logs() as logs:
        assert not cold_bell.nudge("read")
        freezer.thaw()
        clock.now += REST - 0.1
        assert not cold_bell.nudge("reply")
        assert not cold_bell.answered("reply")
    assert logs == [
        {"event": "nudge_failed", "log_level": "warning", "queue": "read", "error": "TimeoutError"}
    ]
    clock.now += 0.1
    assert cold_bell.nudge("reply")
    with Redis.from_url(freezer.url) as redis:
        assert len(waiting(redis, "reply")) == 1


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(GLANCE)
        yield made


def calls(listener: socket.socket) -> int:
    """How many connections came since the last look."""
    count = 0
    while True:
        try:
            peer, _ = listener.accept()
        except TimeoutError:
            return count
        peer.close()
        count += 1


def test_while_one_finds_out_the_others_go_on(listener: socket.socket, clock: Clock) -> None:
    """The second nudge is asked for while the first one waits, on another thread."""
    bell = Bell(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=1.0, clock=clock)
    with ThreadPoolExecutor(1) as thread:
        assert not bell.nudge("read")
        assert calls(listener) == 1
        clock.now += REST
        first = thread.submit(bell.nudge, "read")
        listener.settimeout(PATIENCE)
        peer, _ = listener.accept()
        listener.settimeout(GLANCE)
        with peer:
            assert not bell.nudge("reply")
            assert not first.result()
    assert calls(listener) == 0
    bell.close()


def test_one_ring_is_for_all_who_committed_before_it(listener: socket.socket, clock: Clock) -> None:
    """While a ring is under way, a second caller waits to ring again and a third need not."""
    bell = Bell(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=PATIENCE, clock=clock)
    listener.settimeout(PATIENCE)
    with ThreadPoolExecutor(2) as threads:
        under_way = threads.submit(bell.nudge, "read")
        peer, _ = listener.accept()
        with peer:
            waiting_to_ring = threads.submit(bell.nudge, "read")
            while "read" not in bell._about_to_ring:
                assert not waiting_to_ring.done()
            assert bell.nudge("read")
            assert not waiting_to_ring.done()
        assert not under_way.result()
        assert not waiting_to_ring.result()
    assert not bell._about_to_ring
    bell.close()


def test_a_success_ends_the_rest(cold_bell: Bell, freezer: Freezer, clock: Clock) -> None:
    assert not cold_bell.nudge("read")
    freezer.thaw()
    clock.now += REST
    assert cold_bell.nudge("reply")
    assert cold_bell.nudge("forward")


def test_ping_asks_even_during_the_rest(cold_bell: Bell, freezer: Freezer) -> None:
    assert not cold_bell.nudge("read")
    assert not cold_bell.ping()
    freezer.thaw()
    assert cold_bell.ping()
    assert cold_bell.nudge("reply")


def test_a_hanging_redis_is_tried_once_a_time(listener: socket.socket, clock: Clock) -> None:
    """Once: redis-py would try three times more by default."""
    bell = Bell(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=0.1, clock=clock)
    assert calls(listener) == 0
    for _ in range(2):
        assert not any(bell.nudge(name) for name in JOBS)
        assert calls(listener) == 1
        clock.now += REST
    bell.close()


def test_nobody_there(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    bell = Bell(f"redis://127.0.0.1:{port}/0")
    with capture_logs() as logs:
        assert not bell.nudge("read")
    assert [one["error"] for one in logs] == ["ConnectionError"]
    assert not bell.ping()
    bell.close()


def test_a_password_does_not_reach_the_log(redis_url: str) -> None:
    bell = Bell(redis_url.replace("redis://", "redis://:motdepasse@"))
    with capture_logs() as logs:
        assert not bell.nudge("read")
    assert len(logs) == 1
    assert "motdepasse" not in repr(logs)
    bell.close()


def test_an_answer_that_cannot_be_given_is_logged_by_its_own_name(listener: socket.socket) -> None:
    bell = Bell(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", timeout=0.1)
    with capture_logs() as logs:
        assert not bell.answered("forward")
    assert [(one["event"], one["queue"]) for one in logs] == [("answer_failed", "forward")]
    bell.close()


def test_a_malformed_address_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="scheme"):
        Bell("http://127.0.0.1:6379")
