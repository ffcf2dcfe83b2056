"""Callers who walk through a menu as fast as it answers, or at a given pace.

As with `load`, the callers share the machine with what they call, so they do next to nothing
for a hop: of an answer only its length and its first bytes are read. Each caller is a number of
its own, has a dialogue of its own, and keeps to the walk. A connection carries one caller after
the other.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Final
from urllib.parse import quote_plus

from tests.bench.load import LENGTH, NotAccepted
from tests.bench.programme import FIRST_PHONE

SERVICE: Final = quote_plus("*384*1#")


@dataclass(frozen=True, slots=True)
class Walk:
    """The keys after the dial, the address they are posted to, and how the last answer begins.

    The hops before number `start` are left out: they were made before.
    """

    port: int
    path: str
    answers: tuple[str, ...]
    last: str = "END "
    start: int = 0

    def texts(self) -> list[str]:
        """The text of each hop, as it stands in the form."""
        hops = range(self.start, len(self.answers) + 1)
        return [quote_plus("*".join(self.answers[:n])) for n in hops]


@dataclass(frozen=True, slots=True)
class Walked:
    """Hops a second, seconds of a hop (median, and what 99 of 100 stay below), callers served."""

    rate: float
    p50: float
    p99: float
    callers: int


def walk_for(
    walk: Walk,
    seconds: float,
    *,
    first: int,
    agents: int,
    connections: int,
    pace: float = 0.0,
    most: int | None = None,
) -> Walked:
    """Callers from number `first` on, over so many connections, for so long.

    Each has a dialogue of its own; their phones are those of so many agents, in turn. With
    `most`, no more callers than that.

    With `pace`, so many hops a second are begun in all; without, each follows its answer. The
    last callers finish their walk. Raises NotAccepted for an answer that is not 200 or not a
    screen of the walk, and OSError when a connection is lost.
    """
    rounds = _Rounds(walk, seconds, first=first, agents=agents, pace=pace, most=most)
    return asyncio.run(_walk_for(rounds, connections))


class _Rounds:
    """What all connections of one measurement share: the walk, the callers to come, the time."""

    def __init__(
        self, walk: Walk, seconds: float, *, first: int, agents: int, pace: float, most: int | None
    ) -> None:
        self.walk, self.texts, self.agents, self.pace = walk, walk.texts(), agents, pace
        self.numbers, self.callers, self.most = count(first), 0, most
        self.started = time.perf_counter()
        self.deadline = self.started + seconds
        self.slots = count(1)

    def next_caller(self) -> int | None:
        """The number of another caller; None when the time is over or there are enough."""
        over = self.callers and time.perf_counter() >= self.deadline
        if over or self.callers == self.most:
            return None
        self.callers += 1
        return next(self.numbers)

    def wait(self) -> float:
        """Seconds until the next hop is due anywhere; none without a pace, or when it is late."""
        if not self.pace:
            return 0.0
        return self.started + next(self.slots) / self.pace - time.perf_counter()


async def _walk_for(rounds: _Rounds, connections: int) -> Walked:
    loop = asyncio.get_running_loop()
    lines = [
        (await loop.create_connection(lambda: _Connection(rounds), "127.0.0.1", rounds.walk.port))[
            1
        ]
        for _ in range(connections)
    ]
    took = sorted(chain.from_iterable(await asyncio.gather(*(line.over for line in lines))))
    whole = time.perf_counter() - rounds.started
    return Walked(len(took) / whole, _part(took, 0.5), _part(took, 0.99), rounds.callers)


def _part(ordered: Sequence[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


class _Connection(asyncio.Protocol):
    """One kept connection: a caller's hops, the next caller's, until the time is over."""

    def __init__(self, rounds: _Rounds) -> None:
        self._rounds, self._walk, self._texts = rounds, rounds.walk, rounds.texts
        self._number = self._hop = 0
        self._read = b""
        self._sent = 0.0
        self._took: list[float] = []
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[list[float]] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._dial()

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n") + 4
        length = LENGTH.search(self._read, 0, end)
        if end < 4 or (length and len(self._read) < end + int(length[1])):
            return
        self._took.append(time.perf_counter() - self._sent)
        awaited = self._walk.last if self._hop == len(self._texts) - 1 else "CON "
        head, screen = self._read[:13], self._read[end:]
        if head != b"HTTP/1.1 200 " or not screen.startswith(awaited.encode()):
            shown = screen.decode("utf-8", "replace")
            self._fail(NotAccepted(f"hop {self._hop} of {self._walk.path}: {shown}"))
            return
        self._read = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionResetError("the server hung up"))

    def _next(self) -> None:
        self._hop += 1
        if self._hop == len(self._texts):
            self._dial()
        else:
            self._soon()

    def _dial(self) -> None:
        """Another caller takes the connection, or it has served."""
        number = self._rounds.next_caller()
        if number is not None:
            self._hop, self._number = 0, number
            self._soon()
            return
        self.over.set_result(self._took)
        assert self._transport is not None
        self._transport.close()

    def _soon(self) -> None:
        wait = self._rounds.wait()
        if wait > 0:
            self._loop.call_later(wait, self._send)
        else:
            self._send()

    def _send(self) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        phone = FIRST_PHONE + self._number % self._rounds.agents
        body = (
            f"phoneNumber=%2B223{phone}&serviceCode={SERVICE}"
            f"&text={self._texts[self._hop]}&sessionId=ATUid_{self._number:032x}&networkCode=61002"
        )
        self._sent = time.perf_counter()
        self._transport.write(
            f"POST {self._walk.path} HTTP/1.1\r\nHost: 127.0.0.1:{self._walk.port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nUser-Agent: at-ussd-api/1.0\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    def _fail(self, error: Exception) -> None:
        if not self.over.done():
            self.over.set_exception(error)
        if self._transport is not None:
            self._transport.close()
