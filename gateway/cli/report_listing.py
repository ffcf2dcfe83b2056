"""Reports as stored, for people and programs: what `kibaru reports` shows."""

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
    """Every report of a month, or of one site (by code), by site and form.

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
    rows = [_row(one, codes.get(one.site_id, "?"), phones.get(one.id)) for one in found]
    return [row for row in rows if site is None or row["site"] == site]


def _with_days_out(
    connection: Connection, context: Context, stored: Sequence[Report], now: datetime
) -> Iterator[Report]:
    """The reports of one month."""
    if not stored:
        return
    period, today = Period.parse(stored[0].period), now.astimezone(context.timezone).date()
    sites = {one.site_id for one in stored}
    outs = fixed_days(connection, period, sites, context.timezone, today)
    for one in stored:
        form = context.catalogue.forms.get(one.form)
        yield one if form is None else with_days_out(form, [one], outs)[0]


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
        "pending": {code: one.value for code, one in report.pending.items()},
        "stockouts": dict(report.days_out),
        "late": report.late,
        "phone_masked": mask(phone) if phone else None,
        "received_at": _iso(report.received_at),
        "validated_at": _iso(report.validated_at),
        "forwarded_at": _iso(report.forwarded_at) if gone else None,
        "problems": [*(dict(one) for one in report.problems), *_refusals(report)],
    }


def _refusals(report: Report) -> list[dict[str, Any]]:
    """What DHIS2 would not have, in its own words."""
    return [
        {"level": "refuse", "codes": [code], "text": f"DHIS2: {words}"}
        for code, words in report.refusals.items()
    ]


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
