"""Readings that correct an earlier report."""

import pytest

from menus.model.reading import Reading


@pytest.mark.parametrize(
    ("command", "within", "corrects"),
    [("COR", "", True), ("POUR", "COR", True), ("POUR", "RAS", False), ("", "", False)],
)
def test_cor_corrects_alone_and_after_pour(command: str, within: str, corrects: bool) -> None:
    assert Reading(command=command, within=within).correction is corrects
