"""Typed reading of TOML tables: each value is read by key and type, each fault is noted.

A `Table` never raises for the content of a file. It notes the fault with the file and the key,
returns a harmless value of the right type, and continues, so that one run of the loader reports
all faults.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

Folder = Path | Traversable
_Kind = TypeVar("_Kind", str, int, bool, list[Any], dict[str, Any])

_NAMES: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


@dataclass(slots=True)
class Table:
    """A TOML table; `place` is its file and key, as people read it."""

    place: str
    content: Mapping[str, Any]
    faults: list[str]
    _asked: set[str] = field(default_factory=set)

    def fault(self, key: str, what: str) -> None:
        """Note what is wrong at a key of this table."""
        self.faults.append(f"{self._at(key)}: {what}")

    def has(self, key: str) -> bool:
        """Return whether the key is present."""
        return key in self.content

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not blank; without a default it is required."""
        value = self._get(key, str, default, "")
        if self.has(key) and isinstance(self.content[key], str) and not value.strip():
            self.fault(key, "is empty")
        return value

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number from `low` to `high`, both inclusive."""
        value = self._get(key, int, default, low)
        if not low <= value <= high:
            self.fault(key, f"expected a number from {low} to {high}, got {value}")
            return low
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        return self._get(key, bool, default, False)

    def items(self, key: str) -> list[Any]:
        """Return a required list of any content."""
        return self._get(key, list, None, [])

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts that are not blank; without a default it is required."""
        values = self._get(key, list, None if default is None else list(default), [])
        good = [value for value in values if isinstance(value, str) and value.strip()]
        if len(good) != len(values):
            self.fault(key, "expected a list of texts")
        return tuple(good)

    def table(self, key: str) -> "Table":
        """Return a required table."""
        return Table(self._at(key), self._get(key, dict, None, {}), self.faults)

    def section(self, key: str) -> "Table":
        """Return an optional table, empty when the key is absent."""
        return Table(self._at(key), self._get(key, dict, {}, {}), self.faults)

    def tables(self, key: str) -> list["Table"]:
        """Return a list of tables (`[[key]]`), named by number; empty when the key is absent."""
        rows = self._get(key, list, [], [])
        if not all(isinstance(row, dict) for row in rows):
            self.fault(key, "expected a list of tables")
        return [
            Table(f"{self._at(key)} {number}", row, self.faults)
            for number, row in enumerate(rows, 1)
            if isinstance(row, dict)
        ]

    def close(self) -> None:
        """Note every key that was not read: most often a typing mistake."""
        for key in self.content:
            if key not in self._asked:
                self.fault(key, "unknown key")

    def _at(self, key: str) -> str:
        return f"{self.place}: {key}" if self.place.endswith(".toml") else f"{self.place}.{key}"

    def _get(self, key: str, kind: type[_Kind], default: _Kind | None, harmless: _Kind) -> _Kind:
        self._asked.add(key)
        if key not in self.content:
            if default is None:
                self.fault(key, "missing")
                return harmless
            return default
        value = self.content[key]
        # In Python a bool is an int; in a form `required = 1` and `limit = true` are slips.
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            self.fault(key, f"expected {_NAMES[kind]}")
            return harmless
        return value


def read(folder: Folder, name: str, faults: list[str]) -> Table:
    """Read the TOML file `name` below the folder.

    An unreadable file is a fault, and an empty table.
    """
    try:
        content = tomllib.loads(folder.joinpath(name).read_bytes().decode("utf-8"))
    except OSError:
        faults.append(f"{name}: the file is missing or cannot be read")
    except UnicodeDecodeError:
        faults.append(f"{name}: not written in UTF-8")
    except tomllib.TOMLDecodeError as wrong:
        faults.append(f"{name}: not TOML: {wrong}")
    else:
        return Table(name, content, faults)
    # Its keys are not missing but unread, so faults of this table are discarded.
    return Table(name, {}, [])


def names_in(folder: Folder) -> Iterable[str]:
    """Return the names of the TOML files in a folder, sorted; none when there is no folder."""
    if not folder.is_dir():
        return ()
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
