"""Tests of `kibaru card`: what it prints, what it writes, and its faults."""

from pathlib import Path

import pytest

from tests.gateway.cli.conftest import Kibaru


@pytest.mark.parametrize("keyword", ["PEC", "pec"])
def test_the_page_goes_to_the_terminal(kibaru: Kibaru, keyword: str) -> None:
    done = kibaru("card", keyword)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("<!DOCTYPE html>")
    assert "Prise en charge" in done.out


def test_files_are_written(kibaru: Kibaru, tmp_path: Path) -> None:
    html, pdf = tmp_path / "card.html", tmp_path / "card.pdf"
    done = kibaru("card", "NUT", "--language", "bm", "--html", str(html), "--pdf", str(pdf))
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [f"written: {html}", f"written: {pdf}"]
    assert "Balodèsè (MAM)*" in html.read_text(encoding="utf-8")
    assert pdf.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["COR"], "there is no form 'COR', only PEC, NUT, SMI, STK"),
        (["PEC", "--language", "en"], "'en' is not one of 'fr', 'bm'"),
        ([], "Missing argument 'FORM'"),
    ],
)
def test_wrong_usage(kibaru: Kibaru, arguments: list[str], words: str) -> None:
    done = kibaru("card", *arguments)
    assert done.code == 2
    assert words in done.err


def test_a_file_that_cannot_be_written(kibaru: Kibaru, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "card.pdf"
    done = kibaru("card", "PEC", "--pdf", str(path))
    assert done.code == 1
    assert done.err == f"{path}: cannot be written (No such file or directory)\n"
