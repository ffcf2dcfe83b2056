"""Figure D: USSD hops per second and how long one takes, against a bare view and against a peer.

Three sides run at the same time on one Valkey with as many processes: the gateway's doors, a
bare Flask view behind the same server with one GET and one SET a hop, and the npm package
`ussd-menu-builder` with its sessions in Redis behind Node's http, where Node is there. The load
goes to them in turn. Callers dial one after the other, each a registered agent who reports a
whole PEC by USSD: menu, numbers, a confirmation after each group, receipt. What was reported is
forgotten before each turn, so that every caller begins with nothing. A caller of the bare view
makes as many hops. PostgreSQL is below the gateway, with its promises kept, since a confirmed
group is a COMMIT.

Rates and the ratio are those of a full house, each caller going as fast as it is answered, and
medians as in figure A. How long a hop takes is asked again at half of that rate. Then the same
for the gateway alone with many dialogues stored that nobody ended: copies of a real one.
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
from menus.model import Period
from tests.bench.callers import Walk, Walked, walk_for
from tests.bench.ground import Ground
from tests.bench.peer import NoPeer, install
from tests.bench.processes import answers, await_that, free_port, started
from tests.bench.programme import enrol

CONNECTIONS: Final = 16
AGENTS: Final = 5000
REPORT: Final = ("1", "1", "45*38*37*28*27", "1", "2*2*9*9", "1", "11*10*3*0", "1")
NUMBERS: Final = (*["45", "38", "37", "28", "27", "2", "2", "9", "9", "11", "10", "3", "0"],)
KEPT: Final = {"org_units", "org_unit_terms", "posts", "secrets", "destinations", "lanes"}


@dataclass(frozen=True, slots=True)
class Side:
    """One side's hops a second at full load, and milliseconds of a hop at full and half load."""

    name: str
    rate: float
    p50: float
    p99: float
    half_p50: float
    half_p99: float


@dataclass(frozen=True, slots=True)
class Hopping:
    """All sides, ours first and the bare view second; and ours with many dialogues stored.

    `ratio` is ours as a part of the bare view's rate, `stored_ratio` ours with `stored`
    dialogues as a part of ours without. `left_out` says why a side is missing.
    """

    sides: list[Side]
    ratio: float
    stored: int
    stored_ratio: float
    stored_p50: float
    left_out: str


def measure(ground: Ground, *, turns: int, seconds: float, stored: int) -> Hopping:
    """So many turns for each side, of so many seconds each, after a short one to warm up."""
    with _sides(ground) as field:
        full: list[list[Walked]] = [
            [field.walk(name, seconds if turn else seconds / 2) for name in field.walks]
            for turn in range(turns + 1)
        ][1:]
        rates = [median(one.rate for one in side) for side in zip(*full, strict=True)]
        half = [
            field.walk(name, seconds * 2, pace=rate / 2)
            for name, rate in zip(field.walks, rates, strict=True)
        ]
        field.store(stored)
        many = [field.walk("Kibaru", seconds) for _ in range(turns)]
        return Hopping(
            sides=[
                _side(name, list(side), slow)
                for name, side, slow in zip(field.walks, zip(*full, strict=True), half, strict=True)
            ],
            ratio=median(ours.rate / bare.rate for ours, bare, *_ in full),
            stored=stored,
            stored_ratio=median(one.rate for one in many) / rates[0],
            stored_p50=median(one.p50 for one in many) * 1000,
            left_out=field.left_out,
        )


def rows(one: Hopping) -> Iterator[str]:
    """The figures in words, for the table."""
    yield f"{'USSD hops a second':<28}{'hops/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'at half':>9}{'p99/p50':>9}"
    for side in one.sides:
        yield (
            f"  {side.name:<26}{side.rate:>8,.0f}{side.p50:>8.1f}{side.p99:>8.1f}"
            f"{side.half_p50:>9.2f}{side.half_p99 / side.half_p50:>9.1f}"
        )
    if one.left_out:
        yield f"  ussd-menu-builder left out: {one.left_out}"
    yield f"  Kibaru as a part of the bare view: {one.ratio:.2f} (aim: 0.8 or more)"
    yield f"  with {one.stored:,} dialogues stored: {one.stored_ratio:.2f} of the rate"


def _side(name: str, full: list[Walked], half: Walked) -> Side:
    return Side(
        name,
        rate=median(one.rate for one in full),
        p50=median(one.p50 for one in full) * 1000,
        p99=median(one.p99 for one in full) * 1000,
        half_p50=half.p50 * 1000,
        half_p99=half.p99 * 1000,
    )


class Field:
    """The sides that are up, and the database and Redis below them."""

    def __init__(
        self, walks: dict[str, Walk], engine: Engine, redis_url: str, left_out: str
    ) -> None:
        self.walks, self.left_out = walks, left_out
        self._engine, self._redis_url = engine, redis_url
        self._number = 0

    def walk(self, name: str, seconds: float, *, pace: float = 0.0) -> Walked:
        """Callers for so long, after everything that others reported was forgotten."""
        forget(self._engine)
        # Agents are used again, with dialogues that are over: a number that returns is a new
        # caller with an old name.
        walked = walk_for(
            self.walks[name], seconds, first=self._number, connections=CONNECTIONS,
            pace=pace, agents=AGENTS,
        )  # fmt: skip
        if walked.callers > AGENTS:
            raise RuntimeError(f"{walked.callers} callers in one turn, and {AGENTS} agents")
        self._number += walked.callers
        return walked

    def store(self, dialogues: int) -> None:
        """Leaves one of the gateway's dialogues open, and so many copies of it in Redis."""
        with redis.Redis.from_url(self._redis_url) as client:
            before = set(client.keys())
            begun = replace(self.walks["Kibaru"], answers=REPORT[:3], last="CON ")
            walk_for(begun, 0.0, first=self._number, connections=1, agents=AGENTS)
            self._number += 1
            for key in set(client.keys()) - before:
                _copy(client, key, dialogues)


def _copy(client: "redis.Redis", key: bytes, times: int) -> None:
    kept, pipe = client.dump(key) or b"", client.pipeline(transaction=False)
    lasts = max(int(client.pttl(key)), 0)
    for number in range(times):
        pipe.restore(b"%s-%d" % (key, number), lasts, kept, replace=True)
        if number % 1000 == 999:
            pipe.execute()
    pipe.execute()


def forget(engine: Engine) -> None:
    """Everything but the roster."""
    with engine.begin() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            if table.name not in KEPT:
                connection.execute(delete(table))


@contextmanager
def _sides(ground: Ground) -> Iterator[Field]:
    with kibaru(ground) as (ours, engine), ExitStack() as stack:
        walks = {"Kibaru": ours, "bare Flask view": stack.enter_context(_bare(ground))}
        left_out = ""
        try:
            walks["ussd-menu-builder"] = stack.enter_context(peer(ground))
        except NoPeer as missing:
            left_out = str(missing)
        yield Field(walks, engine, ground.redis_url, left_out)


@contextmanager
def kibaru(ground: Ground) -> Iterator[tuple[Walk, Engine]]:
    """The gateway's doors with a roster of AGENTS, and its database."""
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
