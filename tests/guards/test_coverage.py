"""Coverage: what is left out exists and has a reason, and the floor is held by part."""

import tomllib
from collections.abc import Sequence

import pytest

from tests import coverage
from tests.guards.tree import ROOT

PYPROJECT = ROOT / "pyproject.toml"


def test_what_is_left_out_exists_and_has_a_reason() -> None:
    text = PYPROJECT.read_text(encoding="utf-8")
    settings = tomllib.loads(text)["tool"]["slipcover"]
    left_out = settings["omit"] + settings["exclude-also"]
    assert [path for path in settings["omit"] if not any(ROOT.glob(path))] == []
    lines = [line.partition(" #") for line in text.splitlines()]
    reasons = {code.strip(" ,\"'"): reason.strip() for code, _, reason in lines}
    assert [name for name in left_out if not reasons.get(name)] == []


@pytest.mark.parametrize(
    ("menus", "gateway", "told"),
    [
        ((200, 0), (1000, 0), []),
        ((200, 0), (999, 1), []),
        ((199, 1), (1000, 0), ["menus/: 99.50 % of the lines ran, not 100 %:", "menus/a.py: 200"]),
        (
            (200, 0),
            (100, 20),
            ["all: 93.75 % of the lines ran, not 95 %:", "gateway/b.py: 101-120"],
        ),
    ],
)
def test_too_little_is_told_with_its_lines(
    menus: Sequence[int], gateway: Sequence[int], told: list[str]
) -> None:
    lines = {
        name: (range(1, ran + 1), range(ran + 1, ran + missing + 1))
        for name, (ran, missing) in {"menus/a.py": menus, "gateway/b.py": gateway}.items()
    }
    assert list(coverage.failures(lines)) == told


def test_nothing_measured_is_no_success() -> None:
    assert len(list(coverage.failures({}))) == len(coverage.LEAST)


def test_lines_are_told_in_runs_that_comments_do_not_break() -> None:
    lines = {"gateway/a.py": ([1, 2, 8], [3, 4, 6, 9, 11])}
    assert list(coverage.details(lines)) == ["gateway/a.py: 3-6, 9-11"]
