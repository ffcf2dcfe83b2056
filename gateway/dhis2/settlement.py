"""What a claim's answers mean for its rows and for the reports behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar

from gateway.dhis2.attempt import Result
from gateway.dhis2.cells import codes_of
from gateway.dhis2.claim import Claim, successors
from gateway.dhis2.server import Dhis2Target
from gateway.model import backoff
from gateway.model.outcomes import TryLater, Unknown
from gateway.storage import counters, forward_rows, forwards, reports
from gateway.storage.engine import Connection
from gateway.storage.forward_rows import ClaimedRow, Settlement, Verdict
from gateway.storage.forwards import CellSettlement, ForwardRow
from gateway.storage.outbox import REFUSED, SENT, WAITING
from gateway.transports.dhis2_codes import Category, category_of
from gateway.transports.dhis2_verdict import Conflict
from menus.model.period import Period
from menus.rules.calendar import ends

SPREAD: Final = timedelta(hours=1)  # over which the rows that fall due on a day are spread
NOT_YET: Final = timedelta(hours=1)  # until the next try when a month that has ended is not open

S = TypeVar("S", bound=Settlement)


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment at which a claim is settled, with the programme's calendar."""

    now: datetime
    target: Dhis2Target

    @property
    def today(self) -> date:
        """Return the programme's calendar day."""
        return self.target.context.today(self.now)


def settle(
    connection: Connection,
    target: Dhis2Target,
    claim: Claim,
    results: Mapping[int, Result],
    now: datetime,
) -> int:
    """Write each row's verdict, and what it means for the reports behind it.

    Return how many rows were settled. Reports are written before outbox rows, both in the order
    in which a reader of messages writes them, so that the two cannot wait for each other.
    """
    moment = Moment(now, target)
    refusals = refusals_of(claim, results, moment.today)
    sent = _sent(claim, results, moment.today)
    reports.mark_forwarded(connection, sent, refusals, now)
    verdicts = [(row, _verdict(claim, row, results.get(row.id), moment)) for row in claim.rows]
    settled = forward_rows.settle(connection, claim.token, verdicts, target.lease, now)
    forwards.request(connection, successors(claim), now)
    counts = {"forwarded": len(sent) - len(refusals), "forwards_refused": len(refusals)}
    counters.add(connection, counts)
    return settled


def _verdict(claim: Claim, row: ForwardRow, result: Result | None, moment: Moment) -> Verdict:
    if result is not None and isinstance(result.trouble, Unknown):
        return result.trouble
    return settlement(claim, row, result, moment)


def settlement(
    claim: Claim, row: ForwardRow, result: Result | None, moment: Moment
) -> CellSettlement:
    """Return one row as it should stand after its attempt."""
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


def delayed(row: ClaimedRow, held: S, trouble: TryLater | Unknown, next_at: datetime) -> S:
    """Return the settlement of a row that waits because of some trouble; `held` as DHIS2 has it."""
    return replace(
        held,
        state=WAITING,
        next_at=next_at,
        reason=trouble.reason,
        detail=trouble.detail,
        attempts=row.attempts + 1,
    )


def refused(row: ClaimedRow, held: S, conflict: Conflict, detail: str) -> S:
    """Return the settlement of a row that DHIS2 refused; `held` as DHIS2 has it."""
    return replace(
        held,
        state=REFUSED,
        reason=conflict.code or "refused",
        detail=detail,
        attempts=row.attempts + 1,
    )


def first_refusal(result: Result) -> Conflict | None:
    """Return why DHIS2 will not have all of the row, in one conflict."""
    return next(iter(result.refused.values()), result.not_complete)


def too_early(conflict: Conflict, period: str, today: date) -> bool:
    """Return whether DHIS2 will take it once the month is open there."""
    return category_of(conflict.code, Period.parse(period), today) is Category.TOO_EARLY


def _as_it_was(claim: Claim, row: ForwardRow, moment: Moment) -> CellSettlement:
    """Return what DHIS2 held before; due again on the day on which there will be more."""
    again = claim.plans[row.id].again_on
    return CellSettlement(
        state=SENT if again is None else WAITING,
        next_at=None if again is None else some_time_on(again, row.id, moment),
        sent_values=row.sent_values,
        sent_revision=row.sent_revision,
        sent_complete=row.sent_complete,
        doubted=row.doubted,
        sent_to=row.sent_to,
    )


