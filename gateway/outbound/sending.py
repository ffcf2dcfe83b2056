"""Handing SMS to the operator: claimed, marked a few at a time, sent side by side, settled.

The operator takes no idempotency key, so a send whose outcome is unknown may have gone out.
Rows are therefore marked `sending` in SQL just before their call, a few at a time: a process
that dies leaves only those few in doubt.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from gateway.model import backoff
from gateway.model.outcomes import Delivered, Outcome, Refused, TryLater, Unknown
from gateway.outbound.health import Destination, note_answer, note_trouble
from gateway.storage import counters, delivery_reports, destinations, outbox, outbox_sms
from gateway.storage.destinations import OPERATOR
from gateway.storage.engine import Connection, Engine
from gateway.storage.outbox import REFUSED, SENT, UNKNOWN, WAITING
from gateway.storage.outbox_sms import SmsRow

DESTINATION: Final = Destination(
    OPERATOR, "operator_away", "operator_back", (outbox.REPLY, outbox.NOTICE)
)
CLAIM: Final = 128
WAVE: Final = 16
LEASE: Final = 60  # seconds; the operator's client gives up after 12
TRIES: Final = 12  # of an SMS that fails by itself; with the pauses, some twenty minutes
AGAIN: Final = timedelta(seconds=30)

Clock = Callable[[], datetime]
# Takes up to so many rows that are due at a moment: a token and the rows.
Claim = Callable[[Connection, int, datetime], tuple[str, list[SmsRow]]]


class Operator(Protocol):
    """A sender of SMS: it returns how a send ended and raises nothing."""

    def send(self, phone: str, text: str) -> Outcome: ...


def send_some(
    engine: Engine,
    operator: Operator,
    pool: ThreadPoolExecutor,
    clock: Clock,
    *,
    claim: Claim,
    until: datetime | None,
) -> tuple[int, bool]:
    """Send one claim, in waves; return how many were accepted, and whether to go on."""
    now = clock()
    with engine.begin() as connection:
        health = destinations.health(connection, OPERATOR)
        if health.rests(now):
            return 0, False
        token, rows = claim(connection, 1 if health.failures else CLAIM, now)
        if not rows:
            return 0, False
        first, *others = _waves(rows)
        wave = _mark(connection, token, first)
    sent = 0
    for following in (*others, []):
        outcomes = _send_wave(operator, pool, wave)
        trouble = _trouble(outcomes)
        over = trouble is not None or (until is not None and clock() >= until)
        with engine.begin() as connection:
            sent += settle(connection, token, wave, outcomes, clock())
            _note_health(connection, trouble, outcomes, clock(), failing=health.failures > 0)
            if over:
                outbox.release(connection, token)
                return sent, False
            wave = _mark(connection, token, following)
    return sent, True


def _waves(rows: Sequence[SmsRow]) -> list[list[SmsRow]]:
    """Return the rows in their order, up to WAVE at a time, no number twice in a wave.

    The SMS of a number go out one after the other, and if they waited for each other under
    the same lease, it would be over before the last of them has been sent.
    """
    waves: list[list[SmsRow]] = []
    first_free: dict[str, int] = {}
    for row in rows:
        place = first_free.get(row.phone, 0)
        while place < len(waves) and len(waves[place]) == WAVE:
            place += 1
        if place == len(waves):
            waves.append([])
        waves[place].append(row)
        first_free[row.phone] = place + 1
    return waves


def _mark(connection: Connection, token: str, rows: Sequence[SmsRow]) -> list[SmsRow]:
    """Note that these may go out from now on; return those that are still held."""
    held = set(outbox_sms.mark_sending(connection, token, [row.id for row in rows], LEASE))
    return [row for row in rows if row.id in held]


def _send_wave(
    operator: Operator, pool: ThreadPoolExecutor, rows: Sequence[SmsRow]
) -> dict[int, Outcome]:
    """Send side by side; return how each ended, by row."""
    outcomes = pool.map(lambda row: operator.send(row.phone, row.text), rows)
    return {row.id: outcome for row, outcome in zip(rows, outcomes, strict=True)}


def settle(
    connection: Connection,
    token: str,
    rows: Sequence[SmsRow],
    outcomes: Mapping[int, Outcome],
    now: datetime,
) -> int:
    """Write how each send ended; return how many the operator accepted."""
    accepted = [end for end in outcomes.values() if isinstance(end, Delivered)]
    references = [end.reference for end in accepted]
    reported = delivery_reports.expect(connection, references, now)
    changes = {row.id: columns(row, outcomes[row.id], reported, now) for row in rows}
    outbox.settle(connection, token, changes)
    sent = [row for row in rows if isinstance(outcomes[row.id], Delivered)]
    kind = "notices" if any(row.once for row in rows) else "replies"
    counts = {
        "notified" if kind == "notices" else "replied": len(sent),
        f"{kind}_refused": sum(change["state"] == REFUSED for change in changes.values()),
        f"{kind}_unknown": sum(change["state"] == UNKNOWN for change in changes.values()),
        "parts_sent": sum(row.parts for row in sent),
    }
    counters.add(connection, counts)
    return len(sent)


def columns(
    row: SmsRow, outcome: Outcome, reported: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """Return what an outcome writes into the row."""
    match outcome:
        case Delivered(reference):
            status = reported.get(reference)
            sent = {"state": SENT, "message_id": reference, "delivery": status, "next_at": None}
            return {**sent, "settled_at": now, "reason": None, "detail": None}
        case Refused(reason, detail):
            return _over(REFUSED, reason, detail, now)
        case TryLater(reason, detail, after, everyone):
            if not everyone and row.attempts + 1 >= TRIES:
                return _over(REFUSED, reason, detail, now)
            later = now if everyone else backoff.next_try(now, row.attempts + 1, after)
            # While the operator is away, no reply uses up its own tries.
            tries = row.attempts if everyone else row.attempts + 1
            waits = {"state": WAITING, "next_at": later, "attempts": tries}
            return {**waits, "reason": reason, "detail": detail[:300]}
        case Unknown(reason, detail):
            if row.once or row.unknowns:
                return _over(UNKNOWN, reason, detail, now)
            again = {"state": WAITING, "next_at": now + AGAIN, "unknowns": 1}
            return {**again, "reason": reason, "detail": detail[:300]}


def _over(state: str, reason: str, detail: str, now: datetime) -> dict[str, Any]:
    over = {"state": state, "next_at": None, "settled_at": now}
    return {**over, "reason": reason, "detail": detail[:300]}


def _trouble(outcomes: Mapping[int, Outcome]) -> TryLater | None:
    """Return why the operator is better left alone: it says so, or no send was answered."""
    for outcome in outcomes.values():
        if isinstance(outcome, TryLater) and outcome.everyone:
            return outcome
    lost = [outcome for outcome in outcomes.values() if isinstance(outcome, Unknown)]
    return TryLater(lost[0].reason) if lost and len(lost) == len(outcomes) else None


def _note_health(
    connection: Connection,
    trouble: TryLater | None,
    outcomes: Mapping[int, Outcome],
    now: datetime,
    *,
    failing: bool,
) -> None:
    """Note whether the operator takes messages, for all workers."""
    if trouble is not None:
        note_trouble(connection, DESTINATION, trouble, now)
    elif failing and any(isinstance(outcome, Delivered | Refused) for outcome in outcomes.values()):
        note_answer(connection, DESTINATION, now)
