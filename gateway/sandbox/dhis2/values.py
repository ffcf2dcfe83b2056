"""The rules for values of a DHIS2 value type (`ValidationUtils.valueIsValid`)."""

import re
from datetime import date
from typing import Final

LONGEST = 50_000

_PATTERNS: Final = {
    "INTEGER": (r"0|-?[1-9]\d*", "value_not_integer"),
    "INTEGER_POSITIVE": (r"[1-9]\d*", "value_not_positive_integer"),
    "INTEGER_NEGATIVE": (r"-[1-9]\d*", "value_not_negative_integer"),
    "INTEGER_ZERO_OR_POSITIVE": (r"0|[1-9]\d*", "value_not_zero_or_positive_integer"),
    "NUMBER": (r"-?\d+(\.\d+)?([eE]-?\d+)?", "value_not_numeric"),
    "PERCENTAGE": (r"100(\.0+)?|\d{1,2}(\.\d+)?", "value_not_percentage"),
    "UNIT_INTERVAL": (r"0(\.\d+)?|1(\.0+)?", "value_not_unit_interval"),
    "BOOLEAN": (r"true|false", "value_not_bool"),
    "TRUE_ONLY": (r"true", "value_not_true_only"),
}
_COMPILED: Final = {
    kind: (re.compile(pattern, re.ASCII), fault) for kind, (pattern, fault) in _PATTERNS.items()
}
_ZERO: Final = re.compile(r"-?0+(\.0+)?", re.ASCII)
_NUMERIC: Final = frozenset(
    kind for kind in _PATTERNS if kind.startswith(("INTEGER", "NUMBER", "PERCENT", "UNIT"))
)


def fault_of(value: str, kind: str) -> str | None:
    """Return DHIS2's key of the fault of a value, or None. Other types take any text."""
    if len(value) > LONGEST:
        return "value_length_greater_than_max_length"
    if kind in _COMPILED:
        pattern, fault = _COMPILED[kind]
        return None if pattern.fullmatch(value) else fault
    if kind == "DATE":
        return None if _is_date(value) else "value_not_valid_date"
    return None


def is_zero(value: str, kind: str) -> bool:
    """Return whether the value is a zero of a numeric type, which may not be stored."""
    return kind in _NUMERIC and _ZERO.fullmatch(value) is not None


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
