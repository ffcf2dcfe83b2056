"""Forwards: bringing DHIS2 to hold what is stored here, cell by cell, and knowing that it does.

Many outbox rows of one data set travel in one request. Each row's cells are worked out anew
from the reports as they stand when it leaves, so a retry can never carry an old version. A
row is leased from before its request until its answer; after a timeout the lease is kept,
because the far side may still be writing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from gateway import backoff, dhis2_wanted
from gateway.dhis2_delivery import Attempt, Delivery, Result
from gateway.dhis2_plan import Plan
from gateway.metadata import attribute_option_combo, data_set_uid
from gateway.outcomes import TryLater, Unknown
from gateway.storage import destinations, forwards, outbox, reports, roster, tallies
from gateway.storage.destinations import DHIS2
from gateway.storage.engine import Connection, Engine
from gateway.storage.forwards import ForwardRow
from gateway.storage.outbox import REFUSED, SENT, WAITING
from gateway.transports.dhis2 import Dhis2
from menus.model import Catalogue, Form, Period

log = structlog.get_logger()

ROWS: Final = 70  # of 13 values: as many as stay below DHIS2's customary 1,000 values a request
TAIL: Final = 60  # seconds for which DHIS2 may go on writing after we hung up
SPREAD: Final = 3600  # seconds over which rows that fall due on one day are spread

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Far:
    """The far side and what is sent to it: client, timeout in seconds, catalogue, calendar."""

    client: Dhis2
    timeout: float
    catalogue: Catalogue
    timezone: ZoneInfo

    @property
    def lease(self) -> int:
        """Seconds for which a claimed row is ours: one call, and DHIS2's longest tail."""
        return int(self.timeout) + TAIL


@dataclass(slots=True)
class _Claim:
    """Rows claimed together, what should stand for each, and the DHIS2 UIDs of their units.

    `passed_on` are the units without a place in DHIS2 whose numbers another unit sends.
    """

    token: str
    form: Form
    rows: Sequence[ForwardRow]
    plans: dict[int, Plan] = field(default_factory=dict)
    org_units: dict[int, str] = field(default_factory=dict)
    passed_on: set[tuple[int, str]] = field(default_factory=set)


def send_due(engine: Engine, far: Far, clock: Clock, until: datetime | None = None) -> int:
    """Sends what is due; returns how many rows were settled, delivered or refused.

    Stops when nothing is due, when DHIS2 is better left alone, or between two claims once
    `until` has passed.
    """
    total = 0
    while until is None or clock() < until:
        settled = _send_some(engine, far, clock, until)
        if settled is None:
            break
        total += settled
    return total


def _send_some(engine: Engine, far: Far, clock: Clock, until: datetime | None) -> int | None:
    """One claim of up to ROWS; None when there is nothing to do, or DHIS2 is away."""
    now = clock()
    with engine.begin() as connection:
        health = destinations.health(connection, DHIS2)
        if health.closed_until is not None and health.closed_until > now:
            return None
        # A far side that has been failing is tried with a single row first.
        claim = _claim(connection, far, 1 if health.failures else ROWS, now)
    if claim is None:
        return None
    delivery = Delivery(
        client=far.client,
        data_set=data_set_uid(claim.form),
        attribute_option_combo=attribute_option_combo(claim.form),
        before_call=lambda ids: (
            _renew(engine, claim.token, ids, far.lease) and (until is None or clock() < until)
        ),
        # While it fails, one row that upsets it is proof enough.
        upset=1 if health.failures else 0,
    )
    results = delivery.deliver(_attempts(claim, far.timezone))
    with engine.begin() as connection:
        settled = _settle(connection, far, claim, results, clock())
        _note_health(connection, delivery, health.failures, clock())
    return None if delivery.trouble else settled


def _claim(connection: Connection, far: Far, most: int, now: datetime) -> _Claim | None:
    """Takes due rows, works out what each should hold, and notes that it may be written."""
    forms = far.catalogue.forms
    # A form that was taken out of the catalogue must not hold up the others.
    token, rows = forwards.claim_forwards(connection, list(forms), most, far.lease, now)
    if not rows:
        return None
    claim = _Claim(token, forms[rows[0].form], rows)
    today = now.astimezone(far.timezone).date()
    for month in sorted({row.period for row in rows}):
        _plan_month(connection, far, claim, Period.parse(month), today)
    changing = {
        row.id: {**row.sent_values, **claim.plans[row.id].cells}
        for row in rows
        if not _stands(row, claim.plans[row.id])
    }
    forwards.note_attempt(connection, token, changing)
    return claim


