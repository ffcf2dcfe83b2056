"""Use case: validate reports, so that they may leave for DHIS2.

A person validates (the DTC by SMS, an administrator at the command line), or the calendar does
from a day of the next month on. What is validated leaves at once; its agent then changes it
through the DTC only (`gateway.reports.filing`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.context import Context
from gateway.model.report import Key, Report, missing
from gateway.reports.forward_routing import cells_fed_by
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage import forwards, reports, validations
from gateway.storage.engine import Connection
from menus.model.catalogue import Catalogue, Form
from menus.model.period import Period
from menus.model.programme import ON_VALIDATION
from menus.rules.calendar import closing_date, validates_itself

BATCH: Final = 200  # reports that the calendar validates in one transaction


class Outcome(StrEnum):
    """The outcome of validating one report.

    `VALIDATED` now, or `ALREADY` before; refused as `INCOMPLETE`, or as `WAITING` when it is
    complete but numbers in it wait for an OUI or a correction; `NOTHING` was reported.
    """

    VALIDATED = "validated"
    ALREADY = "already"
    INCOMPLETE = "incomplete"
    WAITING = "waiting"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one site and form.

    `missing` are the codes that the report lacks, `waiting` those whose numbers do not count yet.
    """

    site_id: int
    form: str
    period: str
    outcome: Outcome
    receipt: str = ""
    missing: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Return the key of the report."""
        return (self.site_id, self.form, self.period)


def validate(
    connection: Connection,
    catalogue: Catalogue,
    site_ids: Collection[int],
    period: Period,
    *,
    by: int | None,
    now: datetime,
) -> list[Verdict]:
    """Validate the reports of these sites for a month, as far as they are in order.

    Return one verdict for each site and form, in the order given and in the catalogue's. `by` is
    the post that validates, None for the command line. The sites are locked here; a caller that
    holds the locks of other sites must have locked these with them.
    """
    reports.lock_sites(connection, site_ids)
    keys = [(site, form, period.code) for site in site_ids for form in catalogue.forms]
    found = reports.load(connection, keys)
    verdicts = [_judge(catalogue.forms[key[1]], key, found.get(key)) for key in keys]
    chosen = [found[verdict.key].id for verdict in verdicts if verdict.outcome is Outcome.VALIDATED]
    _release(connection, chosen, by, now)
    return verdicts


def validate_within(
    uow: UnitOfWork, site_ids: Collection[int], period: Period, by: int
) -> list[Verdict]:
    """Validate within a unit of work, which then sees the reports as validated."""
    catalogue = uow.context.catalogue
    verdicts = validate(uow.connection, catalogue, site_ids, period, by=by, now=uow.now)
    uow.reports.refresh(
        {verdict.key for verdict in verdicts if verdict.outcome is Outcome.VALIDATED}
    )
    return verdicts


def validate_due(connection: Connection, context: Context, now: datetime) -> int:
    """Validate the reports that are due by the calendar, up to BATCH; return how many.

    From `auto_validate_on` these are the reports that a person could validate, from the closing
    date all that hold a number. None are due where reports leave on receipt.
    """
    programme = context.catalogue.programme
    if programme.forward != ON_VALIDATION:
        return 0
    today, this_month = context.today(now), context.period(now)
    backs = range(1, programme.months_back_for_supervisors + 1)
    months = [this_month.plus(-back) for back in backs]
    closed = [month.code for month in months if today >= closing_date(month, programme)]
    begun = [month.code for month in months if today >= validates_itself(month, programme)]
    due = validations.still_open(connection, closed, begun, BATCH)
    reports.lock_sites(connection, {site for _, site in due})
    return len(_release(connection, [report for report, _ in due], None, now))


def _judge(form: Form, key: Key, report: Report | None) -> Verdict:
    if report is None or not report.values:
        waiting = tuple(report.pending) if report else ()
        outcome = Outcome.INCOMPLETE if waiting else Outcome.NOTHING
        return Verdict(*key, outcome, waiting=waiting, missing=form.required if waiting else ())
    outcome = Outcome.VALIDATED
    if report.validated_at is not None:
        outcome = Outcome.ALREADY
    elif not report.complete:
        outcome = Outcome.INCOMPLETE
    elif report.pending:
        outcome = Outcome.WAITING
    return Verdict(*key, outcome, report.receipt, missing(form, report), tuple(report.pending))


def _release(
    connection: Connection, report_ids: Sequence[int], post_id: int | None, now: datetime
) -> list[Key]:
    """Mark reports as validated and ask for the cells that they feed; return the newly marked."""
    keys = validations.mark(connection, report_ids, post_id, now)
    forwards.request(connection, cells_fed_by(connection, keys), now)
    return keys
