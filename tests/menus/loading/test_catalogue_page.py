"""docs/catalogue.md explains every key of the catalogue's files."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from menus.loading.loader import SHIPPED
from menus.loading.tables import names_in
from menus.model.catalogue import LANGUAGES
from tests.guards.tree import ROOT

PAGE = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
CODE = " ".join(re.findall(r"`[^`\n]+`|^```.*?^```", PAGE, re.MULTILINE | re.DOTALL))
FOLDERS = ("forms", "ussd")
FILES = [
    "programme.toml",
    "keywords.toml",
    "checks.toml",
    "referrals.toml",
    *(f"{folder}/{name}" for folder in FOLDERS for name in names_in(SHIPPED.joinpath(folder))),
]


def keys(value: Any) -> Iterator[str]:
    """Every key of a table and of those below it, keywords and languages apart."""
    if isinstance(value, dict):
        for key, below in value.items():
            if key not in LANGUAGES and not key.isupper():
                yield key
            yield from keys(below)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)


@pytest.mark.parametrize("name", FILES)
def test_every_key_is_explained(name: str) -> None:
    content = tomllib.loads(SHIPPED.joinpath(name).read_text(encoding="utf-8"))
    found = set(keys(content))
    assert found
    assert {key for key in found if not re.search(rf"\b{key}\b", CODE)} == set()


def test_every_file_is_named() -> None:
    assert [name for name in FILES if f"`{name}`" not in PAGE and "/" not in name] == []
