"""Read a CSV table as spreadsheets save it, strictly enough to name every fault.

The format is RFC 4180's, in UTF-8, as `kibaru roster export` writes it; a byte order mark, and
the semicolons or tabs of a French Excel, are accepted as well. The caller defines the columns and
checks the content of the cells.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, NamedTuple

DELIMITERS: Final = ",;\t"
FORMULA: Final = "=+-@"  # at the start of a cell a spreadsheet reads a formula (OWASP)
LONGEST_CELL: Final = 200


class FilePlace(NamedTuple):
    """A place in a file: its name and the number of a line, 0 for the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file} line {self.line}" if self.line else self.file


class FileFault(NamedTuple):
    """A fault of a file, in words, with its place."""

    place: FilePlace
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


class CsvRow(NamedTuple):
    """A record: its cells by column, without the blanks around them."""

    place: FilePlace
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The content of a file; `readable` is False when its rows could not be separated at all."""

    rows: tuple[CsvRow, ...]
    faults: tuple[FileFault, ...]
    readable: bool = True


def read_table(path: Path, columns: Sequence[str]) -> CsvTable:
    """Read the file at `path`, whose header must name exactly `columns`, in any order.

    Empty lines are skipped. A row of wrong form (too many cells, a line break inside a cell) is
    left out of the rows and reported in the faults. Raises nothing: a file that cannot be opened
    or decoded is a fault too.
    """
    try:
        text = _decoded(path)
        records = list(_records(path.name, text))
    except _Unreadable as fault:
        return CsvTable((), (fault.fault,), readable=False)
    if not records:
        return _unreadable(
            FilePlace(path.name), f"is empty; expected the header {','.join(columns)}"
        )
    place, header = records[0]
    names = [name.casefold() for name in header]
    if faults := tuple(FileFault(place, words) for words in _header_faults(names, columns)):
        return CsvTable((), faults, readable=False)
    return _table(names, records[1:])


def guarded(text: str) -> str:
    """Return a cell that a spreadsheet shows and does not run: a quote before `= + - @`."""
    return "'" + text if text[:1] and text[0] in FORMULA else text


def _unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in FORMULA else text


def _plain(cell: str) -> str:
    """Return a cell without the blanks around it, and with plain blanks inside it.

    The invisible marks of copy and paste are removed too: they would make two codes differ that
    look the same.
    """
    if not (cell.isascii() and cell.isprintable()):
        kinds = ((char, unicodedata.category(char)) for char in cell)
        cell = "".join(" " if kind == "Zs" else char for char, kind in kinds if kind != "Cf")
    return cell.strip()


class _Unreadable(Exception):
    def __init__(self, place: FilePlace, words: str) -> None:
        super().__init__(words)
        self.fault = FileFault(place, words)


def _unreadable(place: FilePlace, words: str) -> CsvTable:
    return CsvTable((), (FileFault(place, words),), readable=False)


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        reason = (wrong.strerror or "unknown reason").lower()
        raise _Unreadable(FilePlace(path.name), f"cannot be read: {reason}") from wrong
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        words = "the file is not in UTF-8; save it as 'CSV UTF-8' and try again"
        raise _Unreadable(FilePlace(path.name, line), words) from wrong


def _records(file: str, text: str) -> Iterator[tuple[FilePlace, list[str]]]:
    """Yield each record with the line it begins at, without blank records."""
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        place = FilePlace(file, reader.line_num + 1)
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise _Unreadable(place, f"the row that begins here is broken: {wrong}") from wrong
        cells = [_plain(cell) for cell in record]
        if any(cells):
            yield place, cells


def _header_faults(names: Sequence[str], columns: Sequence[str]) -> Iterator[str]:
    if not set(names) & set(columns):
        yield f"the header is missing; expected {','.join(columns)}"
        return
    meant: set[str] = set()
    for name in dict.fromkeys(name for name in names if name and name not in columns):
        near = get_close_matches(name, [column for column in columns if column not in names], 1)
        meant.update(near)
        hint = f", did you mean {near[0]!r}?" if near else ""
        yield f"unknown column {name[:20]!r}{hint}"
    for name in columns:
        if name not in names and name not in meant:
            yield f"column {name!r} is missing"
        if names.count(name) > 1:
            yield f"column {name!r} stands there twice"


def _table(names: Sequence[str], records: Sequence[tuple[FilePlace, list[str]]]) -> CsvTable:
    rows: list[CsvRow] = []
    faults: list[FileFault] = []
    for place, record in records:
        if words := _shape_fault(names, record):
            faults.append(FileFault(place, words))
            continue
        pairs = zip(names, record, strict=False)
        rows.append(CsvRow(place, {name: _unguarded(cell) for name, cell in pairs if name}))
    return CsvTable(tuple(rows), tuple(faults))


def _shape_fault(names: Sequence[str], record: Sequence[str]) -> str:
    beyond = [cell for name, cell in zip(names, record, strict=False) if not name]
    if len(record) < len(names) or any([*beyond, *record[len(names) :]]):
        return f"{len(record)} cells, but the header has {sum(map(bool, names))}"
    for name, cell in zip(names, record, strict=False):
        if not cell.isprintable():
            return f"{name}: holds a line break or another character that cannot be printed"
        if len(cell) > LONGEST_CELL:
            return f"{name}: longer than {LONGEST_CELL} characters"
    return ""
