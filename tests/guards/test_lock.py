"""The lock: it holds what pyproject.toml asks for, each version with hashes, and no place."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guards.tree import ROOT

FOLDER = ROOT / "requirements"
# File of the lock -> the extras of pyproject.toml that it holds besides the dependencies.
LOCKS = {"demo.txt": ("demo",), "dev.txt": ("demo", "dev")}
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;]+)(?: ; .+?)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def asked(extras: tuple[str, ...]) -> list[Requirement]:
    """Return what pyproject.toml asks for: dependencies, extras and what builds the project."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    texts = [*project["dependencies"], *pyproject["build-system"]["requires"]]
    for extra in extras:
        texts += project["optional-dependencies"][extra]
    found = map(Requirement, texts)
    return [requirement for requirement in found if requirement.name != project["name"]]


def pins(lock: Path) -> dict[str, str]:
    """Return the versions of a lock by name."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return dict(match.groups() for line in lines if (match := PIN.match(line)))


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_holds_what_pyproject_asks_for(name: str) -> None:
    locked = pins(FOLDER / name)
    stale = [
        str(requirement)
        for requirement in asked(LOCKS[name])
        if locked.get(canonicalize_name(requirement.name), "0") not in requirement.specifier
    ]
    assert not stale, "`make lock` renews it"


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_the_lock_is_a_pin_with_hashes_or_a_comment(name: str) -> None:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if not line.lstrip().startswith("#")]
    assert [line for line in code if not PIN.match(line) and not HASH.match(line)] == []
    follows = zip(code, [*code[1:], ""], strict=True)
    assert [line for line, after in follows if PIN.match(line) and not HASH.match(after)] == []
    assert [line for line in lines if "://" in line or "file:" in line] == []


def test_run_and_test_install_the_same_versions() -> None:
    assert pins(FOLDER / "demo.txt").items() <= pins(FOLDER / "dev.txt").items()


def test_the_group_that_is_locked_is_what_builds_the_project() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pyproject["dependency-groups"]["build"] == pyproject["build-system"]["requires"]
