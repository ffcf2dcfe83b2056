"""Holds up the tree: what a clone holds speaks of Kibaru alone, and works on any machine."""

import re
from pathlib import Path

import pytest

from tests.guards.tree import kept_files, relative

# Where a package comes from is the business of the machine that installs it: no file chooses.
# Spelled apart, since this file is one of those that are read.
CHOICES = ["index-" + "url", "find-" + "links", "registry" + "="]
# A path into somebody's machine. A URL's path has its host before it.
ABSOLUTE = re.compile(r"(?<![\w.~*}-])/(?:work|root|home|Users)/\w")
BEYOND = "../" + "shared"


def text_of(path: Path) -> str:
    """A file's text; a byte that is no UTF-8 is of no interest here."""
    return path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("path", kept_files(), ids=relative)
def test_a_file_chooses_no_package_index_and_names_no_place_of_one_machine(path: Path) -> None:
    text = text_of(path)
    assert [name for name in (*CHOICES, BEYOND) if name in text] == []
    assert ABSOLUTE.findall(text) == []


def test_the_guard_reads_the_tree_and_knows_a_path_from_a_url() -> None:
    assert {"pyproject.toml", "Makefile", ".ci/run"} <= set(map(relative, kept_files()))
    assert ABSOLUTE.search("open('" + "/" + "home/someone/x')")
    assert not ABSOLUTE.search("http://example.org/home/page")
