"""What a claim's answers mean for its rows and for the reports behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.dhis2.attempt import Result
from gateway.dhis2.claim import Claim, codes_of, successors
from gateway.dhis2.server import Far
from gateway.model import backoff
from gateway.model.outcomes import TryLater, Unknown
from gateway.storage import counters, forwards, outbox, reports
from gateway.storage.engine import Connection
from gateway.storage.forwards import ForwardRow, Settlement
from gateway.storage.outbox import REFUSED, SENT, WAITING
from gateway.transports.dhis2_codes import Category, category_of
from gateway.transports.dhis2_verdict import Conflict
from menus.model.period import Period
from menus.rules.calendar import ends

SPREAD: Final = timedelta(hours=1)  # over which rows that fall due on one day are spread
NOT_YET: Final = timedelta(hours=1)  # until the next try when a month that has ended is not open


@dataclass(frozen=True, slots=True)
class Moment:
    """When a claim is settled: the moment, and the programme's calendar day."""

    now: datetime
    far: Far

    @property
    def today(self) -> date:
        return self.now.astimezone(self.far.timezone).date()


def settle(
    connection: Connection, far: Far, claim: Claim, results: Mapping[int, Result], now: datetime
) -> int:
    """Writes each row's verdict, and what it means for the reports behind it; how many settled.

    Reports before outbox rows, both in the order in which a reader of messages writes them, so
    that the two cannot wait for each other.
    """
    moment = Moment(now, far)
    refusals = refusals_of(claim, results, moment.today)
    sent = _sent(claim, results, moment.today)
    reports.mark_forwarded(connection, sent, refusals, now)
    outbox.lock(connection, claim.token, [row.id for row in claim.rows])
    lost = _lost(results)
    for reason, ids in lost.items():
        forwards.note_unknown(connection, claim.token, ids, reason, far.lease)
    in_doubt = {row_id for ids in lost.values() for row_id in ids}
    settled = [
        (row, settlement(claim, row, results.get(row.id), moment))
        for row in claim.rows
        if row.id not in in_doubt
    ]
    forwards.settle_forwards(connection, claim.token, settled, now)
    forwards.want(connection, successors(claim), now)
    counts = {"forwarded": len(sent) - len(refusals), "forwards_refused": len(refusals)}
    counters.add(connection, counts)
    return len(settled)


def _lost(results: Mapping[int, Result]) -> dict[str, list[int]]:
    """The rows of which nobody knows whether they arrived, by the reason."""
    lost: dict[str, list[int]] = {}
    for row_id, one in results.items():
        if isinstance(one.trouble, Unknown):
            lost.setdefault(one.trouble.reason, []).append(row_id)
    return lost


def settlement(claim: Claim, row: ForwardRow, result: Result | None, moment: Moment) -> Settlement:
    """One row as it should stand after its attempt."""
    as_it_was = _as_it_was(claim, row, moment)
    if result is None:
        return _without_attempt(claim, row, as_it_was, moment)
    held = _after(claim, row, result, as_it_was)
    if result.trouble is not None:
        return _in_trouble(row, result.trouble, held, moment.now)
    if claim.leaves(row):
        return replace(_nowhere(row), state=WAITING, next_at=moment.now)
    refusal = first_refusal(result)
    return held if refusal is None else _refused(row, refusal, held, moment)


def first_refusal(result: Result) -> Conflict | None:
    """Why DHIS2 will not have all of the row, in one conflict."""
    return next(iter(result.refused.values()), result.not_complete)


def too_early(conflict: Conflict, period: str, today: date) -> bool:
    """Whether DHIS2 will take it once the month is open there."""
    return category_of(conflict.code, Period.parse(period), today) is Category.TOO_EARLY


def _as_it_was(claim: Claim, row: ForwardRow, moment: Moment) -> Settlement:
    """What DHIS2 held before; due again on the day on which there will be more."""
    again = claim.plans[row.id].again_on
    return Settlement(
        state=SENT if again is None else WAITING,
        next_at=None if again is None else some_time_on(again, row.id, moment),
        sent_values=row.sent_values,
        sent_revision=row.sent_revision,
        sent_complete=row.sent_complete,
        doubted=row.doubted,
        sent_to=row.sent_to,
    )


