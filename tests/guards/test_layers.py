"""The layers: who may import whom (pyproject.toml has the contracts), and how many rooms there are."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.guards.tree import ROOT, functions, listed, parsed, product_files, relative

LINTER = Path(sys.executable).with_name("lint-imports")
MOST_LOOSE_FILES = 8
MOST_ROOMS_OF_MENUS = 10

# Files that import something only when a function is called, and why. A circle is no reason.
IN_A_FUNCTION = {
    "gateway/cli/phone.py": "what talks HTTP is loaded by the one command that does",
    "gateway/cli/sandbox.py": "Flask comes with it, which the other commands do without",
    "gateway/cli/service.py": "it needs the [demo] extra, which a server does without",
}

UPSIDE_DOWN = """
[tool.importlinter]
root_packages = ["menus", "gateway"]

[[tool.importlinter.contracts]]
name = "Upside down"
type = "layers"
layers = ["menus", "gateway"]
"""


def lint(configuration: Path) -> tuple[int, str]:
    """Run `lint-imports`; returns its exit code and what it wrote."""
    command = [str(LINTER), "--no-cache", "--no-logo", str(configuration)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_contract_is_kept() -> None:
    code, told = lint(ROOT / "pyproject.toml")
    assert code == 0, told


def test_the_linter_sees_an_import_that_goes_up(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(UPSIDE_DOWN)
    code, told = lint(tmp_path / "pyproject.toml")
    assert code == 1
    assert "Upside down BROKEN" in told


def test_gateway_and_menus_can_be_surveyed() -> None:
    loose = sorted(path.name for path in (ROOT / "gateway").glob("*.py"))
    assert len(loose) <= MOST_LOOSE_FILES, loose
    rooms = sorted(path.parent.name for path in (ROOT / "menus").glob("*/__init__.py"))
    assert len(rooms) <= MOST_ROOMS_OF_MENUS, rooms
    assert {path.name for path in (ROOT / "menus").glob("*.py")} == {"__init__.py", "gsm7.py"}


def test_imports_stand_at_the_top_of_a_file() -> None:
    found = {relative(path) for path in product_files() if inner_imports(parsed(path))}
    more = found - IN_A_FUNCTION.keys()
    assert not more, listed(more, "import at the top, or give the reason in IN_A_FUNCTION")
    less = IN_A_FUNCTION.keys() - found
    assert not less, listed(less, "take it out of IN_A_FUNCTION")


def inner_imports(tree: ast.AST) -> list[int]:
    """Return the lines of the imports inside functions."""
    return sorted(
        node.lineno
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


def test_the_guard_sees_an_import_in_a_function() -> None:
    assert inner_imports(ast.parse("import a\ndef f():\n    if x:\n        import b")) == [4]
