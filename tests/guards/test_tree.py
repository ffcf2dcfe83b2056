"""The tree: what a clone holds speaks of Kibaru alone, and works on any machine."""

import re
from pathlib import Path

from tests.guards.tree import kept_files, listed, relative

# Where a package comes from is the business of the machine that installs it: no file chooses.
# Spelled apart, since this file is one of those that are read.
CHOICES = ["index-" + "url", "find-" + "links", "registry" + "="]
# A path into one machine. A URL's path has its host before it.
ABSOLUTE = re.compile(r"(?<![\w.~*}-])/(?:work|root|home|Users)/\w")
BEYOND = "../" + "shared"


def places_named(path: Path) -> list[str]:
    """Return what a file tells of one machine; a byte that is no UTF-8 is of no interest here."""
    text = path.read_text(encoding="utf-8", errors="replace")
    named = [name for name in (*CHOICES, BEYOND) if name in text] + ABSOLUTE.findall(text)
    return [f"{relative(path)}: {name}" for name in named]


def test_a_file_chooses_no_package_index_and_names_no_place_of_one_machine() -> None:
    found = [place for path in kept_files() for place in places_named(path)]
    assert not found, listed(found, "a clone works on any machine")


def test_the_guard_reads_the_tree_and_knows_a_path_from_a_url() -> None:
    assert {"pyproject.toml", "Makefile", ".ci/run"} <= set(map(relative, kept_files()))
    assert ABSOLUTE.search("open('" + "/" + "home/someone/x')")
    assert not ABSOLUTE.search("http://example.org/home/page")
