"""The work signal: tells the workers through RQ that there is work in SQL.

RQ carries no data and is no store. A job may be lost with its worker or with Redis at any time
(RQ's documentation on interrupted jobs says so, and tests under kill -9 show it): the rows in SQL
are the truth and the clock sweeps them. So a signal that fails is logged and forgotten. One
waiting job per queue is enough for a thousand rows, and each RQ worker serves one queue only,
since a worker of several takes a job's id out of Redis before it has put it anywhere else.
"""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final, Literal

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue

Name = Literal["read", "reply", "forward"]

JOBS: Final[Mapping[Name, str]] = {
    "read": "workers.jobs.read",
    "reply": "workers.jobs.reply",
    "forward": "workers.jobs.forward",
}
SERIALIZER: Final = "json"  # RQ's default, pickle, runs whatever was written into Redis.
BUDGET: Final = 240  # seconds for which a job begins new work; then it signals the next job
JOB_TIMEOUT: Final = 1800  # seconds; longer than BUDGET and the longest single call after it
FAILURE_TTL: Final = 24 * 3600  # seconds for which a failed job is kept for inspection
FLAG_TTL: Final = 30  # seconds after which a signal counts as lost
REST: Final = 5.0  # seconds for which a Redis that failed is not asked again

_log = structlog.get_logger(__name__)


def flag_key(name: Name) -> str:
    """Return the Redis key of the flag that a signal of this queue waits.

    The key keeps its old name, since processes of an earlier release that still run share it.
    """
    return f"kibaru:nudge:{name}"


def work_signal_for(redis_url: str, slowest_call: float) -> "WorkSignal":
    """Return a work signal whose jobs may take their budget and one more call.

    That call, of `slowest_call` seconds, begins at the end of the budget; there is room to settle.
    """
    return WorkSignal(redis_url, job_timeout=BUDGET + 2 * int(slowest_call) + 60)


class WorkSignal:
    """Signals to the workers, by way of RQ. Thread-safe; connects when it is first used.

    `redis_url` is redis://, rediss:// or unix://. Redis counts as down when connecting or one
    answer takes more than `timeout` seconds; it is then left alone for REST seconds, so that a
    Redis that hangs costs one request in that time and not all. `clock` gives monotonic
    seconds. No method raises for trouble with Redis. Raises ValueError for a malformed URL.
    """

    def __init__(
        self,
        redis_url: str,
        timeout: float = 1.0,
        *,
        job_timeout: int = JOB_TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Retries would multiply the timeout, and so would a greeting of several commands, each
        # of which may take as long; redis-py's defaults for both differ by version and by way
        # of construction, so they are given explicitly.
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
        )
        self._queues = {
            name: Queue(name, connection=self._redis, serializer=SERIALIZER) for name in JOBS
        }
        self._job_timeout = job_timeout
        self._timeout = timeout
        self._clock = clock
        self._rest_until: float | None = None
        self._about_to_signal: set[Name] = set()
        self._signalling = Lock()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def notify(self, name: Name) -> bool:
        """Signal that there is work for the queue; return whether Redis knows, or is about to.

        At most one signal of a queue waits at a time: the usual case, when one waits already, is
        one round trip, and none for a caller who finds another caller about to make it. Call it
        after the COMMIT, never before.
        """
        if self._is_left_alone():
            return False
        if name in self._about_to_signal:
            return True
        self._about_to_signal.add(name)
        with self._signalling:
            # A caller who comes from now on has committed too late for this signal.
            self._about_to_signal.discard(name)
            return self._reach("signal_failed", name, lambda: self._enqueue(name))

    def acknowledge(self, name: Name) -> bool:
        """Note that a job of the queue has begun: the next signal makes a new job.

        The job calls it BEFORE it queries SQL: this job sees rows committed earlier, and rows
        committed later are signalled anew. Return whether Redis knows; if not, the flag expires
        after FLAG_TTL seconds.
        """
        return self._reach("acknowledge_failed", name, lambda: self._redis.delete(flag_key(name)))

    def ping(self) -> bool:
        """Return whether Redis answers now. It is asked even while it is left alone."""
        try:
            self._redis.ping()
        except RedisError:
            return False
        self._rest_until = None
        return True

    def _is_left_alone(self) -> bool:
        return self._rest_until is not None and self._clock() < self._rest_until

    def _enqueue(self, name: Name) -> None:
        if not self._redis.set(flag_key(name), "1", nx=True, ex=FLAG_TTL):
            return
        queue = self._queues[name]
        if self._redis.llen(queue.key):
            # The flag ran out under a job that still waits, behind a long one or without a
            # worker. It will see the row, so that an absent worker does not find thousands.
            return
        queue.enqueue(
            JOBS[name],
            job_timeout=self._job_timeout,
            result_ttl=0,
            failure_ttl=FAILURE_TTL,
        )

    def _reach(self, event: str, name: Name, act: Callable[[], object]) -> bool:
        """Call `act` unless Redis is being left alone; return whether it was done."""
        if self._is_left_alone():
            return False
        if self._rest_until is not None:
            # One caller finds out whether Redis is back; the others go on without meanwhile.
            self._rest_until = self._clock() + self._timeout
        try:
            act()
        except RedisError as error:
            self._rest_until = self._clock() + REST
            # The type only: a message may hold the address, and with it the password.
            _log.warning(event, queue=name, error=type(error).__name__)
            return False
        self._rest_until = None
        return True
