"""What goes to DHIS2 for one row, what became of it, and how rows are packed and parted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Cell
from gateway.transports.dhis2_verdict import Conflict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What should stand in DHIS2 for one row. A cell of None is to be deleted.

    `cells` is empty when the values stand there already; `completed` is the registration to
    make, None when there is nothing to change.
    """

    row_id: int
    org_unit: str
    period: str
    cells: Mapping[str, str | None]
    completed: bool | None
    completed_on: date


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one row. Without `trouble` and refusals, DHIS2 holds what it should.

    `refused` are its cells that DHIS2 will not have, `not_complete` why it would not register
    completeness. `trouble` is what stopped the delivery: TryLater (nothing of this row was
    written, or only its values when `values_in`) or Unknown (it may have been).
    """

    values_in: bool = False
    completed: bool = False
    refused: Mapping[str, Conflict] = field(default_factory=dict)
    not_complete: Conflict | None = None
    trouble: TryLater | Unknown | None = None


def cells_in(attempts: Sequence[Attempt]) -> list[tuple[Attempt, str]]:
    """Return every cell of these rows, as (row, key)."""
    return [(attempt, key) for attempt in attempts for key in attempt.cells]


def cell(attempt: Attempt, key: str) -> Cell:
    """Return a row's cell with this key as it is sent."""
    data_element, combo = key.split(".")
    return Cell(data_element, combo, attempt.org_unit, attempt.period, attempt.cells[key])


def packed(attempts: Sequence[Attempt], most: int) -> list[list[Attempt]]:
    """Return the rows in groups of at most `most` cells; a larger row goes alone.

    One month's rows stand together, since a month is what is most often refused.
    """
    groups: list[list[Attempt]] = []
    size = most
    for attempt in sorted(attempts, key=lambda attempt: (attempt.period, attempt.org_unit)):
        if size + len(attempt.cells) > most:
            groups.append([])
            size = 0
        groups[-1].append(attempt)
        size += len(attempt.cells)
    return groups


def halves(attempts: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """Return the first half of these, and the rest."""
    middle = len(attempts) // 2
    return attempts[:middle], attempts[middle:]


def by_rows(attempts: Sequence[Attempt], conflict: Conflict) -> list[Sequence[Attempt]]:
    """Return the rows that the refusal names and the others; halves when it names none, or all."""
    named = {attempt.row_id for attempt in attempts if _is_named(attempt, conflict)}
    if not 0 < len(named) < len(attempts):
        return list(halves(attempts))
    blamed = [attempt for attempt in attempts if attempt.row_id in named]
    return [blamed, [attempt for attempt in attempts if attempt.row_id not in named]]


def _is_named(attempt: Attempt, conflict: Conflict) -> bool:
    return attempt.org_unit in conflict.text or attempt.period in conflict.text


def by_columns(attempts: Sequence[Attempt], conflict: Conflict) -> list[Sequence[Attempt]]:
    """Return the same rows, parted by their cells: those that the refusal names and the others."""
    keys = sorted({key for attempt in attempts for key in attempt.cells})
    named = [key for key in keys if key.partition(".")[0] in conflict.text]
    if not 0 < len(named) < len(keys):
        named = list(halves(keys)[0])
    others = [key for key in keys if key not in named]
    return [part for part in (_only(attempts, named), _only(attempts, others)) if part]


def _only(attempts: Sequence[Attempt], keys: Sequence[str]) -> list[Attempt]:
    """Return the rows with these of their cells alone; those that have none are left out."""
    kept = [
        replace(attempt, cells={key: attempt.cells[key] for key in keys if key in attempt.cells})
        for attempt in attempts
    ]
    return [attempt for attempt in kept if attempt.cells]
