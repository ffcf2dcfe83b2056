"""Figure B: reports per second from accepted to replied and imported.

Every site's complete report waits in the inbox. Workers, clock, sandbox operator and sandbox
DHIS2 are up, each a process of its own as in the field, and idle. Then the workers are signalled,
and time runs until the operator has taken as many replies and DHIS2 as many complete reports as
there are, by the rows in SQL. What operator and DHIS2 really hold is counted afterwards, and a
figure with one number too few is none. Each run begins with a fresh copy of the database and with
empty sandboxes.
"""

import json
import secrets
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any, Final

import redis
from sqlalchemy import Engine, func, select

from gateway.storage.engine import connect, reading
from gateway.storage.inbox import NEW
from gateway.storage.outbox import DHIS2, OPEN, REPLY, SENT
from gateway.storage.tables import inbox, outbox
from gateway.transports.queue import JOBS, WorkSignal, flag_key
from tests.bench.ground import Ground, Kind
from tests.bench.processes import answers, await_that, free_port, running
from tests.bench.programme import VALUES, Programme, prepare

LONGEST: Final = 600.0  # seconds for one run before it counts as stuck


class Wrong(Exception):
    """Raised when operator or DHIS2 do not hold what they should: there is no figure."""


@dataclass(frozen=True, slots=True)
class Delivering:
    """Reports a second, and each run's seconds."""

    kind: Kind
    reports: int
    rate: float
    seconds: list[float]


def measure(ground: Ground, kind: Kind, *, reports: int, runs: int) -> Delivering:
    """The median of so many runs, each with so many reports."""
    programme = prepare(ground.create(kind), ground.folder, reports, datetime.now(UTC))
    seconds = [_run(ground, programme) for _ in range(runs)]
    ground.drop(programme.database)
    return Delivering(kind, reports, reports / median(seconds), seconds)


def _run(ground: Ground, programme: Programme) -> float:
    """Works off a copy of the programme's database; the seconds that it took."""
    url = ground.copy(programme.database)
    ground.empty_redis()
    environment = _settings(ground, url)
    engine = connect(url)
    with _sandboxes(ground, programme, environment), _workers(ground, environment) as begin:
        started = perf_counter()
        begin()
        await_that(
            f"{programme.reports} reports",
            lambda: _all_settled(engine, programme.reports),
            seconds=LONGEST,
        )
        taken = perf_counter() - started
        _check(environment, programme.reports)
    engine.dispose()
    ground.drop(url)
    return taken


def _settings(ground: Ground, url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "REDIS_URL": ground.redis_url,
        "AT_USERNAME": "sandbox",
        "AT_API_KEY": secrets.token_urlsafe(16),
        "AT_API_URL": f"http://127.0.0.1:{free_port()}",
        "DHIS2_URL": f"http://127.0.0.1:{free_port()}",
        "DHIS2_USERNAME": "kibaru",
        "DHIS2_PASSWORD": secrets.token_urlsafe(16),
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def _sandboxes(ground: Ground, programme: Programme, environment: dict[str, str]) -> Iterator[None]:
    operator = ("gateway.sandbox.operator", "--port", _port(environment["AT_API_URL"]))
    dhis2 = (
        *("gateway", "sandbox", "dhis2", "--family", "sql"),
        *("--port", _port(environment["DHIS2_URL"])),
        *("--metadata", str(programme.metadata)),
    )
    with ExitStack() as stack:
        for name, program in (("operator", operator), ("dhis2", dhis2)):
            log = ground.folder / f"{name}.log"
            stack.enter_context(running(*program, environment=environment, log=log))
        await_that("operator", lambda: answers(environment["AT_API_URL"] + "/sandbox/messages"))
        await_that("DHIS2", lambda: answers(environment["DHIS2_URL"] + "/"))
        yield


def _port(url: str) -> str:
    return url.rpartition(":")[2]


@contextmanager
def _workers(ground: Ground, environment: dict[str, str]) -> Iterator[Callable[[], None]]:
    """Yield a call that makes workers and clock begin, which are up and idle."""
    flag, work_signal = flag_key("read"), WorkSignal(ground.redis_url)
    with ExitStack() as stack:
        client = stack.enter_context(redis.Redis.from_url(ground.redis_url))
        # While a signal seems to wait, the clock sees the messages and sends none.
        client.set(flag, "1")
        for program in ("workers.clock", "workers"):
            log = ground.folder / f"{program}.log"
            stack.enter_context(running(program, environment=environment, log=log))
        await_that("workers", lambda: client.scard("rq:workers") == len(JOBS))

        def begin() -> None:
            client.delete(flag)
            work_signal.notify("read")

        yield begin
    work_signal.close()


def _all_settled(engine: Engine, reports: int) -> bool:
    """Whether every reply was taken and every report is in DHIS2 and complete there.

    What is still open has an index of its own, so that asking costs nothing; only the last
    time is everything counted.
    """
    unread = select(inbox.c.id).where(inbox.c.state == NEW).limit(1)
    unsent = select(outbox.c.id).where(outbox.c.state.in_(OPEN)).limit(1)
    counts = (
        select(outbox.c.kind, outbox.c.sent_complete, func.count())
        .where(outbox.c.state == SENT)
        .group_by(outbox.c.kind, outbox.c.sent_complete)
    )
    with reading(engine) as connection:
        if connection.execute(unread).first() or connection.execute(unsent).first():
            return False
        found = {(kind, done): count for kind, done, count in connection.execute(counts)}
    return found.get((REPLY, None)) == reports and found.get((DHIS2, True)) == reports


def _check(environment: dict[str, str], reports: int) -> None:
    """Count what operator and DHIS2 hold. Raises Wrong when it is not one of each."""
    replies = _json(environment["AT_API_URL"] + "/sandbox/messages")["count"]
    held = _json(environment["DHIS2_URL"] + "/sandbox/values")
    complete = sum(bool(entry["completed"]) for entry in held["completeness"])
    found = (replies, len(held["values"]), complete)
    if found != (reports, reports * VALUES, reports):
        raise Wrong(f"(replies, values, complete) of {reports} reports: {found}")


def _json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  loopback
        return json.load(answer)