def _plan_month(
    connection: Connection, far: Far, claim: _Claim, period: Period, today: date
) -> None:
    """Plans the claimed rows of one month, from the reports of all sites below each unit."""
    rows = [row for row in claim.rows if row.period == period.code]
    ids = {row.unit_id for row in rows}
    for unit in roster.units_by_id(connection, ids, period.code).values():
        if unit.dhis2_id is not None:
            claim.org_units[unit.id] = unit.dhis2_id
    homeless = [one for one in ids if one not in claim.org_units]
    receivers = roster.receiving_units(connection, homeless, period.code)
    claim.passed_on.update((one, period.code) for one in homeless if receivers[one])
    wanted = dhis2_wanted.plans(
        connection,
        claim.form,
        period,
        ids,
        programme=far.catalogue.programme,
        today=today,
        timezone=far.timezone,
    )
    claim.plans |= {row.id: wanted[row.unit_id][0] for row in rows}


def _stands(row: ForwardRow, wanted: Plan) -> bool:
    """Whether DHIS2 is known to hold these very values already."""
    return row.sent_revision is not None and dict(row.sent_values) == dict(wanted.cells)


def _attempts(claim: _Claim, timezone: ZoneInfo) -> list[Attempt]:
    """What to send for each row that has a place in DHIS2. Cells that it holds and should not
    are deleted."""
    attempts = []
    for row in claim.rows:
        wanted, org_unit = claim.plans[row.id], claim.org_units.get(row.unit_id)
        if org_unit is None:
            continue
        cells: dict[str, str | None] = {}
        if not _stands(row, wanted):
            cells = {**dict.fromkeys(row.sent_values, None), **wanted.cells}
        changed = wanted.complete != row.sent_complete
        since = wanted.completed_at.astimezone(timezone).date() if wanted.completed_at else None
        attempts.append(
            Attempt(
                row_id=row.id,
                org_unit=org_unit,
                period=row.period,
                cells=cells,
                completed=wanted.complete if changed else None,
                completed_on=since or Period.parse(row.period).plus(1).first_day,
            )
        )
    return attempts


def _renew(engine: Engine, token: str, ids: Sequence[int], lease: int) -> bool:
    with engine.begin() as connection:
        return outbox.renew(connection, token, ids, lease)


def _note_health(connection: Connection, delivery: Delivery, failures: int, now: datetime) -> None:
    """Remembers whether DHIS2 answered, so that all workers leave it alone, or return."""
    trouble = delivery.trouble
    if trouble is None:
        if delivery.calls and destinations.worked(connection, DHIS2):
            log.info("dhis2_back")
            outbox.bring_forward(connection, outbox.DHIS2, now)
        return
    later = trouble if isinstance(trouble, TryLater) else TryLater(trouble.reason)
    if not later.everyone:
        return
    until = now + backoff.pause(failures + 1, later.after, ours=later.ours)
    detail = trouble.detail[:300]
    destinations.failed(connection, DHIS2, until=until, reason=trouble.reason, detail=detail)
    log.warning("dhis2_away", reason=trouble.reason, failures=failures + 1)


def _settle(
    connection: Connection, far: Far, claim: _Claim, results: Mapping[int, Result], now: datetime
) -> int:
    """Writes each row's verdict, and what it means for the reports behind it.

    Reports before outbox rows, both in the order in which a reader of messages writes them, so
    that the two cannot wait for each other.
    """
    _mark_reports(connection, claim, results, now)
    outbox.lock(connection, claim.token, [row.id for row in claim.rows])
    lost = {row_id for row_id, one in results.items() if isinstance(one.trouble, Unknown)}
    for row_id in lost:
        trouble = results[row_id].trouble
        reason = trouble.reason if trouble else ""
        forwards.note_unknown(connection, claim.token, [row_id], reason, far.lease)
    settlements = [
        _settlement(claim, row, results.get(row.id), far.timezone, now)
        for row in claim.rows
        if row.id not in lost
    ]
    forwards.settle_forwards(connection, claim.token, settlements, now)
    tallies.add(connection, _counts(claim, results))
    return len(settlements)


