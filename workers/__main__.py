"""`python -m workers`: one RQ worker for each queue, each in a process of its own.

A worker serves one queue, since RQ can lose a job on its way out of several; and so that a
slow DHIS2 never stands between an agent and her answer.
"""

import argparse
import signal
import subprocess
import sys
import time
from threading import Event

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker

from gateway import config, lifeline, logs
from gateway.config import Settings, SettingsFault
from gateway.transports.queue import JOBS, SERIALIZER
from menus.loader import CatalogueFault
from workers import house

log = structlog.get_logger()

PAUSE = 2.0  # seconds before a worker that ended is started again, or Redis is asked again
GRACE = 10.0  # seconds that a worker has to finish its batch before it is killed


def main(arguments: list[str] | None = None) -> int:
    """Runs until SIGTERM. Returns 1 when settings or catalogue cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("--queue", choices=sorted(JOBS), help="serve this queue in this process")
    chosen = parser.parse_args(arguments)
    try:
        settings = config.load()
        house.catalogue(settings.catalogue)
    except (SettingsFault, CatalogueFault) as fault:
        for sentence in fault.faults:
            sys.stderr.write(f"{sentence}\n")
        return 1
    logs.configure(settings.log_level)
    return serve(settings, chosen.queue) if chosen.queue else supervise()


def supervise() -> int:
    """Starts a process for each queue and starts again whichever ends."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = {name: _start(name) for name in JOBS}
    while not stop.wait(PAUSE):
        for name, process in running.items():
            if process.poll() is not None:
                log.warning("worker_restarted", queue=name, code=process.returncode)
                running[name] = _start(name)
    return _stop(list(running.values()))


def _start(queue: str) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "workers", "--queue", queue]
    return subprocess.Popen(lifeline.command(program))  # noqa: S603  our own words


def _stop(processes: list[subprocess.Popen[bytes]]) -> int:
    """Lets each finish the batch in its hands; what it had not begun waits in SQL."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return 0


def serve(settings: Settings, queue: str) -> int:
    """One RQ worker, which waits for Redis when it is away and comes back with it."""
    connection = Redis.from_url(settings.redis_url)
    told = False
    while True:
        try:
            connection.ping()
        except RedisError as error:
            if not told:
                log.warning("worker_waits_for", missing="redis", error=type(error).__name__)
            told = True
            time.sleep(PAUSE)
            continue
        told = False
        try:
            worker = Worker(
                [Queue(queue, connection=connection, serializer=SERIALIZER)],
                connection=connection,
                serializer=SERIALIZER,
            )
            worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("worker_lost_redis", error=type(error).__name__)
        else:
            return 0


if __name__ == "__main__":
    sys.exit(main())
