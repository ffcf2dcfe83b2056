"""Typed reading of TOML tables: the value, or a harmless one and a fault."""

from collections.abc import Callable
from pathlib import Path

import pytest

from menus.loading.tables import Table, names_in, read
from tests.menus.loading.toml import table_of

CONTENT = """\
word = "Vus"
blank = " "
number = 7
flag = true
words = ["a", "b"]
mixed = ["a", 3, " "]
rows = [{ code = "VUS" }, { code = "FIE" }]

[inner]
code = "POS"
"""


@pytest.mark.parametrize(
    ("read_in", "value", "faults"),
    [
        (lambda table: table.text("word"), "Vus", []),
        (lambda table: table.text("blank"), " ", ["file.toml: blank: is empty"]),
        (lambda table: table.text("absent"), "", ["file.toml: absent: missing"]),
        (lambda table: table.text("absent", "x"), "x", []),
        (lambda table: table.text("number"), "", ["file.toml: number: expected a text"]),
        (lambda table: table.number("number", 1, 9), 7, []),
        (
            lambda table: table.number("number", 8, 9),
            8,
            ["file.toml: number: expected a number from 8 to 9, got 7"],
        ),
        (
            lambda table: table.number("flag", 1, 9),
            1,
            ["file.toml: flag: expected a whole number"],
        ),
        (lambda table: table.number("absent", 1, 9, 5), 5, []),
        (lambda table: table.flag("flag", False), True, []),
        (lambda table: table.flag("absent", True), True, []),
        (
            lambda table: table.flag("number", False),
            False,
            ["file.toml: number: expected true or false"],
        ),
        (lambda table: table.items("mixed"), ["a", 3, " "], []),
        (lambda table: table.items("word"), [], ["file.toml: word: expected a list"]),
        (lambda table: table.texts("words"), ("a", "b"), []),
        (lambda table: table.texts("absent", ()), (), []),
        (lambda table: table.texts("absent"), (), ["file.toml: absent: missing"]),
        (
            lambda table: table.texts("mixed"),
            ("a",),
            ["file.toml: mixed: expected a list of texts"],
        ),
        (lambda table: table.has("word"), True, []),
        (lambda table: table.has("absent"), False, []),
    ],
)
def test_a_value_is_read_or_a_fault_noted(
    read_in: Callable[[Table], object], value: object, faults: list[str]
) -> None:
    table = table_of(CONTENT)
    assert read_in(table) == value
    assert table.faults == faults


def test_tables_inside_have_a_place_of_their_own() -> None:
    table = table_of(CONTENT)
    rows = table.tables("rows")
    assert [row.text("code") for row in rows] == ["VUS", "FIE"]
    assert [row.place for row in rows] == ["file.toml: rows 1", "file.toml: rows 2"]
    inner = table.table("inner")
    inner.fault("code", "is wrong")
    assert table.faults == ["file.toml: inner.code: is wrong"]


def test_what_is_no_table_is_left_out() -> None:
    table = table_of("rows = [{}, 3]\nword = 'x'")
    assert len(table.tables("rows")) == 1
    assert table.tables("absent") == []
    assert table.section("absent").content == {}
    assert table.table("word").content == {}
    assert table.faults == [
        "file.toml: rows: expected a list of tables",
        "file.toml: word: expected a table",
    ]


def test_a_key_that_was_not_read_is_a_fault() -> None:
    table = table_of("word = 'x'\nwrod = 'y'")
    table.text("word")
    table.close()
    assert table.faults == ["file.toml: wrod: unknown key"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "a.toml: the file is missing or cannot be read"),
        (b"x = '\xe9'", "a.toml: not written in UTF-8"),
        (b"x = ", "a.toml: not TOML: "),
    ],
)
def test_an_unreadable_file_is_an_empty_table(
    tmp_path: Path, content: bytes | None, fault: str
) -> None:
    if content is not None:
        (tmp_path / "a.toml").write_bytes(content)
    faults: list[str] = []
    table = read(tmp_path, "a.toml", faults)
    table.text("word")
    (told,) = faults
    assert told.startswith(fault)


def test_a_file_is_read_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("word = 'é'", encoding="utf-8")
    faults: list[str] = []
    table = read(tmp_path, "a.toml", faults)
    assert (table.text("word"), table.place, faults) == ("é", "a.toml", [])


def test_the_names_of_toml_files_are_sorted(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml", "c.txt"):
        (tmp_path / name).touch()
    assert list(names_in(tmp_path)) == ["a.toml", "b.toml"]
    assert list(names_in(tmp_path / "absent")) == []
