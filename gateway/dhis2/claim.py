"""A claim: forwards taken together, what should stand in DHIS2 for each, and what to send.

Each row's cells are worked out anew from the reports as they stand when it leaves, so that a
retry can never carry an old version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.context import Context
from gateway.dhis2 import plans
from gateway.dhis2.attempt import Attempt
from gateway.dhis2.plan import Plan
from gateway.dhis2.server import Dhis2Target
from gateway.storage import forwards, org_tree, roster
from gateway.storage.engine import Connection
from gateway.storage.forwards import Forward, ForwardRow, Note
from menus.model.catalogue import Form
from menus.model.period import Period


@dataclass(slots=True)
class Claim:
    """Rows claimed together, what should stand for each, and the DHIS2 UIDs of their units.

    `passed_on` are the units without a place in DHIS2 whose numbers another unit sends.
    `given_up` are the places (UID, month) that a row filled and that are another unit's now.
    """

    token: str
    form: Form
    rows: Sequence[ForwardRow]
    plans: dict[int, Plan] = field(default_factory=dict)
    org_units: dict[tuple[int, str], str] = field(default_factory=dict)
    passed_on: set[tuple[int, str]] = field(default_factory=set)
    given_up: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def row_ids(self) -> list[int]:
        """Return the ids of its outbox rows."""
        return [row.id for row in self.rows]

    def org_unit(self, row: ForwardRow) -> str | None:
        """Return where the row's numbers belong; None for a unit without a place in DHIS2."""
        return self.org_units.get((row.unit_id, row.period))

    def leaves(self, row: ForwardRow) -> bool:
        """Return whether the row's numbers still stand where they no longer belong."""
        return bool(row.sent_to and row.sent_to != self.org_unit(row)) and self._may_hold(row)

    def is_taken(self, row: ForwardRow) -> bool:
        """Return whether another unit's numbers belong where this row's still stand."""
        return (row.sent_to or "", row.period) in self.given_up

    def is_up_to_date(self, row: ForwardRow) -> bool:
        """Return whether DHIS2 is known to hold these very values already, in the right place."""
        known = row.sent_revision is not None and not self.leaves(row)
        return known and dict(row.sent_values) == dict(self.plans[row.id].cells)

    def _may_hold(self, row: ForwardRow) -> bool:
        return bool(row.sent_values) or row.sent_complete or row.doubted


def take(
    connection: Connection, target: Dhis2Target, most: Mapping[str, int], now: datetime
) -> Claim | None:
    """Take due rows of one form (`most` says how many of each) and plan what each holds.

    What DHIS2 may hold from now on is noted in the rows. None when nothing is due.
    """
    token, rows = forwards.claim(connection, most, target.lease, now)
    if not rows:
        return None
    claim = Claim(token, target.context.catalogue.forms[rows[0].form], rows)
    today = target.context.today(now)
    for month in sorted({row.period for row in rows}):
        _plan_month(connection, target, claim, Period.parse(month), today)
    forwards.note_attempt(connection, token, _notes(claim))
    return claim


def _plan_month(
    connection: Connection, target: Dhis2Target, claim: Claim, period: Period, today: date
) -> None:
    """Plan the claimed rows of one month, from the reports of all sites below each unit."""
    rows = [row for row in claim.rows if row.period == period.code]
    _find_places(connection, claim, rows, period.code)
    wanted = plans.plans(
        connection,
        claim.form,
        period,
        {row.unit_id for row in rows},
        context=target.context,
        today=today,
    )
    claim.plans.update({row.id: wanted[row.unit_id][0] for row in rows})


def _find_places(
    connection: Connection, claim: Claim, rows: Sequence[ForwardRow], month: str
) -> None:
    """Find where the rows' numbers belong in the month, and the units that took their places."""
    ids = {row.unit_id for row in rows}
    for unit in roster.units_by_id(connection, ids, month).values():
        if unit.dhis2_id is not None:
            claim.org_units[unit.id, month] = unit.dhis2_id
    unplaced = [unit for unit in ids if (unit, month) not in claim.org_units]
    receivers = org_tree.receiving_units(connection, unplaced, month)
    claim.passed_on.update((unit, month) for unit in unplaced if receivers[unit])
    left = {row.sent_to for row in rows if row.sent_to and claim.leaves(row)}
    holders = roster.units_by_dhis2_id(connection, left, month)
    claim.given_up |= {(place, month): holder for place, holder in holders.items()}


def _notes(claim: Claim) -> dict[int, Note]:
    """Return what DHIS2 may hold of each row once its request has left."""
    notes = {}
    for row in claim.rows:
        wanted, place = claim.plans[row.id], claim.org_unit(row)
        values = None
        if claim.leaves(row):
            values, place = row.sent_values, row.sent_to
        elif place is not None and not claim.is_up_to_date(row):
            values = {**row.sent_values, **wanted.cells}
        told = completeness_to_tell(claim, row)
        notes[row.id] = Note(values, place, doubted=row.doubted or told is not None)
    return notes


def completeness_to_tell(claim: Claim, row: ForwardRow) -> bool | None:
    """Return what DHIS2 must be told about completeness; None when it knows."""
    if claim.leaves(row):
        return False if row.sent_complete or row.doubted else None
    wanted = claim.plans[row.id].complete
    return wanted if row.doubted or wanted != row.sent_complete else None


def attempts(claim: Claim, context: Context) -> list[Attempt]:
    """Return what to send for each row that has a place in DHIS2, or numbers in one that it left.

    Cells that DHIS2 holds and should not are deleted. A row that changes its place leaves the
    old one first.
    """
    found = (_attempt(claim, row, context) for row in claim.rows)
    return [attempt for attempt in found if attempt is not None]


def _attempt(claim: Claim, row: ForwardRow, context: Context) -> Attempt | None:
    wanted, org_unit = claim.plans[row.id], claim.org_unit(row)
    cells: dict[str, str | None] = dict.fromkeys(row.sent_values, None)
    if claim.leaves(row):
        if claim.is_taken(row):
            return None
        org_unit = row.sent_to
    elif claim.is_up_to_date(row):
        cells = {}
    else:
        cells |= wanted.cells
    if org_unit is None:
        return None
    since = context.today(wanted.completed_at) if wanted.completed_at else None
    return Attempt(
        row_id=row.id,
        org_unit=org_unit,
        period=row.period,
        cells=cells,
        completed=completeness_to_tell(claim, row),
        completed_on=since or Period.parse(row.period).plus(1).first_day,
    )


def successors(claim: Claim) -> list[Forward]:
    """Return the forwards of the units that have taken over a place which a row still filled."""
    return [
        Forward(claim.given_up[row.sent_to or "", row.period], row.form, row.period)
        for row in claim.rows
        if claim.is_taken(row)
    ]
