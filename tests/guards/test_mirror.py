"""The mirror: each module has a test file at its place under tests/, or one that stands in."""

from pathlib import Path

from tests.guards.tree import PACKAGES, ROOT, listed, product_files, relative

# Modules without a test file of their own, and the one that covers each. A module that gains a
# file leaves the table.
COVERED_ELSEWHERE = {
    "gateway/__main__.py": "tests/gateway/cli/test_help.py",
}
# Alembic's files and the tables are tested as a whole, by tests/gateway/storage/test_schema.py.
WITHOUT = ("gateway/storage/migrations/", "gateway/storage/tables/")


def modules() -> list[Path]:
    """Return every module that must be covered."""
    return [
        path
        for path in product_files()
        if path.name != "__init__.py" and not relative(path).startswith(WITHOUT)
    ]


def own_tests(module: Path) -> Path:
    """Return the place of a module's own test file; `__main__.py` has test_main.py."""
    folder = ROOT / "tests" / module.relative_to(ROOT).parent
    return folder / f"test_{module.stem.strip('_')}.py"


def test_each_module_has_a_test_file_or_stands_in_the_table() -> None:
    found = {relative(path) for path in modules() if not own_tests(path).exists()}
    more = sorted(found - COVERED_ELSEWHERE.keys())
    assert not more, listed(more, "give it a test file at the mirrored place")
    less = sorted(COVERED_ELSEWHERE.keys() - found)
    assert not less, listed(less, "it has its own tests, or is gone: take it out of the table")


def test_what_stands_in_exists() -> None:
    found = [name for name in COVERED_ELSEWHERE.values() if not (ROOT / name).is_file()]
    assert not found, listed(found, "no such test file")
    assert list(COVERED_ELSEWHERE) == sorted(COVERED_ELSEWHERE)


def test_the_mirror_knows_its_places() -> None:
    assert relative(own_tests(ROOT / "menus/gsm7.py")) == "tests/menus/test_gsm7.py"
    assert relative(own_tests(ROOT / "workers/__main__.py")) == "tests/workers/test_main.py"
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(PACKAGES)
