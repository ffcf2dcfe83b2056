"""The operator's side of a figure: posts over kept connections, as fast as they are answered.

It shares the machine with what it measures, so it does next to nothing for a request: the bytes
are made from one form, and of the answer only the status and the length are read.
"""

import asyncio
import re
import time
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

from gateway.sandbox.operator_posts import encode, inbound_form

CONNECTIONS: Final = 32
PLACEHOLDER: Final = "00000000000000000000"  # as long as the number that takes its place
LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class NotAccepted(Exception):
    """A post was answered with something else than 200; the message holds the status line."""


@dataclass(frozen=True, slots=True)
class Post:
    """One inbound SMS as bytes, again and again, each time with a new id."""

    head: bytes
    tail: bytes

    def numbered(self, number: int) -> bytes:
        return b"%s%020d%s" % (self.head, number, self.tail)


def sms_post(port: int, path: str, text: str, at: datetime) -> Post:
    """The operator's post of an SMS to this path, its id left open."""
    form = inbound_form("+22370000001", text, at=at, provider_id=PLACEHOLDER)
    body = encode(form)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nUser-Agent: at-ussd-api/1.0\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    before, _, after = body.partition(PLACEHOLDER.encode())
    return Post(head.encode() + before, after)


def accepted_per_second(port: int, post: Post, seconds: float, first: int) -> tuple[float, int]:
    """Posts over CONNECTIONS connections for so long; answers a second, and how many there were.

    Ids count from `first`. Raises NotAccepted for an answer that is not 200, and OSError when a
    connection is lost: a figure with errors in it is none.
    """
    return asyncio.run(_load(port, post, seconds, first))


async def _load(port: int, post: Post, seconds: float, first: int) -> tuple[float, int]:
    loop = asyncio.get_running_loop()
    numbers = count(first)
    started = time.perf_counter()
    lines = [
        (await loop.create_connection(lambda: _Line(post, numbers, started + seconds), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]  # fmt: skip
    acknowledge = sum(await asyncio.gather(*(line.over for line in lines)))
    return acknowledge / (time.perf_counter() - started), acknowledge


class _Line(asyncio.Protocol):
    """One kept connection: a post, its answer, the next post, until the time is over."""

    def __init__(self, post: Post, numbers: "count[int]", deadline: float) -> None:
        self._post = post
        self._numbers = numbers
        self._deadline = deadline
        self._answered = 0
        self._read = b""
        self._transport: asyncio.Transport | None = None
        self.over: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n") + 4
        length = LENGTH.search(self._read, 0, end)
        if end < 4 or (length and len(self._read) < end + int(length[1])):
            return
        if not self._read.startswith(b"HTTP/1.1 200 "):
            self._fail(NotAccepted(self._read.partition(b"\r\n")[0].decode("ascii", "replace")))
            return
        self._read = b""
        self._answered += 1
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionResetError("the server hung up"))

    def _next(self) -> None:
        assert self._transport is not None
        if time.perf_counter() < self._deadline:
            self._transport.write(self._post.numbered(next(self._numbers)))
        elif not self.over.done():
            self.over.set_result(self._answered)
            self._transport.close()

    def _fail(self, error: Exception) -> None:
        if not self.over.done():
            self.over.set_exception(error)
        if self._transport is not None:
            self._transport.close()
