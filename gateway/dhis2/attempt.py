"""What goes to DHIS2 for one row, what became of it, and how rows are packed and parted. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Cell
from gateway.transports.dhis2_verdict import Conflict


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
    """What became of one row. Without `trouble` and refusals, DHIS2 holds what it should.

    `refused` are its cells that DHIS2 will not have, `not_complete` why it would not register
    completeness. `trouble` is what stopped us: TryLater (nothing of this row was written, or
    only its values when `values_in`) or Unknown (it may have been).
    """

    values_in: bool = False
    completed: bool = False
    refused: Mapping[str, Conflict] = field(default_factory=dict)
    not_complete: Conflict | None = None
    trouble: TryLater | Unknown | None = None


def cells_of(attempts: Sequence[Attempt]) -> list[tuple[Attempt, str]]:
    """Every cell of these rows, as (row, key)."""
    return [(one, key) for one in attempts for key in one.cells]


def cell(one: Attempt, key: str) -> Cell:
    data_element, combo = key.split(".")
    return Cell(data_element, combo, one.org_unit, one.period, one.cells[key])


def packed(attempts: Sequence[Attempt], most: int) -> list[list[Attempt]]:
    """The rows in groups of at most `most` cells; a larger row goes alone.

    One month's rows stand together, since a month is what is most often refused.
    """
    groups: list[list[Attempt]] = []
    size = most
    for one in sorted(attempts, key=lambda one: (one.period, one.org_unit)):
        if size + len(one.cells) > most:
            groups.append([])
            size = 0
        groups[-1].append(one)
        size += len(one.cells)
    return groups


def by_rows(attempts: Sequence[Attempt], conflict: Conflict) -> list[Sequence[Attempt]]:
    """The rows that the refusal names and the others; halves when it names none, or all."""
    named = {one.row_id for one in attempts if _is_named(one, conflict)}
    if not 0 < len(named) < len(attempts):
        named = {one.row_id for one in attempts[: len(attempts) // 2]}
    blamed = [one for one in attempts if one.row_id in named]
    return [blamed, [one for one in attempts if one.row_id not in named]]


def _is_named(one: Attempt, conflict: Conflict) -> bool:
    return one.org_unit in conflict.text or one.period in conflict.text


def by_columns(attempts: Sequence[Attempt], conflict: Conflict) -> list[Sequence[Attempt]]:
    """The same rows, parted by their cells: those that the refusal names and the others."""
    keys = sorted({key for one in attempts for key in one.cells})
    named = [key for key in keys if key.partition(".")[0] in conflict.text]
    if not 0 < len(named) < len(keys):
        named = keys[: len(keys) // 2]
    others = [key for key in keys if key not in named]
    return [part for part in (_only(attempts, named), _only(attempts, others)) if part]


def _only(attempts: Sequence[Attempt], keys: Sequence[str]) -> list[Attempt]:
    """The rows with these of their cells alone; those that have none are left out."""
    kept = [
        replace(one, cells={key: one.cells[key] for key in keys if key in one.cells})
        for one in attempts
    ]
    return [one for one in kept if one.cells]
