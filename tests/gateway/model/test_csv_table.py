"""CSV tables as spreadsheets save them: their rows, and each fault with its line."""

from pathlib import Path

import pytest

from gateway.model.csv_table import CsvRow, FileFault, FilePlace, guarded, read_table

COLUMNS = ("code", "name")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (b"code,name\nK1,Kola\n", [(2, "K1", "Kola")]),
        (b"\xef\xbb\xbfCode;NAME\r\nK1;Kola\r\n", [(2, "K1", "Kola")]),
        (b"name\tcode\nKola\tK1\n", [(2, "K1", "Kola")]),
        (b"code,name\n\n , \nK1, Kola \n", [(4, "K1", "Kola")]),
        (b'code,name\nK1,"Kola, Koura"\n', [(2, "K1", "Kola, Koura")]),
        ("code,name\nK\u200b1,Kola\u00a0Koura\n".encode(), [(2, "K1", "Kola Koura")]),
        (b"code,name,\nK1,Kola,\n", [(2, "K1", "Kola")]),
        (b"code,name\n'=K1,'Kola\n", [(2, "=K1", "'Kola")]),
        (b"code,name\n", []),
    ],
)
def test_rows_are_read(path: Path, content: bytes, cells: list[tuple[int, str, str]]) -> None:
    path.write_bytes(content)
    table = read_table(path, COLUMNS)
    assert (table.faults, table.readable) == ((), True)
    assert list(table.rows) == [
        CsvRow(FilePlace("a.csv", line), {"code": code, "name": name}) for line, code, name in cells
    ]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", ["a.csv: is empty; expected the header code,name"]),
        (b"K1,Kola\n", ["a.csv line 1: the header is missing; expected code,name"]),
        (
            b"code,nmae\n",
            ["a.csv line 1: unknown column 'nmae', did you mean 'name'?"],
        ),
        (
            b"code,colour\n",
            [
                "a.csv line 1: unknown column 'colour'",
                "a.csv line 1: column 'name' is missing",
            ],
        ),
        (b"code,name,code\n", ["a.csv line 1: column 'code' stands there twice"]),
        (
            b"code,name\nK1,K\xe9\n",
            [("a.csv line 2: the file is not in UTF-8; save it as 'CSV UTF-8' and try again")],
        ),
        (
            b'code,name\nK1,"Kola\n',
            ["a.csv line 2: the row that begins here is broken: unexpected end of data"],
        ),
    ],
)
def test_a_file_that_cannot_be_read_at_all(path: Path, content: bytes, faults: list[str]) -> None:
    path.write_bytes(content)
    table = read_table(path, COLUMNS)
    assert (table.rows, table.readable) == ((), False)
    assert [str(fault) for fault in table.faults] == faults


def test_a_file_that_is_missing_is_a_fault(path: Path) -> None:
    table = read_table(path, COLUMNS)
    assert table.readable is False
    assert table.faults == (
        FileFault(FilePlace("a.csv"), "cannot be read: no such file or directory"),
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("K2", "1 cells, but the header has 2"),
        ("K2,Tene,x", "3 cells, but the header has 2"),
        ('K2,"Te\nne"', "name: holds a line break or another character that cannot be printed"),
        (f"K2,{'x' * 201}", "name: longer than 200 characters"),
    ],
)
def test_a_row_of_wrong_form_is_left_out(path: Path, row: str, words: str) -> None:
    path.write_text(f"code,name\nK1,Kola\n{row}\nK3,Sanso\n")
    table = read_table(path, COLUMNS)
    assert [cells.cells["code"] for cells in table.rows] == ["K1", "K3"]
    assert table.faults == (FileFault(FilePlace("a.csv", 3), words),)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Kola", "Kola"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+223", "'+223"),
        ("-1", "'-1"),
        ("@a", "'@a"),
    ],
)
def test_a_formula_is_shown_and_not_run(cell: str, shown: str) -> None:
    assert guarded(cell) == shown
