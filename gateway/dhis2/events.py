"""Referrals as events: bringing DHIS2 to hold each of them as it stands here.

An outbox row says that the event of a referral is wanted; what it holds is worked out when it
leaves. Its UID is derived from the referral, so that sending it twice is harmless; one that was
taken back is deleted, and DHIS2 never takes its UID again. Many events travel in one request, and
one that is refused leaves the others in. After a timeout the lease is kept, as for reports.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from gateway.dhis2.forwarding import Clock, Far
from gateway.dhis2.metadata_referrals import PROGRAM, STAGE, values_of
from gateway.model import backoff
from gateway.model.outcomes import TryLater, Unknown
from gateway.model.referral import Referral, ReferralState, event_uid
from gateway.storage import counters as tally
from gateway.storage import (
    destinations,
    forwards,
    org_tree,
    outbox,
    referral_forwards,
    referrals,
    roster,
)
from gateway.storage.engine import Connection, Engine
from gateway.storage.outbox import REFUSED, SENT, WAITING
from gateway.storage.referral_forwards import EventRow
from gateway.transports.dhis2_tracker import EVERY_EVENT, GONE, MEANINGS, Event
from gateway.transports.dhis2_verdict import Conflict, GroupRefused

log = structlog.get_logger()

ROWS: Final = 100
EVENTS: Final = "dhis2_events"  # the breaker's name: a server without our program takes reports
NOWHERE: Final = timedelta(days=1)  # until a site without a place in DHIS2 is looked at again

Trouble = TryLater | Unknown


@dataclass(frozen=True, slots=True)
class _Sending:
    """A claimed row with what is to be sent for it; `event` None: it has no place in DHIS2."""

    row: EventRow
    event: Event | None
    delete: bool


@dataclass(frozen=True, slots=True)
class _Claim:
    """Rows claimed together, for `lease` seconds."""

    token: str
    lease: int
    sendings: Sequence[_Sending]


@dataclass(slots=True)
class _Results:
    """How each row ended: in, refused, or not settled for some trouble."""

    done: set[int] = field(default_factory=set)
    refused: dict[int, Conflict] = field(default_factory=dict)
    lost: dict[int, Unknown] = field(default_factory=dict)
    trouble: Trouble | None = None
    calls: int = 0


def send_due(engine: Engine, far: Far, clock: Clock, until: datetime | None = None) -> int:
    """Sends the events that are due; returns how many rows were settled.

    Stops when nothing is due, when DHIS2 is better left alone, or between two claims once
    `until` has passed.
    """
    total = 0
    while until is None or clock() < until:
        settled = _send_some(engine, far, clock)
        if settled is None:
            break
        total += settled
    return total


def _send_some(engine: Engine, far: Far, clock: Clock) -> int | None:
    """One claim; None when there is nothing to do, or DHIS2 is away."""
    now = clock()
    with engine.begin() as connection:
        names = (destinations.DHIS2, EVENTS)
        health = [destinations.health(connection, name) for name in names]
        if any(one.closed_until is not None and one.closed_until > now for one in health):
            return None
        failures = health[1].failures
        # A far side that has been failing is tried with a single event first.
        most = 1 if failures else ROWS
        token, rows = referral_forwards.claim(connection, most, far.lease, now)
        claim = _Claim(token, far.lease, _sendings(connection, far, rows))
    if not rows:
        return None
    results = _Results()
    for delete in (False, True):
        group = [one for one in claim.sendings if one.event and one.delete is delete]
        _deliver(engine, far, token, group, results)
    with engine.begin() as connection:
        _settle(connection, claim, results, clock())
        _note_health(connection, results, failures, clock())
    return None if results.trouble else len(rows) - len(results.lost)


def _sendings(connection: Connection, far: Far, rows: Sequence[EventRow]) -> list[_Sending]:
    """What is to be sent for each row, from the referral as it stands now."""
    found = referrals.by_ids(connection, {row.referral_id for row in rows})
    units = dict(_units(connection, far, list(found.values())))
    sendings = []
    for row in rows:
        referral = found[row.referral_id]
        code, org_unit = units[referral.id]
        event = None if org_unit is None else _event(far, referral, code, org_unit)
        sendings.append(_Sending(row, event, referral.state is ReferralState.WITHDRAWN))
    return sendings


def _units(
    connection: Connection, far: Far, found: Sequence[Referral]
) -> Iterator[tuple[int, tuple[str, str | None]]]:
    """By referral the code of its site, and the DHIS2 UID of the nearest unit that has one.

    Both are those of the month of the referral, as for its report.
    """
    months = {one.id: one.made_at.astimezone(far.timezone).strftime("%Y%m") for one in found}
    for month in sorted(set(months.values())):
        sites = {one.site_id for one in found if months[one.id] == month}
        known = roster.units_by_id(connection, sites, month)
        receivers = org_tree.receiving_units(connection, sites, month)
        for one in found:
            if months[one.id] == month:
                receiver = receivers[one.site_id]
                org_unit = receiver.dhis2_id if receiver else None
                yield one.id, (known[one.site_id].code, org_unit)


def _event(far: Far, referral: Referral, site_code: str, org_unit: str) -> Event:
    made = referral.made_at.astimezone(far.timezone)
    return Event(
        uid=event_uid(site_code, referral),
        program=PROGRAM,
        stage=STAGE,
        org_unit=org_unit,
        occurred_at=made.strftime("%Y-%m-%dT%H:%M:%S.000"),
        values=values_of(far.catalogue, referral, far.timezone),
    )


def _deliver(
    engine: Engine, far: Far, token: str, group: Sequence[_Sending], results: _Results
) -> None:
    """Sends one group; refused as a whole, it is halved until the culprit stands alone."""
    if not group or results.trouble is not None:
        return
    with engine.begin() as connection:
        if not outbox.renew(connection, token, [one.row.id for one in group], far.lease):
            return
    results.calls += 1
    by_uid = {one.event.uid: one.row.id for one in group if one.event}
    events = [one.event for one in group if one.event]
    verdict = far.client.post_events(events, delete=group[0].delete)
    if isinstance(verdict, GroupRefused):
        if len(group) > 1:
            middle = len(group) // 2
            _deliver(engine, far, token, group[:middle], results)
            _deliver(engine, far, token, group[middle:], results)
        else:
            results.refused[group[0].row.id] = verdict.conflict
    elif isinstance(verdict, TryLater | Unknown):
        results.trouble = verdict
        if isinstance(verdict, Unknown):
            results.lost |= dict.fromkeys(by_uid.values(), verdict)
    else:
        refused = {by_uid[uid]: conflict for uid, conflict in verdict.refused.items()}
        _judge(refused, results, gone_is_done=group[0].delete)
        results.done |= set(by_uid.values()) - refused.keys()


def _judge(refused: dict[int, Conflict], results: _Results, *, gone_is_done: bool) -> None:
    """Takes in what was refused. A program that is not ready is no fault of an event."""
    for row_id, conflict in refused.items():
        if gone_is_done and conflict.code in GONE:
            results.done.add(row_id)
        elif conflict.code in EVERY_EVENT:
            results.trouble = TryLater(conflict.code, _words(conflict), ours=True)
        else:
            results.refused[row_id] = conflict


def _settle(connection: Connection, claim: _Claim, results: _Results, now: datetime) -> None:
    """Writes each row's verdict; a row whose answer was lost keeps its lease."""
    outbox.lock(connection, claim.token, [one.row.id for one in claim.sendings])
    for row_id, unknown in results.lost.items():
        forwards.note_unknown(connection, claim.token, [row_id], unknown.reason, claim.lease)
    settlements = [
        _settlement(one, results, now) for one in claim.sendings if one.row.id not in results.lost
    ]
    referral_forwards.settle(connection, claim.token, settlements, now)
    counts = {"events": len(results.done), "events_refused": len(results.refused)}
    tally.add(connection, {name: count for name, count in counts.items() if count})
    for row_id, conflict in results.refused.items():
        log.warning("event_refused", row=row_id, reason=conflict.code or "refused")


