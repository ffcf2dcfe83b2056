"""The documentation: what README and docs say exists, and what exists is said there."""

import importlib.util
import re
from pathlib import Path

import click

from tests.guards.tree import ROOT, kept_files, listed, relative, settings_names

PAGES = [path for path in kept_files() if path.suffix == ".md"]
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]+`")
COMMAND = re.compile(r"\bkibaru ([a-z][a-z0-9]*)(?: ([a-z][a-z0-9]*))?")
PLACE = re.compile(r"`((?:gateway|menus|workers|tests|deploy|docs)/[\w./-]*\w)`")
TARGET = re.compile(r"\bmake ([a-z]+)")


def code(page: Path) -> str:
    """Return the code of a page: its blocks and its inline pieces, nothing of its prose."""
    text = page.read_text(encoding="utf-8")
    return "\n".join(FENCED.findall(text) + INLINE.findall(FENCED.sub("", text)))


def command_line() -> click.Group:
    """Return the `kibaru` command."""
    main = importlib.import_module("gateway.cli").kibaru
    assert isinstance(main, click.Group)
    return main


def is_command(first: str, second: str) -> bool:
    """Return whether `kibaru first second` exists; a second word counts for a group alone."""
    command = command_line().commands.get(first)
    if isinstance(command, click.Group) and second:
        return second in command.commands
    return command is not None


def test_every_command_of_a_page_exists() -> None:
    found = [
        f"{relative(page)}: kibaru {' '.join(words)}"
        for page in PAGES
        for words in COMMAND.findall(code(page))
        if not is_command(*words)
    ]
    assert not found, listed(found, "no such command")


def test_every_make_target_of_a_page_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test"} <= targets
    found = [
        f"{relative(page)}: make {target}"
        for page in PAGES
        for target in TARGET.findall(code(page))
        if target not in targets
    ]
    assert not found, listed(found, "no such target")


def test_the_readme_names_the_two_commands() -> None:
    assert {"run", "test"} <= set(TARGET.findall(code(ROOT / "README.md")))


def test_every_setting_is_explained() -> None:
    told = "".join(code(ROOT / page) for page in ("README.md", "docs/settings.md"))
    found = [name for name in settings_names() if name not in told]
    assert not found, listed(found, "README.md or docs/settings.md must explain it")


def test_every_line_of_the_procfile_starts_something_that_exists() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    processes = dict(line.split(": ", 1) for line in lines)
    assert sorted(processes) == ["clock", "release", "web", "worker"]
    missing = [command for command in processes.values() if not _starts(command.split())]
    assert not missing


def _starts(command: list[str]) -> bool:
    match command:
        case ["kibaru", name]:
            return is_command(name, "")
        case ["python", "-m", module]:
            found = importlib.util.find_spec(module)
            package = found is not None and found.submodule_search_locations is not None
            return bool(importlib.util.find_spec(f"{module}.__main__") if package else found)
    return False


# What was there once, and is told of as such.
TELLS_OF_THE_PAST = ("CHANGELOG.md",)


def test_every_file_that_a_page_names_is_there() -> None:
    missing = [
        f"{relative(page)}: {place}"
        for page in PAGES
        if relative(page) not in TELLS_OF_THE_PAST
        for place in PLACE.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / place).exists()
    ]
    assert not missing
