"""A long answer is split between its pieces, and every piece is there once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.gsm7 import is_gsm7, parts, to_gsm7
from menus.wording.paging import listed, pages


def mark(page: int, count: int) -> str:
    return f"{page}/{count} SUITE" if page < count else f"{page}/{count}"


def test_what_two_parts_hold_is_one_page_without_a_mark() -> None:
    assert pages(["MANQ mars Kani:", "Kola SMI;", "", "Tene tout."], mark) == [
        "MANQ mars Kani: Kola SMI; Tene tout."
    ]
    assert pages(["x" * 306], mark) == ["x" * 306]


def test_a_longer_answer_says_how_far_it_is() -> None:
    found = pages([f"Site{number:03} SMI STK;" for number in range(60)], mark)
    assert [page.rsplit(" ", 2)[-2:] for page in found[:-1]] == [
        [f"{number}/{len(found)}", "SUITE"] for number in range(1, len(found))
    ]
    assert found[-1].endswith(f"; {len(found)}/{len(found)}")


@given(st.lists(st.text(st.sampled_from("abc€é [1"), min_size=1, max_size=80), max_size=60))
def test_no_page_is_too_long_and_no_piece_is_parted(pieces: list[str]) -> None:
    found = pages(pieces, lambda page, count: f"|{page}/{count}")
    assert all(is_gsm7(page) and len(parts(page)) <= 2 for page in found)
    told = " ".join(page.rsplit(" |", 1)[0] if len(found) > 1 else page for page in found)
    assert told == " ".join(to_gsm7(piece) for piece in pieces)


def test_a_piece_that_no_page_could_hold_is_cut_between_words() -> None:
    words = [f"mot{number}" for number in range(200)]
    found = pages([" ".join(words)], mark)
    assert all(len(parts(page)) <= 2 for page in found)
    assert [word for page in found for word in page.split() if word.startswith("mot")] == words


@pytest.mark.parametrize(
    ("items", "expected"), [([], []), (["a"], ["a."]), (["a", "b"], ["a;", "b."])]
)
def test_a_list_ends_with_a_stop(items: list[str], expected: list[str]) -> None:
    assert listed(items) == expected
