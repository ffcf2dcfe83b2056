"""Tests of `kibaru check` about a catalogue that loads and would still mislead."""

import shutil
from importlib.resources import as_file
from pathlib import Path

import pytest

from menus.loading.loader import SHIPPED
from tests.gateway.cli.conftest import Kibaru


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped catalogue."""
    with as_file(SHIPPED) as shipped:
        shutil.copytree(shipped, tmp_path / "catalogue")
    return tmp_path / "catalogue"


def catalogue_lines(kibaru: Kibaru, folder: Path) -> list[str]:
    done = kibaru("check", KIBARU_CATALOGUE=str(folder), REDIS_URL="redis://127.0.0.1:1/0")
    assert done.code == 1
    return [line for line in done.out.splitlines() if line[6:].startswith(("catalogue", "words"))]


def test_what_bambara_lacks_is_no_fault(kibaru: Kibaru, folder: Path) -> None:
    (folder / "words" / "bm.toml").write_text('receipt = "No {receipt}."\n', encoding="utf-8")
    catalogue, words = catalogue_lines(kibaru, folder)
    assert catalogue.startswith("ok    catalogue: 4 forms, ")
    assert words.startswith("ok    words bm: ")
    assert " sentences are said in French: " in words
    assert ": head_complete, " in words
    assert "receipt" not in words
    assert words.endswith(" more")


def test_near_words_are_a_fault(kibaru: Kibaru, folder: Path) -> None:
    path = folder / "keywords.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f'{text}\n[TEL]\nroles = ["dtc"]\nhelp = "help_numero"\n', encoding="utf-8")
    lines = catalogue_lines(kibaru, folder)
    assert lines[0].startswith("FAULT catalogue: TEL (command) and SEL (STK) are one slip apart: ")
    assert not any(line.startswith("ok    catalogue") for line in lines)


def test_a_catalogue_that_does_not_load_is_told_fault_by_fault(
    kibaru: Kibaru, folder: Path
) -> None:
    path = folder / "forms" / "pec.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("ask_above = 150", "ask_above = 401", 1), encoding="utf-8")
    (folder / "words" / "bm.toml").unlink()
    assert catalogue_lines(kibaru, folder) == [
        "FAULT catalogue: forms/pec.toml: fields 1.ask_above: is above refuse_above (400)",
        "FAULT catalogue: words/bm.toml: the file is missing or cannot be read",
    ]
