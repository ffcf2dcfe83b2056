"""`python -m workers`: run one RQ worker for each queue, each in a process of its own.

A worker serves one queue, since RQ can lose a job that it takes out of one of several queues; and
so that a slow DHIS2 never delays the reply to an agent.
"""

import argparse
import subprocess
import sys
import time
from contextlib import closing, suppress
from threading import Event

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

import workers.jobs  # noqa: F401  each job is a fork of this process, with its modules loaded
from gateway import process_group
from gateway.config import Settings
from gateway.transports.queue import JOBS, SERIALIZER
from workers.rq_worker import GracefulWorker
from workers.startup import load_settings, stop_event

log = structlog.get_logger()

PAUSE = 2.0  # seconds before a worker that ended is started again, or Redis is asked again
GRACE = 6.0  # seconds that a worker has to finish its batch
LAST_GRACE = 2.0  # seconds that it has to end without, asked a second time


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM; return 1 if settings or catalogue cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument(
        "--queue", choices=sorted(JOBS), help="serve this queue alone, in this process"
    )
    chosen = parser.parse_args(arguments)
    settings = load_settings()
    if settings is None:
        return 1
    return serve(settings, chosen.queue) if chosen.queue else supervise(settings)


def supervise(settings: Settings) -> int:
    """Start a process for each queue, and restart a process that ends."""
    stop = stop_event()
    if not _await_redis(settings, stop):
        return 0
    running = {name: _start(name) for name in JOBS}
    while not stop.wait(PAUSE):
        for name, process in running.items():
            if process.poll() is not None:
                log.warning("worker_restarted", queue=name, code=process.returncode)
                running[name] = _start(name)
    return _stop(list(running.values()))


def _start(queue: str) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "workers", "--queue", queue]
    return subprocess.Popen(process_group.command(program))  # noqa: S603  our own words


def _stop(processes: list[subprocess.Popen[bytes]]) -> int:
    """Let each worker finish its batch; rows that it had not begun wait in SQL.

    A worker that is asked twice takes its job down with it (RQ, "cold shutdown").
    """
    for patience in (GRACE, LAST_GRACE):
        for process in processes:
            process.terminate()
        _await_ends(processes, patience)
    for process in processes:
        process.kill()
        process.wait()
    return 0


def _await_ends(processes: list[subprocess.Popen[bytes]], patience: float) -> None:
    deadline = time.monotonic() + patience
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))


def serve(settings: Settings, queue: str) -> int:
    """Run one RQ worker, which waits for Redis when it is away and resumes when it is back."""
    connection = Redis.from_url(settings.redis_url)
    while _await_redis(settings, stop_event()):
        worker = GracefulWorker(
            [Queue(queue, connection=connection, serializer=SERIALIZER)],
            connection=connection,
            serializer=SERIALIZER,
        )
        try:
            worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("worker_lost_redis", queue=queue, error=type(error).__name__)
            if not worker.asked_to_stop:
                continue
        return 0
    return 0


def _await_redis(settings: Settings, stop: Event) -> bool:
    """Wait until Redis answers, with one warning if it does not; False when told to stop."""
    warned = False
    probe = Redis.from_url(settings.redis_url, socket_timeout=1.0, socket_connect_timeout=1.0)
    with closing(probe):
        while not stop.is_set():
            try:
                probe.ping()
            except RedisError as error:
                if not warned:
                    log.warning("worker_waits_for", missing="redis", error=type(error).__name__)
                warned = True
                stop.wait(PAUSE)
            else:
                return True
    return False


if __name__ == "__main__":
    sys.exit(main())
