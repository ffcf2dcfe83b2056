"""Tests that every code of both families comes with advice on what to do."""

import pytest

from gateway.diagnostics.refusal_advice import MEANINGS, Group, by_reason, hint, is_refusal


@pytest.mark.parametrize(
    "code", [*MEANINGS, "no_dhis2_id", "refused", "E9999", "InvalidPhoneNumber", "odd"]
)
def test_every_reason_has_a_hint(code: str) -> None:
    assert len(hint(code).split()) >= 5
    assert not hint(code).endswith(".")


def test_the_hint_names_whoever_can_mend_it() -> None:
    assert "district" in hint("E7640")
    assert "district" in hint("E8033")
    assert "agent" in hint("E7619")
    assert "account" in hint("E8011")
    assert "catalogue" in hint("E8104")
    assert "ASC_REF" in hint("E1029")
    assert "metadata" in hint("E1010")


def test_reasons_are_grouped_the_most_frequent_first() -> None:
    groups = by_reason([(1, "E7640"), (2, "E8022"), (3, "E7640"), (4, "odd")])
    assert [(group.reason, group.ids) for group in groups] == [
        ("E7640", (1, 3)),
        ("E8022", (2,)),
        ("odd", (4,)),
    ]
    assert groups[0] == Group("E7640", (1, 3), MEANINGS["E7640"].text, hint("E7640"))
    assert groups[2].meaning == ""


def test_what_still_comes_but_was_refused_so_far_counts() -> None:
    assert is_refusal("refused", None)
    assert is_refusal("waiting", "E8022")
    assert not is_refusal("waiting", "http_503")
    assert not is_refusal("sending", "E8022")
