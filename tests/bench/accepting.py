"""Figure A: accepted SMS per second at `/at/<token>/sms`, against a bare Flask view.

Both sides run at the same time, each behind Granian with the same processes and threads, on one
database; the load goes to them in turn (A B A B …), so that whatever else the machine does
meets both alike. One client process keeps `load.CONNECTIONS` connections and posts the same
report under ever new ids. An answer other than 200 ends the run. The figure of a side is the
median of its turns; the ratio is the median of the ratios of neighbouring turns. No worker
runs: Valkey takes the work signals.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.bench.ground import Ground, Kind
from tests.bench.load import Post, accepted_per_second, sms_post
from tests.bench.processes import answers, await_that, free_port, running

TEXT = "PEC 10 VUS 45 FIE 38 TDR 37 POS 28 CTA 27 GRV 2 ART 2 IRA 9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0"


@dataclass(frozen=True, slots=True)
class Accepting:
    """Accepted messages a second: ours, the bare view's, and ours as a part of it."""

    kind: Kind
    ours: float
    bare: float
    ratio: float
    turns: list[tuple[float, float]]


def measure(ground: Ground, kind: Kind, *, turns: int, seconds: float) -> Accepting:
    """`turns` turns for each side, of `seconds` each, after a short one to warm up."""
    with _both_sides(ground, kind) as (ours, bare):
        found: list[tuple[float, float]] = []
        number = 0
        for turn in range(turns + 1):
            rates = []
            for port, post in (ours, bare):
                length = seconds if turn else seconds / 4
                rate, acknowledge = accepted_per_second(port, post, length, number)
                number += acknowledge + 1000
                rates.append(rate)
            if turn:
                found.append((rates[0], rates[1]))
    return Accepting(
        kind,
        ours=median(ours for ours, _ in found),
        bare=median(other for _, other in found),
        ratio=median(ours / other for ours, other in found),
        turns=found,
    )


@contextmanager
def _both_sides(ground: Ground, kind: Kind) -> Iterator[tuple[tuple[int, Post], tuple[int, Post]]]:
    """Yield port and post of the gateway's web and of the bare view, on one new database."""
    url, token = ground.create(kind), secrets.token_urlsafe(24)
    ours, bare = free_port(), free_port()
    common = {"DATABASE_URL": url, "REDIS_URL": ground.redis_url, "LOG_LEVEL": "WARNING"}
    with ExitStack() as stack:
        for program, port in (("gateway.web", ours), ("tests.bench.bare", bare)):
            environment = common | {"PORT": str(port), "WEBHOOK_TOKENS": token}
            log = ground.folder / f"{program}.log"
            stack.enter_context(running(program, environment=environment, log=log))
            _await_answer(program, port, log)
        now = datetime.now(UTC)
        yield (
            (ours, sms_post(ours, f"/at/{token}/sms", TEXT, now)),
            (bare, sms_post(bare, "/sms", TEXT, now)),
        )
    ground.drop(url)


def _await_answer(program: str, port: int, log: Path) -> None:
    try:
        await_that(program, lambda: answers(f"http://127.0.0.1:{port}/healthz"))
    except TimeoutError as late:
        late.add_note(log.read_text(encoding="utf-8", errors="replace")[-2000:])
        raise
