"""Processes that a figure is measured on: each in its own, as in the field, and none left over."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from gateway import process_group

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 15.0


def running(
    *program: str, environment: Mapping[str, str], log: Path
) -> "AbstractContextManager[subprocess.Popen[bytes]]":
    """`python -m PROGRAM…` with these settings and no others; the rest as for `started`."""
    return started([sys.executable, "-m", *program], environment=environment, log=log)


@contextmanager
def started(
    command: Sequence[str], *, environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A command with these settings and no others, for as long as the block lasts.

    What it says goes to the end of `log`. It is ended by SIGTERM, and by SIGKILL when that does
    not help within STOP_SECONDS.
    """
    with log.open("ab") as words:
        child = subprocess.Popen(
            process_group.command(command),
            env={"PATH": os.environ.get("PATH", ""), **environment},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_port() -> int:
    """A TCP port on loopback that nobody has at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a GET of this address is answered 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def await_that(
    what: str, holds: Callable[[], bool], *, seconds: float = READY_SECONDS, every: float = 0.05
) -> None:
    """Asks again and again until it holds. Raises TimeoutError, naming what never came."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)
