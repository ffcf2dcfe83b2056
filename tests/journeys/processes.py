"""Real processes for the journeys: start, read, stop and kill them; wait with a deadline."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests

from gateway import process_group
from gateway.sandbox.operator_posts import direct_session

T = TypeVar("T")

PARTS = {"web": "gateway.web", "worker": "workers", "clock": "workers.clock"}
PATIENCE = 40.0  # seconds; a signal that was lost with Redis counts as lost after thirty


def wait_for(what: Callable[[], T], words: str, seconds: float = PATIENCE) -> T:
    """Ask until the answer is true, and return it. Raises AssertionError with the last one."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {words} (last answer: {found!r})")
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def probe(port: str, name: str) -> int | None:
    """Return the status that a probe of a gateway answers; None when nothing answers."""
    try:
        with direct_session() as http:
            return http.get(f"http://127.0.0.1:{port}/{name}", timeout=8).status_code
    except requests.RequestException:
        return None


class Program:
    """A process `python -m MODULE …` with its own environment, logging to a file.

    It dies with the test.
    """

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.words, self.log = list(words), log
        self._environment = dict(environment)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self.process is None:
            raise AssertionError(f"{self.words[0]} was never started")
        return self.process.pid

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, **more: str) -> None:
        """Start it, if it does not run. `more` are settings beside its environment."""
        if self.lives:
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                process_group.command([sys.executable, "-m", *self.words]),
                env={"PATH": os.environ["PATH"], **self._environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Send SIGKILL to this one process alone."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def stop(self, seconds: float = 15.0) -> int:
        """Send SIGTERM; return the exit code.

        Raises AssertionError when it does not end in time.
        """
        if self.lives and self.process is not None:
            self.process.terminate()
        return self.wait(seconds)

    def wait(self, seconds: float = 15.0) -> int:
        """Return the exit code, once it has ended."""
        if self.process is None:
            return 0
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.words} did not end within {seconds:g} s") from None

    def lines(self) -> list[str]:
        """Return what it has written so far."""
        return self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []


@contextmanager
def program(
    folder: Path, environment: Mapping[str, str], *words: str, **more: str
) -> Iterator[Program]:
    """Yield one program for as long as the block lasts."""
    made = Program(words, environment, folder / f"{words[0]}.log")
    made.start(**more)
    try:
        yield made
    finally:
        end([made])


def end(programs: Sequence[Program]) -> None:
    """End programs, and every process below them, whether they were stopped or killed already."""
    for started in programs:
        if started.lives:
            end_all([*descendants(started.pid), started.pid])
            started.wait()


def end_all(pids: Sequence[int]) -> None:
    for pid in pids:
        send(pid, signal.SIGKILL)


def run(environment: Mapping[str, str], *words: str, folder: Path, stdin: str = "") -> Any:
    """Run `python -m …` to its end; return a CompletedProcess with text."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        env={"PATH": os.environ["PATH"], **environment},
        input=stdin,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )


def send(pid: int, number: signal.Signals) -> bool:
    """Send a signal; return whether there was such a process."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def descendants(pid: int) -> list[int]:
    """Return the process ids below this one, parents before children (Linux, proc(5))."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (parent := _parent(folder)) is not None:
            children.setdefault(parent, []).append(int(folder.name))
    found, below = [], [pid]
    while below:
        mine = children.get(below.pop(0), [])
        found += mine
        below += mine
    return found


def is_alive(pid: int) -> bool:
    """Return whether the process is there and no zombie."""
    try:
        return _state(Path(f"/proc/{pid}")) not in ("Z", "X")
    except OSError:
        return False


def works_in(pid: int, folder: Path) -> bool:
    """Return whether a process of this number is there and has this working directory."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def words_of(pid: int) -> list[str]:
    """Return the command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").split("\0")
    except OSError:
        return []


def _parent(folder: Path) -> int | None:
    try:
        fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1])


def _state(folder: Path) -> str:
    return (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
