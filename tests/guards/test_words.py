"""The words: code speaks the field's language, without metaphors and without "she" and "he"."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.guards.tree import ROOT, listed, parsed, product_files, relative

TESTS = ROOT / "tests"

# A word that was ours alone, and the field's word for it. No name that the code gives holds one,
# nor does the name of a file or of a log event.
IN_NAMES = {
    "bell": "work signal",
    "desk": "unit of work, or the command",
    "door": "blueprint, route, web",
    "doors": "blueprint, routes, web",
    "errand": "periodic task",
    "errands": "periodic tasks",
    "horse": "job process",
    "house": "context, deployment",
    "houses": "deployments",
    "pipe": "path, queue",
    "pipes": "harness",
    "rung": "signalled",
    "wish": "effect",
    "wishes": "effects",
}
# Words that say nothing when they are the whole name.
AS_NAMES = {"among": "what the values are", "outs": "stock_outs", "telling": "notification"}
NAMED_BY_OTHERS = {"setup_work_horse_signals": "a method of RQ's worker"}
# In no docstring and no comment either; and what is a metaphor, or makes a person of a role.
IN_PROSE = {
    **{word: meant for word, meant in IN_NAMES.items() if word not in ("horse", "wish")},
    "he": "the role",
    "her": "the role",
    "hers": "the role",
    "him": "the role",
    "his": "the role",
    "nobody knows": "unknown",
    "she": "the role",
    "somebody": "a role, another process",
    "stands up for": "validates",
    "whoever": "the role, the caller",
}
BANNED = re.compile(rf"\b({'|'.join(IN_PROSE)})\b", re.IGNORECASE)
LOG_LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


def words(name: str) -> list[str]:
    """Return the words of a name in lower case, of `queued_notice` and of `QueuedNotice`."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each name that a file gives to something, and the name of each log event."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.Call(func=ast.Attribute(attr=level), args=[ast.Constant(value=str(name)), *_]):
                if level in LOG_LEVELS:
                    yield node.lineno, name


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each docstring and each comment of a file."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(parsed(path)):
        if isinstance(node, documented) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def banned(name: str) -> list[str]:
    """Return the words that may stand in no name, each with what to say in its place."""
    if name in NAMED_BY_OTHERS:
        return []
    found = {word: IN_NAMES[word] for word in words(name) if word in IN_NAMES}
    whole = name.strip("_").lower()
    if whole in AS_NAMES:
        found[whole] = AS_NAMES[whole]
    return [f"{word} -> {meant}" for word, meant in found.items()]


def in_names(path: Path) -> list[str]:
    """Return the names of a file, its own one first, that hold a banned word."""
    given = [(1, path.stem), *names(parsed(path))]
    return [
        f"{relative(path)}:{line} {name}: {found}" for line, name in given for found in banned(name)
    ]


def in_prose(path: Path) -> list[str]:
    """Return the banned words in the docstrings and comments of a file."""
    return [
        f"{relative(path)}:{line} {word} -> {IN_PROSE[word.lower()]}"
        for line, text in prose(path)
        for word in BANNED.findall(text)
    ]


def ours() -> list[Path]:
    """Return every file of the packages and of the tests."""
    here = Path(__file__)
    return [*product_files(), *(path for path in sorted(TESTS.rglob("*.py")) if path != here)]


def test_names_are_words_of_the_field() -> None:
    found = [line for path in ours() for line in in_names(path)]
    assert not found, listed(found, "say it in the field's words")


def test_docstrings_and_comments_are_plain() -> None:
    found = [line for path in ours() for line in in_prose(path)]
    assert not found, listed(found, "say it plainly, and of roles")


def test_the_guard_sees_a_word_wherever_it_stands(tmp_path: Path) -> None:
    assert banned("OpenDesk") == ["desk -> unit of work, or the command"]
    assert banned("_outs") == ["outs -> stock_outs"]
    assert banned("stock_outs") == banned("outside") == banned("setup_work_horse_signals") == []
    tree = ast.parse("def f(bell):\n    self.desk = 1\n    log.info('door_shut')\n    read(house)")
    assert sorted(name for _, name in names(tree) if banned(name)) == ["bell", "desk", "door_shut"]
    path = tmp_path / "sample.py"
    path.write_text('"""What she sent, and whoever."""\nx = "her"  # rung\n')
    assert [word.lower() for _, text in prose(path) for word in BANNED.findall(text)] == [
        "she",
        "whoever",
        "rung",
    ]


def nameless(path: Path) -> Iterator[str]:
    """Yield where a file calls a variable or a parameter `one`."""
    for node in ast.walk(parsed(path)):
        named = isinstance(node, ast.Name) and node.id == "one"
        if named and isinstance(node.ctx, ast.Store):
            yield f"{relative(path)}, line {node.lineno}"
        if isinstance(node, ast.arg) and node.arg == "one":
            yield f"{relative(path)}, line {node.lineno}"


def test_a_variable_is_named_after_what_it_holds() -> None:
    found = [place for path in product_files() for place in nameless(path)]
    assert not found, listed(found, "name it after the thing: post, row, token, field")
