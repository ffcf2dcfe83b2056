"""A problem without codes and values."""

import pytest

from menus.model.cross_check import Level
from menus.model.problem import Problem


def test_a_problem_may_have_neither_codes_nor_values() -> None:
    problem = Problem("month_absent", Level.ASK)
    assert (problem.codes, dict(problem.values)) == ((), {})


def test_the_values_that_all_such_problems_share_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        Problem("month_absent", Level.ASK).values["number"] = 7  # type: ignore[index]