def _without_attempt(
    claim: Claim, row: ForwardRow, as_it_was: Settlement, moment: Moment
) -> Settlement:
    """Nothing was sent: the place that it filled is another unit's, or it has none."""
    if claim.is_taken(row):
        return replace(_nowhere(row), state=WAITING, next_at=moment.now)
    if (row.unit_id, row.period) in claim.passed_on:
        return as_it_was
    # No unit above has a place in DHIS2; the next roster import may bring one.
    return replace(as_it_was, state=WAITING, next_at=None, reason="no_dhis2_id")


def _nowhere(row: ForwardRow) -> Settlement:
    """It holds nothing in DHIS2 any more, as far as we can see to it."""
    return Settlement(state=SENT, attempts=row.attempts)


def _after(claim: Claim, row: ForwardRow, result: Result, as_it_was: Settlement) -> Settlement:
    """What DHIS2 holds now of the row's values, and knows of its completeness."""
    wanted = {} if claim.leaves(row) else claim.plans[row.id].cells
    place = row.sent_to if claim.leaves(row) else claim.org_unit(row)
    after = as_it_was
    if result.values_in:
        # In a cell that it refused, DHIS2 still holds what it held.
        before = {key: one for key, one in row.sent_values.items() if key in result.refused}
        accepted = {key: one for key, one in wanted.items() if key not in result.refused}
        revision = None if result.refused else row.revision
        values = {**before, **accepted}
        after = replace(after, sent_values=values, sent_revision=revision, sent_to=place)
    elif not claim.stands(row):
        values = {**row.sent_values, **wanted}
        after = replace(after, sent_values=values, sent_revision=None, sent_to=place)
    if result.completed:
        complete = claim.plans[row.id].complete and not claim.leaves(row)
        after = replace(after, sent_complete=complete, doubted=False)
    return after


def _in_trouble(
    row: ForwardRow, trouble: TryLater | Unknown, held: Settlement, now: datetime
) -> Settlement:
    mine = isinstance(trouble, TryLater) and not trouble.everyone
    return replace(
        held,
        state=WAITING,
        next_at=backoff.next_try(now, row.attempts + 1) if mine else now,
        reason=trouble.reason,
        detail=trouble.detail[:300],
        attempts=row.attempts + 1,
    )


def _refused(row: ForwardRow, refusal: Conflict, held: Settlement, moment: Moment) -> Settlement:
    """What is still to come for the row comes all the same."""
    told = replace(
        held,
        reason=refusal.code or "refused",
        detail=refusal.text[:300],
        attempts=row.attempts + 1,
    )
    if too_early(refusal, row.period, moment.today):
        day = ends(Period.parse(row.period))
        opens = some_time_on(day, row.id, moment)
        later = moment.now + NOT_YET + (opens - _start(day, moment))
        return replace(told, state=WAITING, next_at=max(opens, later))
    return told if held.state == WAITING else replace(told, state=REFUSED)


def some_time_on(day: date, row_id: int, moment: Moment) -> datetime:
    """A moment early on that day, each row at its own, so that they do not all come at once."""
    return _start(day, moment) + SPREAD * ((row_id * 2654435761) % 3600 / 3600)


def _start(day: date, moment: Moment) -> datetime:
    return datetime.combine(day, time(0), moment.far.timezone)


def _sent(claim: Claim, results: Mapping[int, Result], today: date) -> set[tuple[int, int]]:
    """The (report id, version) on which DHIS2 has given its verdict."""
    return {
        one
        for row in claim.rows
        if (result := results.get(row.id)) and _has_verdict(claim, row, result, today)
        for one in claim.plans[row.id].included
    }


def _has_verdict(claim: Claim, row: ForwardRow, result: Result, today: date) -> bool:
    if claim.leaves(row) or (result.trouble is not None and not result.values_in):
        return False
    return not any(too_early(one, row.period, today) for one in result.refused.values())


def refusals_of(
    claim: Claim, results: Mapping[int, Result], today: date
) -> dict[int, dict[str, str]]:
    """By report id, the codes whose numbers DHIS2 refused, and why: its code and its words."""
    refusals: dict[int, dict[str, str]] = {}
    codes = codes_of(claim.form)
    for row in claim.rows:
        result = results.get(row.id)
        if result is None or result.trouble is not None or not result.refused:
            continue
        if _has_verdict(claim, row, result, today):
            told = {
                codes.get(key, key): f"{one.code} {one.text}".strip()
                for key, one in result.refused.items()
            }
            refusals |= {report_id: told for report_id, _ in claim.plans[row.id].included}
    return refusals
