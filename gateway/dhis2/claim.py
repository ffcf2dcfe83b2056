"""A claim: forwards taken together, what should stand in DHIS2 for each, and what to send.

Each row's cells are worked out anew from the reports as they stand when it leaves, so that a
retry can never carry an old version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.dhis2 import plans as dhis2_wanted
from gateway.dhis2.attempt import Attempt
from gateway.dhis2.metadata import days_out_target, field_target
from gateway.dhis2.plan import CellKey, Plan
from gateway.dhis2.server import Far
from gateway.storage import forwards, org_tree, roster
from gateway.storage.engine import Connection
from gateway.storage.forwards import ForwardRow, Note, Wanted
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

    def org_unit(self, row: ForwardRow) -> str | None:
        """Where the row's numbers belong; None for a unit without a place in DHIS2."""
        return self.org_units.get((row.unit_id, row.period))

    def leaves(self, row: ForwardRow) -> bool:
        """Whether its numbers still stand where they no longer belong."""
        return bool(row.sent_to and row.sent_to != self.org_unit(row)) and self._may_hold(row)

    def is_taken(self, row: ForwardRow) -> bool:
        """Whether another unit's numbers belong where this row's still stand."""
        return (row.sent_to or "", row.period) in self.given_up

    def stands(self, row: ForwardRow) -> bool:
        """Whether DHIS2 is known to hold these very values already, in the right place."""
        known = row.sent_revision is not None and not self.leaves(row)
        return known and dict(row.sent_values) == dict(self.plans[row.id].cells)

    def _may_hold(self, row: ForwardRow) -> bool:
        return bool(row.sent_values) or row.sent_complete or row.doubted


def take(connection: Connection, far: Far, most: Mapping[str, int], now: datetime) -> Claim | None:
    """Takes due rows of one form (`most` says how many of each) and plans what each holds.

    Notes in the rows what DHIS2 may hold from now on. None when nothing is due.
    """
    token, rows = forwards.claim_forwards(connection, most, far.lease, now)
    if not rows:
        return None
    claim = Claim(token, far.catalogue.forms[rows[0].form], rows)
    today = now.astimezone(far.timezone).date()
    for month in sorted({row.period for row in rows}):
        _plan_month(connection, far, claim, Period.parse(month), today)
    forwards.note_attempt(connection, token, _notes(claim))
    return claim


def _plan_month(
    connection: Connection, far: Far, claim: Claim, period: Period, today: date
) -> None:
    """Plans the claimed rows of one month, from the reports of all sites below each unit."""
    rows = [row for row in claim.rows if row.period == period.code]
    _find_places(connection, claim, rows, period.code)
    wanted = dhis2_wanted.plans(
        connection,
        claim.form,
        period,
        {row.unit_id for row in rows},
        programme=far.catalogue.programme,
        today=today,
        timezone=far.timezone,
    )
    claim.plans.update({row.id: wanted[row.unit_id][0] for row in rows})


def _find_places(
    connection: Connection, claim: Claim, rows: Sequence[ForwardRow], month: str
) -> None:
    """Where the rows' numbers belong in the month, and who has the places that they leave."""
    ids = {row.unit_id for row in rows}
    for unit in roster.units_by_id(connection, ids, month).values():
        if unit.dhis2_id is not None:
            claim.org_units[unit.id, month] = unit.dhis2_id
    homeless = [one for one in ids if (one, month) not in claim.org_units]
    receivers = org_tree.receiving_units(connection, homeless, month)
    claim.passed_on.update((one, month) for one in homeless if receivers[one])
    left = {row.sent_to for row in rows if row.sent_to and claim.leaves(row)}
    holders = roster.units_by_dhis2_id(connection, left, month)
    claim.given_up |= {(place, month): unit for place, unit in holders.items()}


def _notes(claim: Claim) -> dict[int, Note]:
    """What DHIS2 may hold of each row once its request has left."""
    notes = {}
    for row in claim.rows:
        wanted, place = claim.plans[row.id], claim.org_unit(row)
        values = None
        if claim.leaves(row):
            values, place = row.sent_values, row.sent_to
        elif place is not None and not claim.stands(row):
            values = {**row.sent_values, **wanted.cells}
        told = completeness_to_tell(claim, row)
        notes[row.id] = Note(values, place, doubted=row.doubted or told is not None)
    return notes


def completeness_to_tell(claim: Claim, row: ForwardRow) -> bool | None:
    """What DHIS2 must be told about completeness; None when it knows."""
    if claim.leaves(row):
        return False if row.sent_complete or row.doubted else None
    wanted = claim.plans[row.id].complete
    return wanted if row.doubted or wanted != row.sent_complete else None


def attempts(claim: Claim, timezone: ZoneInfo) -> list[Attempt]:
    """What to send for each row that has a place in DHIS2, or has numbers in one that it left.

    Cells that DHIS2 holds and should not are deleted. A row that changes its place leaves the
    old one first.
    """
    return [one for row in claim.rows if (one := _attempt(claim, row, timezone)) is not None]


def _attempt(claim: Claim, row: ForwardRow, timezone: ZoneInfo) -> Attempt | None:
    wanted, org_unit = claim.plans[row.id], claim.org_unit(row)
    cells: dict[str, str | None] = dict.fromkeys(row.sent_values, None)
    if claim.leaves(row):
        if claim.is_taken(row):
            return None
        org_unit = row.sent_to
    elif claim.stands(row):
        cells = {}
    else:
        cells |= wanted.cells
    if org_unit is None:
        return None
    since = wanted.completed_at.astimezone(timezone).date() if wanted.completed_at else None
    return Attempt(
        row_id=row.id,
        org_unit=org_unit,
        period=row.period,
        cells=cells,
        completed=completeness_to_tell(claim, row),
        completed_on=since or Period.parse(row.period).plus(1).first_day,
    )


def codes_of(form: Form) -> dict[CellKey, str]:
    """Our code of every cell that the form feeds."""
    return {
        ".".join(target): one.code
        for one in form.fields
        for target in (field_target(form, one.code), days_out_target(form, one.code))
        if target is not None
    }


def successors(claim: Claim) -> list[Wanted]:
    """The forwards of the units that have taken over a place which a row still filled."""
    return [
        Wanted(claim.given_up[row.sent_to or "", row.period], row.form, row.period)
        for row in claim.rows
        if claim.is_taken(row)
    ]
