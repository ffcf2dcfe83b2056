"""Figure D: USSD hops per second and how long one takes, against a bare view and against a peer.

Three sides run at the same time on one Valkey with as many processes: the gateway's web, a
bare Flask view behind the same server with one GET and one SET a hop, and the npm package
`ussd-menu-builder` with its sessions in Redis behind Node's http, where Node is there. The load
goes to them in turn, from registered agents who dial one after the other. A caller of the bare
view makes as many hops. PostgreSQL is below the gateway, with its promises kept.

Two kinds of hops are told apart. *Keys* are those between the dial and a confirmation: numbers
one at a time, Corriger, back. They need Redis alone, as the bare view does, and the ratio is
theirs; the dials were made before the time runs. A *report* is a whole PEC from the dial to its
receipt: of its nine hops the dial and the opening read SQL, and three confirmations are a
COMMIT each with all that an SMS would bring about, which no other side does. What was reported
is forgotten before each turn.

Rates are those at full load, each caller going as fast as it is answered, and medians as in
figure A. How long a key takes is asked again at half of that rate, and the gateway's rate with
many dialogues stored that nobody ended: copies of a real one.
"""

import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

import redis
from sqlalchemy import Engine, delete

from gateway.storage import tables
from gateway.storage.engine import connect
from gateway.web.__main__ import PROCESSES
from menus.model.period import Period
from tests.bench.callers import Walk, Walked, walk_for
from tests.bench.ground import Ground
from tests.bench.peer import NoPeer, install
from tests.bench.processes import answers, await_that, free_port, started
from tests.bench.programme import enrol

CONNECTIONS: Final = 16
AGENTS: Final = 5000
REPORT: Final = ("1", "1", "45*38*37*28*27", "1", "2*2*9*9", "1", "11*10*3*0", "1")
NUMBERS: Final = ("45", "38", "37", "28", "27", "2", "2", "9", "9", "11", "10", "3", "0")
KEYS: Final = ("1", "1", *NUMBERS[:5], "2", "1", "46", "00", "00")
OURS: Final = "Kibaru"
BARE: Final = "bare Flask view"
PEER: Final = "ussd-menu-builder"
LONGEST: Final = 600.0  # seconds for one walk of all callers
KEPT: Final = {"org_units", "org_unit_terms", "posts", "secrets", "destinations", "lanes"}


@dataclass(frozen=True, slots=True)
class Side:
    """One side: hops a second at full load of keys and of reports, and milliseconds of a key.

    `half_p50` and `half_p99` are milliseconds at half of the full load.
    """

    name: str
    keys: float
    reports: float
    p50: float
    p99: float
    half_p50: float
    half_p99: float


@dataclass(frozen=True, slots=True)
class Hopping:
    """All sides, ours first and the bare view second; and ours with many dialogues stored.

    `ratio` is ours as a part of the bare view's rate of keys, `stored_ratio` ours with `stored`
    dialogues as a part of ours without. `left_out` says why a side is missing.
    """

    sides: list[Side]
    ratio: float
    stored: int
    stored_ratio: float
    left_out: str


@dataclass(frozen=True, slots=True)
class Walks:
    """A side's two walks: keys alone, and a whole report."""

    keys: Walk
    report: Walk


def measure(ground: Ground, *, turns: int, callers: int, stored: int) -> Hopping:
    """So many turns for each side, of so many callers each, after one to warm up."""
    with _sides(ground) as field:
        names = list(field.walks)
        keys = [[field.keys(name, callers) for name in names] for _ in range(turns + 1)][1:]
        reports = [[field.reports(name, callers) for name in names] for _ in range(turns)]
        sides = []
        for place, name in enumerate(names):
            full = [turn[place] for turn in keys]
            rate = median(walked.rate for walked in full)
            half = field.keys(name, 2 * callers, pace=rate / 2)
            sides.append(
                Side(
                    name,
                    keys=rate,
                    reports=median(turn[place].rate for turn in reports),
                    p50=median(walked.p50 for walked in full) * 1000,
                    p99=median(walked.p99 for walked in full) * 1000,
                    half_p50=half.p50 * 1000,
                    half_p99=half.p99 * 1000,
                )
            )
        before = [field.keys(OURS, callers).rate for _ in range(turns)]
        field.store(stored)
        after = [field.keys(OURS, callers).rate for _ in range(turns)]
        return Hopping(
            sides,
            ratio=median(turn[0].rate / turn[1].rate for turn in keys),
            stored=stored,
            stored_ratio=median(after) / median(before),
            left_out=field.left_out,
        )


def rows(found: Hopping) -> Iterator[str]:
    """The figures in words, for the table."""
    head = ("keys/s", "p50 ms", "p99 ms", "half p50", "p99/p50", "in reports")
    yield f"{'USSD hops a second':<26}" + "".join(f"{name:>11}" for name in head)
    for side in found.sides:
        yield (
            f"  {side.name:<24}{side.keys:>11,.0f}{side.p50:>11.1f}{side.p99:>11.1f}"
            f"{side.half_p50:>11.2f}{side.half_p99 / side.half_p50:>11.1f}{side.reports:>11,.0f}"
        )
    if found.left_out:
        yield f"  {PEER} left out: {found.left_out}"
    yield f"  Kibaru's keys as a part of the bare view's: {found.ratio:.2f} (aim: 0.8 or more)"
    yield f"  with {found.stored:,} dialogues stored: {found.stored_ratio:.2f} of the rate"


