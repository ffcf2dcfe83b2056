"""The edges: the clock, the environment and the terminal are touched in few places."""

import ast
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.guards.tree import aliases, imports, listed, parsed, product_files, relative

ENTRY_POINTS = ("gateway/cli/*", "gateway/sandbox/*", "gateway/web/*", "workers/*")
# `now` is handed in everywhere else. A duration is taken from time.monotonic().
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
PRINTS = ("gateway/cli/*", "gateway/sandbox/*")


def uses(path: Path, wanted: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the places where a file names one of the (owner, attribute) pairs, or imports it."""
    real = aliases(path)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute):
            owner = _last_name(node.value)
            if (real.get(owner, owner), node.attr) in wanted:
                yield f"line {node.lineno}: {owner}.{node.attr}"
    for found in imports(path):
        if tuple(found.name.split(".")[-2:]) in wanted:
            yield f"line {found.line}: {found.name}"


def prints(path: Path) -> Iterator[str]:
    """Yield the places where a file prints."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and _last_name(node.func) == "print":
            yield f"line {node.lineno}: print"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def outside(places: tuple[str, ...], look: Callable[[Path], Iterable[str]]) -> list[str]:
    """Return what `look` finds in the files that are in none of these places."""
    return [
        f"{relative(path)}, {found}"
        for path in product_files()
        if not any(fnmatch(relative(path), place) for place in places)
        for found in look(path)
    ]


def test_only_entry_points_look_at_the_clock() -> None:
    found = outside(ENTRY_POINTS, lambda path: uses(path, WALL_CLOCK))
    assert not found, listed(found, "take `now` as an argument")


def test_only_the_settings_read_the_environment() -> None:
    found = outside(READS_ENVIRONMENT, lambda path: uses(path, ENVIRONMENT))
    assert not found, listed(found, "ask gateway.config")


def test_only_what_talks_to_a_terminal_prints() -> None:
    found = outside(PRINTS, prints)
    assert not found, listed(found, "log an event")


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


def test_the_guard_sees_a_print(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text("print('x')\nimport builtins\nbuiltins.print('y')\nfootprint()")
    assert len(list(prints(path))) == 2