def _without_attempt(
    claim: Claim, row: ForwardRow, as_it_was: CellSettlement, moment: Moment
) -> CellSettlement:
    """Settle a row of which nothing was sent: its place is another unit's, or it has none."""
    if claim.is_taken(row):
        return replace(_nowhere(row), state=WAITING, next_at=moment.now)
    if (row.unit_id, row.period) in claim.passed_on:
        return as_it_was
    # No unit above has a place in DHIS2; the next roster import may bring one.
    return replace(as_it_was, state=WAITING, next_at=None, reason="no_dhis2_id")


def _nowhere(row: ForwardRow) -> CellSettlement:
    """Settle a row that holds nothing in DHIS2 any more, as far as the gateway can see to it."""
    return CellSettlement(state=SENT, attempts=row.attempts)


def _after(
    claim: Claim, row: ForwardRow, result: Result, as_it_was: CellSettlement
) -> CellSettlement:
    """Return what DHIS2 holds now of the row's values, and knows of its completeness."""
    wanted = {} if claim.leaves(row) else claim.plans[row.id].cells
    place = row.sent_to if claim.leaves(row) else claim.org_unit(row)
    after = as_it_was
    if result.values_in:
        # In a cell that it refused, DHIS2 still holds what it held.
        before = {key: value for key, value in row.sent_values.items() if key in result.refused}
        accepted = {key: value for key, value in wanted.items() if key not in result.refused}
        revision = None if result.refused else row.revision
        values = {**before, **accepted}
        after = replace(after, sent_values=values, sent_revision=revision, sent_to=place)
    elif not claim.is_up_to_date(row):
        values = {**row.sent_values, **wanted}
        after = replace(after, sent_values=values, sent_revision=None, sent_to=place)
    if result.completed:
        complete = claim.plans[row.id].complete and not claim.leaves(row)
        after = replace(after, sent_complete=complete, doubted=False)
    return after


def _in_trouble(
    row: ForwardRow, trouble: TryLater | Unknown, held: CellSettlement, now: datetime
) -> CellSettlement:
    """Settle a row that waits: for its own next try, or for DHIS2 as a whole."""
    mine = isinstance(trouble, TryLater) and not trouble.everyone
    next_at = backoff.next_try(now, row.attempts + 1) if mine else now
    return delayed(row, held, trouble, next_at)


def _refused(
    row: ForwardRow, refusal: Conflict, held: CellSettlement, moment: Moment
) -> CellSettlement:
    """Settle a row that DHIS2 refused. What is still to come for the row comes all the same."""
    settled = refused(row, held, refusal, refusal.text)
    if too_early(refusal, row.period, moment.today):
        day = ends(Period.parse(row.period))
        opens = some_time_on(day, row.id, moment)
        later = moment.now + NOT_YET + (opens - _start(day, moment))
        return replace(settled, state=WAITING, next_at=max(opens, later))
    return replace(settled, state=WAITING) if held.state == WAITING else settled


def some_time_on(day: date, row_id: int, moment: Moment) -> datetime:
    """Return a moment early on that day, another one for each row, so that they are spread."""
    return _start(day, moment) + SPREAD * ((row_id * 2654435761) % 3600 / 3600)


def _start(day: date, moment: Moment) -> datetime:
    return datetime.combine(day, time(0), moment.target.context.timezone)


def _sent(claim: Claim, results: Mapping[int, Result], today: date) -> set[tuple[int, int]]:
    """Return the (report id, version) on which DHIS2 has given its verdict."""
    return {
        included
        for row in claim.rows
        if (result := results.get(row.id)) and _has_verdict(claim, row, result, today)
        for included in claim.plans[row.id].included
    }


def _has_verdict(claim: Claim, row: ForwardRow, result: Result, today: date) -> bool:
    if claim.leaves(row) or (result.trouble is not None and not result.values_in):
        return False
    return not any(too_early(conflict, row.period, today) for conflict in result.refused.values())


def refusals_of(
    claim: Claim, results: Mapping[int, Result], today: date
) -> dict[int, dict[str, str]]:
    """Return, by report id, the codes whose numbers DHIS2 refused with its code and words."""
    refusals: dict[int, dict[str, str]] = {}
    codes = codes_of(claim.form)
    for row in claim.rows:
        result = results.get(row.id)
        if result is None or result.trouble is not None or not result.refused:
            continue
        if _has_verdict(claim, row, result, today):
            told = {
                codes.get(key, key): f"{conflict.code} {conflict.text}".strip()
                for key, conflict in result.refused.items()
            }
            refusals |= {report_id: told for report_id, _ in claim.plans[row.id].included}
    return refusals
