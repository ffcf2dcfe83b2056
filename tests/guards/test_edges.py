"""Holds up the edges: the clock, the environment and the terminal are touched in few places."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.guards.tree import aliases, imports, parsed, product_files, relative

ENTRY_POINTS = (
    "gateway/cli.py",
    "gateway/cli/*",
    "gateway/cli/demo.py",
    "gateway/sandbox/*",
    "gateway/web/*",
    "workers/*",
)
# `now` is handed in everywhere else. Whoever needs a duration takes time.monotonic().
WALL_CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
ENVIRONMENT = {("os", "environ"), ("os", "environb"), ("os", "getenv"), ("os", "putenv")}
# The demo hands an environment on to the processes that it starts.
READS_ENVIRONMENT = ("gateway/config.py", "gateway/cli/demo.py")
PRINTS = ("gateway/cli.py", "gateway/cli/*", "gateway/cli/demo.py", "gateway/sandbox/*")


def uses(path: Path, wanted: set[tuple[str, str]]) -> Iterator[str]:
    """Where a file names one of the (owner, attribute) pairs, or imports it by name."""
    real = aliases(path)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute):
            owner = _last_name(node.value)
            if (real.get(owner, owner), node.attr) in wanted:
                yield f"{owner}.{node.attr}, line {node.lineno}"
    for found in imports(path):
        if tuple(found.name.split(".")[-2:]) in wanted:
            yield f"{found.name}, line {found.line}"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _outside(places: tuple[str, ...]) -> list[Path]:
    return [
        path
        for path in product_files()
        if not any(fnmatch(relative(path), place) for place in places)
    ]


@pytest.mark.parametrize("path", _outside(ENTRY_POINTS), ids=relative)
def test_only_entry_points_look_at_the_clock(path: Path) -> None:
    assert not list(uses(path, WALL_CLOCK)), "take `now` as an argument"


@pytest.mark.parametrize("path", _outside(READS_ENVIRONMENT), ids=relative)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    assert not list(uses(path, ENVIRONMENT)), "ask gateway.config"


@pytest.mark.parametrize("path", _outside(PRINTS), ids=relative)
def test_only_what_talks_to_a_terminal_prints(path: Path) -> None:
    calls = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
    prints = [f"line {call.lineno}" for call in calls if _last_name(call.func) == "print"]
    assert not prints, "log an event"


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("import datetime\ndatetime.datetime.now()", 1),
        ("from datetime import datetime as dt\ndt.now()", 1),
        ("from datetime import date\nf(default=date.today)", 1),
        ("from time import time\ntime()", 1),
        ("import os as system\nsystem.environ['X']", 1),
        ("from os import environ", 1),
        ("from datetime import datetime\ndatetime.fromisoformat(text)", 0),
        ("import time\ntime.monotonic()", 0),
        ("from sqlalchemy import func\nfunc.now()", 0),
    ],
)
def test_the_guards_see_what_they_are_for(code: str, seen: int, tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text(code)
    assert len(list(uses(path, WALL_CLOCK | ENVIRONMENT))) == seen