def _settlement(
    claim: _Claim, row: ForwardRow, result: Result | None, timezone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """One row as it should stand after its attempt (see `forwards.settle_forwards`)."""
    wanted = claim.plans[row.id]
    columns: dict[str, Any] = {
        "row": row.id,
        "of": row.revision,
        "to": SENT,
        "at": None,
        "why": None,
        "words": None,
        "tries": 0,
        "cells": dict(row.sent_values),
        "held": row.sent_revision,
        "done": row.sent_complete,
    }
    if wanted.again_on is not None:
        columns |= {"to": WAITING, "at": _some_time_on(wanted.again_on, row.id, timezone)}
    if result is None and (row.unit_id, row.period) in claim.passed_on:
        return columns
    if result is None:
        # No unit above has a place in DHIS2; the next roster import may bring one.
        return columns | {"to": WAITING, "at": None, "why": "no_dhis2_id"}
    if result.values_in:
        # In a cell that it refused, DHIS2 still holds what it held.
        before = {key: one for key, one in row.sent_values.items() if key in result.refused}
        accepted = {key: one for key, one in wanted.cells.items() if key not in result.refused}
        held = None if result.refused else row.revision
        columns |= {"cells": {**before, **accepted}, "held": held}
    elif not _stands(row, wanted):
        columns |= {"cells": {**row.sent_values, **wanted.cells}, "held": None}
    if result.completed:
        columns["done"] = wanted.complete
    if result.trouble is not None:
        words = result.trouble.detail[:300]
        mine = isinstance(result.trouble, TryLater) and not result.trouble.everyone
        again = backoff.next_try(now, row.attempts + 1) if mine else now
        columns |= {"to": WAITING, "at": again, "why": result.trouble.reason, "words": words}
        return columns | {"tries": row.attempts + 1}
    refusal = next(iter(result.refused.values()), result.not_complete)
    if refusal is not None:
        # What is still to come for this row comes all the same.
        over = {"to": REFUSED} if wanted.again_on is None else {}
        columns |= {"why": refusal.code or "refused", "words": refusal.text[:300], **over}
        columns |= {"tries": row.attempts + 1}
    return columns


def _some_time_on(day: date, row_id: int, timezone: ZoneInfo) -> datetime:
    """A moment early on that day, each row at its own, so that they do not all come at once."""
    spread = timedelta(seconds=(row_id * 2654435761) % SPREAD)
    return datetime.combine(day, time(0), timezone) + spread


def _mark_reports(
    connection: Connection, claim: _Claim, results: Mapping[int, Result], now: datetime
) -> None:
    """Notes on the reports what DHIS2 now has of them, or will not have."""
    reports.mark_forwarded(connection, _sent(claim, results), _refusals(claim, results), now)


def _sent(claim: _Claim, results: Mapping[int, Result]) -> set[tuple[int, int]]:
    """The (report id, version) on which DHIS2 has given its verdict."""
    return {
        one
        for row_id, result in results.items()
        if result.trouble is None or result.values_in
        for one in claim.plans[row_id].included
    }


def _refusals(claim: _Claim, results: Mapping[int, Result]) -> dict[int, dict[str, str]]:
    """By report id, the codes whose numbers DHIS2 refused, and why."""
    refusals: dict[int, dict[str, str]] = {}
    for row_id, result in results.items():
        wanted = claim.plans[row_id]
        if result.refused and result.trouble is None:
            told = {wanted.codes.get(key, key): one.text for key, one in result.refused.items()}
            refusals |= {report_id: told for report_id, _ in wanted.included}
    return refusals


def _counts(claim: _Claim, results: Mapping[int, Result]) -> dict[str, int]:
    refused = len(_refusals(claim, results))
    return {"forwarded": len(_sent(claim, results)) - refused, "forwards_refused": refused}


def reroute(connection: Connection, site_ids: Sequence[int], since: str, *, now: datetime) -> None:
    """Sites feed other DHIS2 cells from a month on: the old cells and the new are worked out
    again for every month that is touched. For `gateway.roster.import_roster`."""
    before = Period.parse(since).plus(-1).code
    old = roster.receiving_units(connection, site_ids, before)
    wanted: list[forwards.Wanted] = []
    new: dict[str, Mapping[int, roster.Unit | None]] = {}
    for site, form, period in reports.keys_of(connection, site_ids):
        if period < since:
            continue
        if period not in new:
            new[period] = roster.receiving_units(connection, site_ids, period)
        units = {site, *(unit.id for unit in (old[site], new[period][site]) if unit)}
        known = forwards.units_known(connection, units, form, period)
        now_at = new[period][site]
        wanted += [forwards.Wanted(unit, form, period) for unit in known]
        wanted.append(forwards.Wanted(now_at.id if now_at else site, form, period))
    forwards.want(connection, wanted, now)
