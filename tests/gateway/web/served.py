"""`python -m gateway.web` as a process of its own, for what only real sockets can show."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.gateway.web.conftest import TOKEN

READY = 30.0  # seconds for what must happen; a loaded machine needs some
OPERATOR_PATIENCE = 8.0  # seconds within which every webhook answers
PROGRAM = (sys.executable, "-m", "gateway.web")


@dataclass(frozen=True, slots=True)
class Web:
    """A running web process: its port, the process, and what it wrote to stderr."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """Return status and text of an answer.

        Raises TimeoutError when the operator would hang up.
        """
        line = HTTPConnection("127.0.0.1", self.port, timeout=OPERATOR_PATIENCE)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            line.request(method, path, body, kind)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def post(self, webhook: str, body: str) -> tuple[int, str]:
        return self.ask("POST", f"/at/{TOKEN}/{webhook}", body)

    def say(self, raw: bytes, *, hang_up: bool = False) -> bytes:
        """Return the first line of the answer to raw bytes; with `hang_up` no more will be sent."""
        place = ("127.0.0.1", self.port)
        with socket.create_connection(place, timeout=OPERATOR_PATIENCE) as line:
            line.sendall(raw)
            if hang_up:
                line.shutdown(socket.SHUT_WR)
            return line.makefile("rb").readline().strip()

    def workers(self) -> set[int]:
        """Return the process ids that answer for it now."""
        return children(self.process.pid)

    def events(self) -> list[dict[str, Any]]:
        """Return its log, line by line."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def serving(folder: Path, environ: Mapping[str, str]) -> Iterator[Web]:
    """Yield a web process that answers, for as long as the block lasts."""
    port, log = free_port(), folder / "web.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            PROGRAM,
            env={**os.environ, "WEBHOOK_TOKENS": TOKEN, "PORT": str(port), **environ},
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    web = Web(port, process, log)
    try:
        assert eventually(lambda: answers(web)), log.read_text(encoding="utf-8")
        yield web
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(READY)
        finally:
            process.kill()
            process.wait()


def answers(web: Web) -> bool:
    """Return whether it answers."""
    try:
        return web.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False


def eventually(happened: Callable[[], bool]) -> bool:
    """Return whether it happens within READY seconds."""
    deadline = time.monotonic() + READY
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> set[int]:
    """Return the living children of a process."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            state, parent = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.add(int(stat.parent.name))
    return found