def _settlement(sending: _Sending, results: _Results, now: datetime) -> dict[str, Any]:
    """One row as it should stand after its attempt (see `referral_forwards.settle`)."""
    row = sending.row
    columns: dict[str, Any] = {
        "row": row.id, "of": row.revision, "to": SENT, "at": None, "why": None, "words": None,
        "tries": 0, "held": row.revision,
    }  # fmt: skip
    if sending.event is None:
        # The next roster import may bring a place in DHIS2.
        again = {"to": WAITING, "at": now + NOWHERE, "why": "no_dhis2_id"}
        return columns | again | {"held": row.sent_revision}
    if row.id in results.done:
        return columns
    columns |= {"held": row.sent_revision, "tries": row.attempts + 1}
    conflict = results.refused.get(row.id)
    if conflict is not None:
        words = _words(conflict)
        return columns | {"to": REFUSED, "why": conflict.code or "refused", "words": words}
    trouble = results.trouble
    if trouble is None:
        return columns | {"to": WAITING, "at": now}  # somebody slept through its lease
    later = backoff.next_try(now, row.attempts + 1)
    return columns | {"to": WAITING, "at": later, "why": trouble.reason, "words": trouble.detail}


def _words(conflict: Conflict) -> str:
    """What a refusal means, for people: our words, then DHIS2's."""
    meaning = MEANINGS.get(conflict.code)
    return f"{meaning.text}: {conflict.text}" if meaning else conflict.text


def _note_health(connection: Connection, results: _Results, failures: int, now: datetime) -> None:
    """Remembers whether events are taken, so that all workers leave DHIS2 alone, or return."""
    trouble = results.trouble
    if trouble is None:
        if results.calls and destinations.worked(connection, EVENTS):
            log.info("dhis2_events_back")
            outbox.bring_forward(connection, outbox.REFERRAL, now)
        return
    after = trouble.after if isinstance(trouble, TryLater) else None
    ours = isinstance(trouble, TryLater) and trouble.ours
    until = now + backoff.pause(failures + 1, after, ours=ours)
    detail = trouble.detail[:300]
    destinations.failed(connection, EVENTS, until=until, reason=trouble.reason, detail=detail)
    log.warning("dhis2_events_away", reason=trouble.reason, failures=failures + 1)
