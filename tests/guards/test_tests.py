"""The tests themselves: each file says what it is about, and each test asserts something."""

import ast
from pathlib import Path

from tests.guards.tree import files_of_tests, functions, listed, parsed, relative

ASSERTING = ("raises", "warns", "fail")


def asserts(function: ast.AST, helpers: set[str]) -> bool:
    """Return whether a function asserts, itself or through a helper of the same file."""
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


def idle(path: Path) -> list[str]:
    """Return the tests of a file that assert nothing."""
    found = functions(parsed(path))
    helpers = {function.name for function in found if asserts(function, set())}
    return [
        f"{relative(path)}, line {function.lineno}: {function.name}"
        for function in found
        if _is_idle(function, helpers)
    ]


def test_every_test_asserts() -> None:
    found = [test for path in files_of_tests() for test in idle(path)]
    assert not found, listed(found, "assert something, or call an assert_ helper")


def _is_idle(function: ast.FunctionDef | ast.AsyncFunctionDef, helpers: set[str]) -> bool:
    return function.name.startswith("test_") and not asserts(function, helpers)


def test_every_file_of_tests_says_what_it_is_about() -> None:
    found = [relative(path) for path in files_of_tests() if not ast.get_docstring(parsed(path))]
    assert not found, listed(found, "begin with a docstring")


def test_the_guard_sees_an_idle_test() -> None:
    tree = ast.parse("def test_a(): f()\ndef test_b():\n    with pytest.raises(E): f()")
    assert [_is_idle(function, set()) for function in functions(tree)] == [True, False]
