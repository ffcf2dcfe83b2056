"""Tokens: which ones touch, and which forms they name."""

import pytest

from menus.reading.tokens import forms_named
from tests.menus.reading.scanning import tokens_in


@pytest.mark.parametrize(("text", "glued"), [("VUS45", True), ("VUS 45", False), ("VUS-", True)])
def test_tokens_without_a_space_between_are_glued(text: str, glued: bool) -> None:
    first, second = tokens_in(text)
    assert first.glued_to(second) is glued


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("VUS 4", ()),
        ("PEC 03 VUS 4", ("PEC",)),
        ("NUT DEP 3 PEC VUS 4 NUT", ("NUT", "PEC")),
        ("RAS", ()),
    ],
)
def test_each_form_is_named_once_in_order(text: str, forms: tuple[str, ...]) -> None:
    assert forms_named(tokens_in(text)) == forms
