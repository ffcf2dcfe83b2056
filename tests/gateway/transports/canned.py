"""A small strict HTTP server on loopback that answers as it was told, byte by byte if need be."""

import json
import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TLS_GREETING = b"\x16"  # first byte of a TLS handshake record
PATIENCE = 60.0  # seconds after which a script gives up on its peer


@dataclass(frozen=True)
class Request:
    """What the client sent. Header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, strict_parsing=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Script = Callable[[socket.socket], None]  # runs once the request was read; then we hang up


class Canned:
    """`url` to talk to; `requests` as they came. Each request takes the next script."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        self.requests: list[Request] = []
        self._scripts = iter(scripts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(PATIENCE)
                try:
                    if peer.recv(1, socket.MSG_PEEK) == TLS_GREETING:
                        peer.recv(65536)
                        peer.sendall(b"HTTP/1.1 400 No TLS here\r\n\r\n")
                        continue
                    request = _read(peer)
                    if request is not None:
                        self.requests.append(request)
                        next(self._scripts)(peer)
                except OSError:
                    continue  # The client hung up in the middle of it, as some tests want.


@contextmanager
def canned(*scripts: Script) -> Iterator[Canned]:
    """A server for these requests, one after the other; one more would get no answer."""
    server = Canned(scripts)
    try:
        yield server
    finally:
        server.close()


def _read(peer: socket.socket) -> Request | None:
    with peer.makefile("rb") as stream:
        start = stream.readline().decode("ascii").split()
        if len(start) != 3:
            return None
        headers: dict[str, str] = {}
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
    return Request(start[0], start[1], headers, body)


def raw(
    status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None
) -> bytes:
    lines = [f"HTTP/1.1 {status} Canned", f"Content-Length: {len(body)}", "Connection: close"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def say(
    status: int,
    body: bytes | Mapping[str, Any],
    content_type: str = "application/json;charset=UTF-8",
    **headers: str,
) -> Script:
    """Answer at once. Underscores in header names stand for hyphens."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = raw(status, content_type, content, named)
    return lambda peer: peer.sendall(answer)


def hang_up(peer: socket.socket) -> None:
    """Close without a word."""


def reset(peer: socket.socket) -> None:
    """Close with a TCP reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(peer: socket.socket) -> None:
    """Say nothing until the client gives up."""
    peer.recv(1)


def dribble(start: bytes) -> Script:
    """Send `start`, then a letter again and again until the client gives up."""

    def script(peer: socket.socket) -> None:
        peer.sendall(start)
        pause = Event()
        while not pause.wait(0.02):
            peer.sendall(b"x")

    return script
