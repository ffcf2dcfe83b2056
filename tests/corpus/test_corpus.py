"""The whole way of an SMS as typed: stored, asked and answered as the corpus says."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from menus.gsm7 import is_gsm7, septets
from menus.model.catalogue import Catalogue
from tests.corpus import figures
from tests.corpus.figures import count, faults
from tests.corpus.judge import Court, Verdict
from tests.corpus.lines import FILES, load

pytestmark = pytest.mark.xdist_group("corpus")

# The reply to a message, and to nothing else, is what a line is judged by.
KEYS = {"id", "kind", "hand", "from_role", "received", "text", "truth", "must_store", "may_store"}
KEYS |= {"must_ask", "reply_should_mention"}
SOMETIMES = {"before", "tolerated", "may_stay", "confirmed", "not_together", "must_stockouts"}
SOMETIMES |= {"reply_must_not_mention"}


@pytest.fixture(scope="module")
def verdicts(
    catalogue: Catalogue, sqlite_template: Path, quick_place: Path
) -> Iterator[list[Verdict]]:
    """Every line, judged. None of the tests changes them."""
    court = Court(catalogue, sqlite_template, quick_place)
    yield [court.judge(line) for path in FILES for line in load(path)]
    court.close()


def found(verdicts: list[Verdict], attribute: str) -> str:
    """Return the lines that lack something, for the message of a failing test."""
    return "\n".join(faults([verdict for verdict in verdicts if getattr(verdict, attribute)]))


@pytest.mark.timeout(600)
def test_nothing_is_silently_wrong(verdicts: list[Verdict]) -> None:
    assert found(verdicts, "wrong") == ""


def test_what_was_typed_plainly_is_stored(verdicts: list[Verdict]) -> None:
    result = count(verdicts)

    assert result.to_store > 2500
    assert result.storing >= figures.MUST_STORE, found(verdicts, "lost")


def test_what_is_in_doubt_is_asked(verdicts: list[Verdict]) -> None:
    result = count(verdicts)

    assert result.to_ask > 300
    assert result.asking >= figures.MUST_ASK, found(verdicts, "not_asked")


def test_nearly_every_reply_takes_one_part(verdicts: list[Verdict]) -> None:
    assert count(verdicts).in_one_part >= figures.ONE_PART


def test_no_reply_repeats_a_name_or_a_telephone_number(verdicts: list[Verdict]) -> None:
    assert sum(bool(verdict.line.must_not_mention) for verdict in verdicts) >= 8
    assert found(verdicts, "leaked") == ""


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text("utf-8").split("\n") if text]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_corpus_is_well_formed(path: Path, catalogue: Catalogue) -> None:
    lines = lines_of(path)
    assert len({line["id"] for line in lines}) == len(lines) >= 150
    for line in lines:
        assert KEYS <= line.keys() <= KEYS | SOMETIMES, line["id"]
        assert line["from_role"] in ("asc", "dtc")
        assert {"form", "period", "values"} <= line["truth"].keys()
        forms = set((line["truth"]["form"] or "REF").split("+"))
        assert forms <= catalogue.forms.keys() | catalogue.commands.keys()
        for code, number in {**line["must_store"], **line["may_store"]}.items():
            assert number <= catalogue.field(code).refuse_above, line["id"]


def test_no_two_lines_are_the_same() -> None:
    alike = Counter(
        (line["from_role"], line["received"], line["text"], str(line.get("before")))
        for path in FILES
        for line in lines_of(path)
    )
    assert [line for line, times in alike.items() if times > 1] == []


def test_a_whole_message_never_has_the_length_of_a_cut_one() -> None:
    """A number at the end of 160 septets may have lost digits, so it could not be judged."""
    for path in FILES:
        for line in lines_of(path):
            text = line["text"]
            if line["kind"] != "cut" and text[-1:].isdigit():
                assert (septets(text) if is_gsm7(text) else 90 + len(text)) != 160, line["id"]
