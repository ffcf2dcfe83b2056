"""Tests of value types: which texts are values of each, and which are zeros."""

import pytest

from gateway.sandbox.dhis2.values import fault_of, is_zero


@pytest.mark.parametrize(
    ("kind", "good", "bad", "fault"),
    [
        ("INTEGER", "-3", "3.0", "value_not_integer"),
        ("INTEGER_POSITIVE", "1", "0", "value_not_positive_integer"),
        ("INTEGER_ZERO_OR_POSITIVE", "0", "-1", "value_not_zero_or_positive_integer"),
        ("INTEGER_ZERO_OR_POSITIVE", "12", "012", "value_not_zero_or_positive_integer"),
        ("NUMBER", "1.5e3", "1,5", "value_not_numeric"),
        ("PERCENTAGE", "100", "101", "value_not_percentage"),
        ("BOOLEAN", "true", "oui", "value_not_bool"),
        ("DATE", "2026-11-03", "03/11/2026", "value_not_valid_date"),
        ("TEXT", "x", "x" * 50_001, "value_length_greater_than_max_length"),
    ],
)
def test_a_value_by_its_type(kind: str, good: str, bad: str, fault: str) -> None:
    assert fault_of(good, kind) is None
    assert fault_of(bad, kind) == fault


@pytest.mark.parametrize(
    ("value", "kind", "zero"),
    [
        ("0", "INTEGER", True),
        ("0.0", "NUMBER", True),
        ("10", "INTEGER", False),
        ("0", "TEXT", False),
    ],
)
def test_a_zero(value: str, kind: str, zero: bool) -> None:
    assert is_zero(value, kind) is zero
