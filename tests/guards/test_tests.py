"""Holds up the tests themselves: each says what it holds up, and each asserts something."""

import ast
from pathlib import Path

import pytest

from tests.guards.tree import files_of_tests, parsed, relative

ASSERTING = ("raises", "warns", "fail")


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, wherever it stands."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def asserts(function: ast.AST, helpers: set[str]) -> bool:
    """Whether a function asserts, itself or through a helper of the same file."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and _called(node) in helpers | set(ASSERTING):
            return True
        if isinstance(node, ast.Call) and _called(node).startswith("assert_"):
            return True
    return False


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("path", files_of_tests(), ids=relative)
def test_every_test_asserts(path: Path) -> None:
    found = functions(parsed(path))
    helpers = {one.name for one in found if asserts(one, set())}
    idle = [f"{one.name}, line {one.lineno}" for one in found if _is_idle(one, helpers)]
    assert not idle


def _is_idle(function: ast.FunctionDef | ast.AsyncFunctionDef, helpers: set[str]) -> bool:
    return function.name.startswith("test_") and not asserts(function, helpers)


@pytest.mark.parametrize("path", files_of_tests(), ids=relative)
def test_every_file_of_tests_says_what_it_holds_up(path: Path) -> None:
    assert ast.get_docstring(parsed(path))


def test_the_guard_sees_an_idle_test() -> None:
    tree = ast.parse("def test_a(): f()\ndef test_b():\n    with pytest.raises(E): f()")
    assert [_is_idle(function, set()) for function in functions(tree)] == [True, False]
