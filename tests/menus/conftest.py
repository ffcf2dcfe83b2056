"""A copy of the shipped catalogue, to be spoilt."""

import shutil
from collections.abc import Callable
from importlib.resources import as_file
from pathlib import Path

import pytest

from menus.loading.loader import SHIPPED, CatalogueFault, load

Edit = Callable[[str, str, str], None]
Spoil = Callable[[str, str, str], list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped catalogue, to be spoilt."""
    with as_file(SHIPPED) as shipped:
        shutil.copytree(shipped, tmp_path / "catalogue")
    return tmp_path / "catalogue"


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace the first of a text in a file; an empty text is the end of the file."""

    def replace(name: str, old: str, new: str) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")

    return replace


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(CatalogueFault) as caught:
        load(folder)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


@pytest.fixture
def spoilt(folder: Path, edit: Edit) -> Spoil:
    """Return the faults after one replacement."""

    def faults(name: str, old: str, new: str) -> list[str]:
        edit(name, old, new)
        return faults_of(folder)

    return faults