class Field:
    """The sides that are up, and the database and Redis below them."""

    def __init__(
        self, walks: dict[str, Walks], engine: Engine, redis_url: str, left_out: str
    ) -> None:
        self.walks, self.left_out = walks, left_out
        self._engine, self._redis_url = engine, redis_url
        self._first = 0

    def keys(self, name: str, callers: int, *, pace: float = 0.0) -> Walked:
        """So many callers who have dialled before, and now key in numbers."""
        walk = self.walks[name].keys
        dial = replace(walk, answers=walk.answers[: walk.start - 1], start=0, last="CON ")
        first = self._next(callers)
        _walk(dial, first, callers)
        return _walk(walk, first, callers, pace)

    def reports(self, name: str, callers: int) -> Walked:
        """So many callers from the dial to the end, after all that others reported is forgotten."""
        forget(self._engine)
        return _walk(self.walks[name].report, self._next(callers), callers)

    def store(self, dialogues: int) -> None:
        """Leaves one of the gateway's dialogues open, and so many copies of it in Redis."""
        with redis.Redis.from_url(self._redis_url) as client:
            before = set(client.keys())
            self.keys(OURS, 1)
            for key in set(client.keys()) - before:
                _copy(client, key, dialogues)

    def _next(self, callers: int) -> int:
        first, self._first = self._first, self._first + callers
        return first


def _walk(walk: Walk, first: int, callers: int, pace: float = 0.0) -> Walked:
    return walk_for(
        walk, LONGEST, first=first, agents=AGENTS, connections=CONNECTIONS, pace=pace, most=callers
    )


def _copy(client: "redis.Redis", key: bytes, times: int) -> None:
    kept, pipeline = client.dump(key) or b"", client.pipeline(transaction=False)
    lasts = max(int(client.pttl(key)), 0)
    for number in range(times):
        pipeline.restore(b"%s-%d" % (key, number), lasts, kept, replace=True)
        if number % 1000 == 999:
            pipeline.execute()
    pipeline.execute()


def forget(engine: Engine) -> None:
    """Everything but the roster."""
    with engine.begin() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            if table.name not in KEPT:
                connection.execute(delete(table))


@contextmanager
def _sides(ground: Ground) -> Iterator[Field]:
    with kibaru(ground) as (ours, engine), ExitStack() as stack:
        walks = {OURS: _walks(ours), BARE: _walks(stack.enter_context(_bare(ground)))}
        left_out = ""
        try:
            theirs = stack.enter_context(peer(ground))
            keyed = replace(theirs, answers=theirs.answers[:-1], last="CON ", start=3)
            walks[PEER] = Walks(keyed, theirs)
        except NoPeer as missing:
            left_out = str(missing)
        yield Field(walks, engine, ground.redis_url, left_out)


def _walks(report: Walk) -> Walks:
    return Walks(replace(report, answers=KEYS, last="CON ", start=3), report)


@contextmanager
def kibaru(ground: Ground) -> Iterator[tuple[Walk, Engine]]:
    """Yield the gateway's web with a roster of AGENTS, and its database."""
    url, token, port = ground.create("postgresql"), secrets.token_urlsafe(24), free_port()
    now = datetime.now(UTC)
    enrol(url, ground.folder, AGENTS, Period(now.year, now.month).plus(-3))
    engine = connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    environment = {
        "DATABASE_URL": url, "REDIS_URL": ground.redis_url, "LOG_LEVEL": "WARNING",
        "PORT": str(port), "WEBHOOK_TOKENS": token,
    }  # fmt: skip
    with _up(_python("gateway.web"), environment, ground.folder / "gateway.web.log"):
        yield Walk(port, f"/at/{token}/ussd", REPORT), engine
    engine.dispose()
    ground.drop(url)


@contextmanager
def _bare(ground: Ground) -> Iterator[Walk]:
    environment = {"PORT": str(free_port()), "REDIS_URL": ground.redis_url}
    with _up(_python("tests.bench.bare_ussd"), environment, ground.folder / "bare_ussd.log"):
        yield Walk(int(environment["PORT"]), "/ussd", REPORT, last="CON ")


@contextmanager
def peer(ground: Ground, *, shared: bool = False) -> Iterator[Walk]:
    """The npm package behind Node's http. Raises NoPeer."""
    program = install(ground.folder)
    environment = {
        "PORT": str(free_port()), "REDIS_URL": ground.redis_url, "PROCESSES": str(PROCESSES),
        "SHARED": str(int(shared)),
    }  # fmt: skip
    with _up(["node", str(program)], environment, ground.folder / "peer_ussd.log"):
        yield Walk(int(environment["PORT"]), "/ussd", ("1", "1", *NUMBERS, "1"))


def _python(program: str) -> list[str]:
    return [sys.executable, "-m", program]


@contextmanager
def _up(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """The command, once it answers on its PORT."""
    with started(command, environment=environment, log=log):
        try:
            await_that(log.stem, lambda: answers(f"http://127.0.0.1:{environment['PORT']}/healthz"))
        except TimeoutError as late:
            late.add_note(log.read_text(encoding="utf-8", errors="replace")[-2000:])
            raise
        yield
