"""Reports as stored, for people and programs: the rows of `kibaru reports`."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from gateway.context import Context
from gateway.model.phone import mask
from gateway.model.report import Report, Status
from gateway.stock.days_out import fixed_days, with_days_out
from gateway.storage import reports, roster
from gateway.storage.engine import Connection, Engine, reading
from menus.model.period import Period


def listing(
    engine: Engine, context: Context, period: Period, now: datetime, site: str | None = None
) -> list[dict[str, Any]]:
    """Return every report of a month, or of one site (by code), by site and form.

    Days out are those that were typed, else those that RUPT and RCU fix until today. Phone
    numbers are masked, moments ISO 8601 in UTC. Raises LookupError for an unknown site.
    """
    with reading(engine) as connection:
        units = roster.units(connection, period.code)
        codes = {unit.id: unit.code for unit in units.values()}
        if site is not None and site not in codes.values():
            raise LookupError(f"no org unit has the code {site!r}")
        phones = reports.senders(connection, period.code)
        stored = reports.of_period(connection, period.code)
        found = [*_with_days_out(connection, context, stored, now)]
    rows = [_row(report, codes.get(report.site_id, "?"), phones.get(report.id)) for report in found]
    return [row for row in rows if site is None or row["site"] == site]


def _with_days_out(
    connection: Connection, context: Context, stored: Sequence[Report], now: datetime
) -> Iterator[Report]:
    """Yield the reports, all of one month, with the days that their products were out."""
    if not stored:
        return
    period, today = Period.parse(stored[0].period), context.today(now)
    sites = {report.site_id for report in stored}
    days = fixed_days(connection, period, sites, context.timezone, today)
    for report in stored:
        form = context.catalogue.forms.get(report.form)
        yield report if form is None else with_days_out(form, [report], days)[0]


def _row(report: Report, site: str, phone: str | None) -> dict[str, Any]:
    gone = report.status in (Status.FORWARDED, Status.REFUSED)
    return {
        "site": site,
        "form": report.form,
        "period": report.period,
        "status": str(report.status),
        "version": report.version,
        "receipt": report.receipt,
        "values": dict(report.values),
        "pending": {code: pending.value for code, pending in report.pending.items()},
        "stockouts": dict(report.days_out),
        "late": report.late,
        "phone_masked": mask(phone) if phone else None,
        "received_at": _iso(report.received_at),
        "validated_at": _iso(report.validated_at),
        "forwarded_at": _iso(report.forwarded_at) if gone else None,
        "problems": [*(dict(problem) for problem in report.problems), *_refusals(report)],
    }


def _refusals(report: Report) -> list[dict[str, Any]]:
    """Return the values that DHIS2 refused, in its own words."""
    return [
        {"level": "refuse", "codes": [code], "text": f"DHIS2: {words}"}
        for code, words in report.refusals.items()
    ]


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
