"""A total deadline for one HTTP call made with requests, and whether anything was sent.

requests' own timeout counts from one received byte to the next, so that a slow trickle of bytes
can outlast any lease. A `Deadline` shuts the connection's socket when its time is over,
wherever the call then stands. It also tells a call that never left from one that may have
arrived, which requests' exceptions alone do not (an SSLError can be either).

    session.mount("https://", DeadlineAdapter())
    watch = Watch()
    with Deadline(60.0, watch) as deadline:
        response = session.post(url, data=body, stream=True, timeout=(10.0, 65.0))
        body = response.content
    if deadline.over: ...
"""

import socket
import time
from contextvars import ContextVar, Token
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

LOOK = 1.0  # seconds after which a watch checks again whether a call is still under way

_under_way: ContextVar["Deadline | None"] = ContextVar("deadline_under_way", default=None)


class Watch:
    """A thread that cuts the calls of one client when their time is over.

    A thread for each call would cost a third of what the call itself costs. This thread is started
    with a first call and ends soon after the last; make a Watch after a fork, not before.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._calls: list[tuple[float, int, Deadline]] = []
        self._order = count()
        self._running = False

    def add(self, deadline: "Deadline", seconds: float) -> None:
        """Cut the deadline's call after so many seconds from now."""
        due = time.monotonic() + seconds
        with self._changed:
            earliest = not self._calls or due < self._calls[0][0]
            heappush(self._calls, (due, next(self._order), deadline))
            if not self._running:
                self._running = True
                Thread(target=self._run, name="deadlines", daemon=True).start()
            elif earliest:
                self._changed.notify()

    def _run(self) -> None:
        while (deadline := self._next_over()) is not None:
            deadline._cut()  # noqa: SLF001  the two classes belong together

    def _next_over(self) -> "Deadline | None":
        """Wait for the next call whose time is over; None when none is left."""
        with self._changed:
            while self._calls:
                due, _, deadline = self._calls[0]
                left = due - time.monotonic()
                if left <= 0 or deadline.ended:
                    heappop(self._calls)
                    if not deadline.ended:
                        return deadline
                else:
                    self._changed.wait(min(left, LOOK))
            self._running = False
            return None


class Deadline:
    """A limit in seconds for the HTTP calls made within its `with` block.

    `over` means that the time ran out, so that what was read may be cut short; `sent` that bytes
    of the request went out, so that the server may have acted; `ended` that the block is left. It
    holds for calls of the same thread through a session that carries a `DeadlineAdapter`. A
    `watch` is shared by the calls of one client.
    """

    def __init__(self, seconds: float, watch: Watch | None = None) -> None:
        self.over = False
        self.sent = False
        self.ended = False
        self._seconds = seconds
        self._watch = watch or Watch()
        self._socket: socket.socket | None = None
        self._lock = Lock()
        self._outer: Token[Deadline | None] | None = None

    def __enter__(self) -> Self:
        self._outer = _under_way.set(self)
        self._watch.add(self, self._seconds)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            # The connection goes back to its pool now and must not be shut under another call.
            self.ended = True
            self._socket = None
        if self._outer is not None:
            _under_way.reset(self._outer)

    def watch(self, connected: socket.socket) -> None:
        """Note that bytes leave by this socket from now on; shut it if time is over."""
        with self._lock:
            if self.over:
                _shut(connected)
                return
            self.sent = True
            self._socket = connected

    def _cut(self) -> None:
        with self._lock:
            if self.ended:
                return
            self.over = True
            if self._socket is not None:
                _shut(self._socket)


def _shut(connected: socket.socket) -> None:
    try:
        # The plain socket's shutdown: the TLS one drops its state under the reading thread.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return  # The server closed it first, which ends the call as well.


def _announce(connection: HTTPConnection) -> None:
    deadline = _under_way.get()
    if deadline is None:
        return
    if connection.sock is None:
        connection.connect()
    deadline.watch(connection.sock)


class _PlainConnection(HTTPConnection):
    def send(self, data: Any) -> None:
        _announce(self)
        super().send(data)


class _SecureConnection(HTTPSConnection):
    def send(self, data: Any) -> None:
        _announce(self)
        super().send(data)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """requests' adapter whose connections obey the `Deadline` under way.

    HTTP proxies are covered; SOCKS proxies, which need a library that is not installed, are not.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools whose connections obey a deadline."""
        super().init_poolmanager(*args, **kwargs)
        _use_our_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Make pools whose connections, by a proxy, obey a deadline."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        _use_our_pools(manager)
        return manager


def _use_our_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
