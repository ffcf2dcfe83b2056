"""Tests of the demo: one command in an empty folder, a report by the terminal phone, the numbers.

The numbers are in DHIS2, and nothing is left behind however the demo ends.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.operator_posts import direct_session
from menus.model.period import Period
from tests.guards.tree import ROOT
from tests.journeys.deployment import EXAMPLE
from tests.journeys.processes import (
    descendants,
    end_all,
    free_port,
    is_alive,
    run,
    wait_for,
    works_in,
)

pytestmark = pytest.mark.xdist_group("journeys-1")

STOPS_WITHIN = 15.0  # seconds from Ctrl-C until nothing of the demo runs any more
WALKTHROUGHS = sorted((ROOT / "docs" / "walkthroughs").glob("*.txt"))
TOKEN = "a-token-that-was-given-by-hand"


@dataclass(slots=True)
class Demo:
    """A demo that runs, and all the processes that belong to it."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    below: Sequence[int] = ()

    def said(self) -> str:
        return (self.folder / "said.txt").read_text("utf-8")

    def await_hints(self) -> None:
        """Wait until it prints what to try, or ends."""
        up = lambda: "phone +22370000001" in self.said() or self.process.poll() is not None  # noqa: E731
        wait_for(up, "the hints", 60.0)
        assert self.process.poll() is None, self.said()
        self.below = descendants(self.process.pid)

    def settings(self) -> dict[str, str]:
        lines = (self.folder / "var" / "demo.env").read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def nothing_left(self) -> bool:
        return not any(map(is_alive, self.below))


@contextmanager
def demo(folder: Path, **settings: str) -> Iterator[Demo]:
    """Run `kibaru demo` in a folder, in a process group of its own, as in a terminal."""
    with (folder / "said.txt").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "demo"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **settings},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    made = Demo(folder, process)
    try:
        yield made
    finally:
        if process.poll() is None:
            end_all([*descendants(process.pid), process.pid])
        end_all([pid for pid in made.below if works_in(pid, folder)])
        process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the demo of these journeys keeps its data."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Demo]:
    """Yield a demo that has started."""
    with demo(folder, PORT=str(free_port())) as made:
        made.await_hints()
        yield made


def values(running: Demo, month: Period) -> dict[str, Any]:
    """Return the values of the agent's site in the sandbox DHIS2."""
    url = f"{running.settings()['DHIS2_URL']}/sandbox/values"
    with direct_session() as http:
        asked = {"period": month.code, "orgUnit": "KolaSite001"}
        found: dict[str, Any] = http.get(url, params=asked, timeout=5).json()
    return found


def test_the_report_of_the_hints_arrives(running: Demo, month: Period) -> None:
    report = f"PEC {month.month:02d} {EXAMPLE}"
    assert report in running.said()

    words = ("gateway", "phone", "+22370000001")
    phone = run({}, *words, folder=running.folder, stdin=f"{report}\n")
    assert phone.returncode == 0, phone.stdout + phone.stderr
    assert "\n< PEC " in phone.stdout
    there = wait_for(
        lambda: (found := values(running, month)) and found["completeness"] and found,
        "completeness is registered",
    )
    assert {row["code"]: row["value"] for row in there["values"]} == {
        f"ASC_PEC_{code}": number
        for code, number in zip(EXAMPLE.split()[::2], EXAMPLE.split()[1::2], strict=True)
    }


@pytest.mark.parametrize("path", WALKTHROUGHS, ids=lambda path: path.stem)
def test_a_walkthrough_of_the_documentation_goes_as_written(running: Demo, path: Path) -> None:
    words = ("gateway", "phone", "--script", str(path))
    phone = run({}, *words, folder=running.folder)
    assert phone.returncode == 0, phone.stdout + phone.stderr


def test_its_secrets_are_its_owner_s_alone(running: Demo) -> None:
    assert (running.folder / "var" / "demo.env").stat().st_mode & 0o777 == 0o600
    assert len(running.settings()["WEBHOOK_TOKENS"]) >= 22


def test_ctrl_c_ends_everything_and_the_next_run_keeps_the_token(running: Demo) -> None:
    token = running.settings()["WEBHOOK_TOKENS"]
    assert len(running.below) >= 10
    os.killpg(running.process.pid, signal.SIGINT)  # as a terminal does
    assert running.process.wait(STOPS_WITHIN) == 0
    assert running.nothing_left()
    assert "Traceback" not in running.said()

    with demo(running.folder, PORT=str(free_port())) as again:
        again.await_hints()
        assert again.settings()["WEBHOOK_TOKENS"] == token
        again.process.kill()
        again.process.wait()
        wait_for(again.nothing_left, "what it had started ends with it", STOPS_WITHIN)


def test_port_and_token_are_honoured(tmp_path: Path) -> None:
    port = free_port()
    with demo(tmp_path, PORT=str(port), WEBHOOK_TOKENS=TOKEN) as made:
        made.await_hints()
        with direct_session() as http:
            url = f"http://127.0.0.1:{port}/at/{TOKEN}/sms"
            assert http.post(url, data={}, timeout=5).status_code == 400  # known, but empty
        made.process.terminate()
        assert made.process.wait(STOPS_WITHIN) == 0
        assert made.nothing_left()


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with demo(tmp_path, PORT=port) as made:
            assert made.process.wait(60) == 1
            said = made.said()
    assert "PORT" in said
    assert port in said
    assert "Traceback" not in said
