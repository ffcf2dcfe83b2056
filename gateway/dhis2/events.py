"""Referrals as events: bringing DHIS2 to hold each of them as it stands here.

An outbox row says that the event of a referral is wanted; what it holds is worked out when it
leaves. Its UID is derived from the referral, so that sending it twice is harmless; one that was
taken back is deleted, and DHIS2 never takes its UID again. Many events travel in one request, and
one that is refused leaves the others in. After a timeout the lease is kept, as for reports.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.dhis2.event_delivery import EventAttempt, EventClaim, EventDelivery, in_words
from gateway.dhis2.metadata_referrals import PROGRAM, STAGE, values_of
from gateway.dhis2.sending import renew, send_claims
from gateway.dhis2.server import Clock, Dhis2Target
from gateway.dhis2.settlement import delayed, first_refusal, refused
from gateway.model import backoff
from gateway.model.outcomes import TryLater, Unknown
from gateway.model.referral import Referral, ReferralState, event_uid
from gateway.outbound.health import Destination, note_answer, note_trouble
from gateway.storage import (
    counters,
    destinations,
    forward_rows,
    org_tree,
    outbox,
    referral_forwards,
    referrals,
    roster,
)
from gateway.storage.engine import Connection, Engine
from gateway.storage.forward_rows import Settlement, Verdict
from gateway.storage.outbox import SENT, WAITING
from gateway.storage.referral_forwards import EventRow
from gateway.transports.dhis2_tracker import Event

log = structlog.get_logger()

ROWS: Final = 100
# A breaker of its own: a server without the program of referrals takes reports.
EVENTS: Final = "dhis2_events"
DESTINATION: Final = Destination(
    EVENTS, "dhis2_events_away", "dhis2_events_back", (outbox.REFERRAL,)
)
NOWHERE: Final = timedelta(days=1)  # until a site without a place in DHIS2 is looked at again


def send_due(
    engine: Engine, target: Dhis2Target, clock: Clock, until: datetime | None = None
) -> int:
    """Send the events that are due; return how many rows were settled.

    Stop when nothing is due, when DHIS2 is better left alone, or between two claims once
    `until` has passed.
    """
    return send_claims(lambda: _send_claim(engine, target, clock), clock, until)


def _send_claim(engine: Engine, target: Dhis2Target, clock: Clock) -> int | None:
    """Send one claim; None when there is nothing to do, or DHIS2 is away."""
    with engine.begin() as connection:
        claim = _claim(connection, target, clock())
    if claim is None:
        return None
    delivery = EventDelivery(
        client=target.client,
        before_call=lambda ids: renew(engine, claim.token, ids, target.lease),
    )
    delivery.deliver(claim.attempts)
    with engine.begin() as connection:
        settled = _settle(connection, target, claim, delivery, clock())
        _note_health(connection, delivery, clock())
    return None if delivery.trouble else settled


def _claim(connection: Connection, target: Dhis2Target, now: datetime) -> EventClaim | None:
    """Take what is due; None when nothing is, or while DHIS2 is left alone."""
    server = destinations.health(connection, destinations.DHIS2)
    events = destinations.health(connection, EVENTS)
    if server.rests(now) or events.rests(now):
        return None
    # A far side that has been failing is tried with a single event first.
    most = 1 if events.failures else ROWS
    token, rows = referral_forwards.claim(connection, most, target.lease, now)
    return EventClaim(token, _attempts(connection, target, rows)) if rows else None


def _attempts(
    connection: Connection, target: Dhis2Target, rows: Sequence[EventRow]
) -> list[EventAttempt]:
    """Return what is to be sent for each row, from the referral as it stands now."""
    found = referrals.by_ids(connection, {row.referral_id for row in rows})
    units = dict(_units(connection, target, list(found.values())))
    attempts = []
    for row in rows:
        referral = found[row.referral_id]
        code, org_unit = units[referral.id]
        event = None if org_unit is None else _event(target, referral, code, org_unit)
        attempts.append(EventAttempt(row, event, referral.state is ReferralState.WITHDRAWN))
    return attempts


def _units(
    connection: Connection, target: Dhis2Target, found: Sequence[Referral]
) -> Iterator[tuple[int, tuple[str, str | None]]]:
    """Yield, by referral, the code of its site and the UID of the nearest unit that has one.

    Both are those of the month of the referral, as for its report.
    """
    months = {referral.id: target.context.month(referral.made_at) for referral in found}
    for month in sorted(set(months.values())):
        of_month = [referral for referral in found if months[referral.id] == month]
        sites = {referral.site_id for referral in of_month}
        known = roster.units_by_id(connection, sites, month)
        receivers = org_tree.receiving_units(connection, sites, month)
        for referral in of_month:
            receiver = receivers[referral.site_id]
            org_unit = receiver.dhis2_id if receiver else None
            yield referral.id, (known[referral.site_id].code, org_unit)


def _event(target: Dhis2Target, referral: Referral, site_code: str, org_unit: str) -> Event:
    made = target.context.local(referral.made_at)
    return Event(
        uid=event_uid(site_code, referral),
        program=PROGRAM,
        stage=STAGE,
        org_unit=org_unit,
        occurred_at=made.strftime("%Y-%m-%dT%H:%M:%S.000"),
        values=values_of(target.context.catalogue, referral, target.context.timezone),
    )


def _settle(
    connection: Connection,
    target: Dhis2Target,
    claim: EventClaim,
    delivery: EventDelivery,
    now: datetime,
) -> int:
    """Write each row's verdict; return how many rows were settled."""
    verdicts = [(attempt.row, _verdict(attempt, delivery, now)) for attempt in claim.attempts]
    settled = forward_rows.settle(connection, claim.token, verdicts, target.lease, now)
    results = delivery.results
    refusals = {row: conflict for row in results if (conflict := first_refusal(results[row]))}
    counters.add(
        connection,
        {
            "events": sum(result.values_in for result in results.values()),
            "events_refused": len(refusals),
        },
    )
    for row_id, conflict in refusals.items():
        log.warning("event_refused", row=row_id, reason=conflict.code or "refused")
    return settled


def _verdict(attempt: EventAttempt, delivery: EventDelivery, now: datetime) -> Verdict:
    """Return one row as it should stand after its attempt; Unknown when the answer was lost."""
    row, result = attempt.row, delivery.results.get(attempt.row.id)
    held = Settlement(SENT, sent_revision=row.sent_revision)
    if attempt.event is None:
        # The next roster import may bring a place in DHIS2.
        return replace(held, state=WAITING, next_at=now + NOWHERE, reason="no_dhis2_id")
    if result is None and delivery.trouble is not None:
        return delayed(row, held, delivery.trouble, backoff.next_try(now, row.attempts + 1))
    if result is None:  # the lease ran out before the call
        return replace(held, state=WAITING, next_at=now, attempts=row.attempts + 1)
    if isinstance(result.trouble, Unknown):
        return result.trouble
    conflict = first_refusal(result)
    if conflict is not None:
        return refused(row, held, conflict, in_words(conflict))
    return replace(held, sent_revision=row.revision)


def _note_health(connection: Connection, delivery: EventDelivery, now: datetime) -> None:
    """Note whether events are taken, so that all workers leave DHIS2 alone, or return."""
    trouble = delivery.trouble
    if isinstance(trouble, Unknown):
        trouble = TryLater(trouble.reason, trouble.detail)
    if trouble is not None:
        note_trouble(connection, DESTINATION, trouble, now)
    elif delivery.calls:
        note_answer(connection, DESTINATION, now)
