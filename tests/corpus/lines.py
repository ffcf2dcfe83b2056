"""Lines of a corpus of SMS as typed, read from JSON, with what may and must become of each."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILES = (HERE / "sample.jsonl", HERE / "own.jsonl")

Choice = tuple[str, ...]
"""Words, any of which will do."""


@dataclass(frozen=True)
class Sent:
    """An SMS: its sender's role (`asc` or `dtc`), when it came, and what was typed."""

    role: str
    received: datetime
    text: str


@dataclass(frozen=True)
class Line:
    """A line; `README.md` says what each part means."""

    id: str
    kind: str
    sent: Sent
    before: tuple[Sent, ...] = ()
    form: str | None = None
    period: str | None = None
    must_store: Mapping[str, int] = field(default_factory=dict)
    may_store: Mapping[str, int] = field(default_factory=dict)
    must_stockouts: Mapping[str, int] = field(default_factory=dict)
    not_together: tuple[tuple[str, ...], ...] = ()
    must_ask: tuple[Choice, ...] = ()
    should_mention: tuple[Choice, ...] = ()
    must_not_mention: tuple[str, ...] = ()
    allowed: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Line":
        """Return the line of a JSON object. Raises KeyError and ValueError for anything else."""
        truth = raw["truth"]
        return cls(
            id=raw["id"],
            kind=raw["kind"],
            sent=_sent(raw),
            before=tuple(map(_sent, raw.get("before", ()))),
            form=truth["form"],
            period=truth["period"],
            must_store=raw["must_store"],
            may_store=raw["may_store"],
            must_stockouts=raw.get("must_stockouts", {}),
            not_together=tuple(map(tuple, raw.get("not_together", ()))),
            must_ask=_choices(raw["must_ask"]),
            should_mention=_choices(raw["reply_should_mention"]),
            must_not_mention=tuple(raw.get("reply_must_not_mention", ())),
            allowed=_allowed(raw),
        )


def load(path: Path) -> list[Line]:
    """Return the lines of a file, a JSON object each."""
    with path.open(encoding="utf-8", newline="\n") as texts:
        return [Line.parse(json.loads(text)) for text in texts]


def _sent(raw: Mapping[str, Any]) -> Sent:
    return Sent(raw["from_role"], datetime.fromisoformat(raw["received"]), raw["text"])


def _choices(entries: list[str | list[str]]) -> tuple[Choice, ...]:
    return tuple((entry,) if isinstance(entry, str) else tuple(entry) for entry in entries)


def _allowed(raw: Mapping[str, Any]) -> Mapping[str, frozenset[int]]:
    """Return the numbers that may be stored, by code."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for key in ("must_store", "may_store", "tolerated", "may_stay", "confirmed"):
        for code, number in (raw.get(key) or {}).items():
            found[code].add(number)
    return {code: frozenset(numbers) for code, numbers in found.items()}
