"""Reading our own code: its files, what they import, which settings they name."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("menus", "gateway", "workers")


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a file imports, in full (`gateway.storage.inbox`), and the line."""

    name: str
    line: int


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def product_files() -> list[Path]:
    """Return every Python file of the three packages."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def files_of_tests() -> list[Path]:
    """Return every file of tests."""
    return sorted((ROOT / "tests").rglob("test_*.py"))


def kept_files() -> list[Path]:
    """Return every file of the tree that .gitignore does not name: what a clone will hold."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
    return sorted(_walk(ROOT, [".git", *ignored]))


def _walk(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for path in folder.iterdir():
        if any(fnmatch(path.name, pattern) for pattern in ignored):
            continue
        if path.is_dir():
            yield from _walk(path, ignored)
        else:
            yield path


def relative(path: Path) -> str:
    """Return a file's place in the tree, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function of a file, wherever it stands in it."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def module_name(path: Path) -> str:
    """Return the dotted name of a file's module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> list[Import]:
    """Return everything a file imports, wherever in the file: `from a import b` counts as `a.b`."""
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(filter(None, (_package(path, node.level), node.module)))
            found += [Import(f"{origin}.{alias.name}", node.lineno) for alias in node.names]
    return found


def aliases(path: Path) -> dict[str, str]:
    """Return the names that a file gives to what it imports (`import a as b`): b -> a."""
    nodes = (
        node for node in ast.walk(parsed(path)) if isinstance(node, ast.Import | ast.ImportFrom)
    )
    return {alias.asname: alias.name for node in nodes for alias in node.names if alias.asname}


def _package(path: Path, level: int) -> str:
    """Return the package that the dots of a relative import stand for."""
    if not level:
        return ""
    parts = path.relative_to(ROOT).parts[:-1]
    return ".".join(parts[: len(parts) - level + 1])


def settings_names() -> list[str]:
    """Return the settings that gateway/config.py looks up: the first text handed over with `raw`."""
    names = set()
    for node in ast.walk(parsed(ROOT / "gateway" / "config.py")):
        if isinstance(node, ast.Call) and _holds_raw(node):
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            names |= {text for text in texts[:1] if re.fullmatch("[A-Z][A-Z0-9_]+", str(text))}
    return sorted(map(str, names))


def _holds_raw(call: ast.Call) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return any(isinstance(node, ast.Name) and node.id == "raw" for node in (owner, *call.args))


def listed(found: Iterable[str], advice: str) -> str:
    """Return all that was found, a line each, for the message of a failing guard."""
    return "\n".join([advice, *found])
