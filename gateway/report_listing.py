"""Reports as stored, for people and programs: what `kibaru reports` shows."""

from datetime import UTC, datetime
from typing import Any

from gateway.phone import mask
from gateway.report import Report, Status
from gateway.storage import reports, roster
from gateway.storage.engine import Engine, reading
from menus.model import Period


def listing(engine: Engine, period: Period, site: str | None = None) -> list[dict[str, Any]]:
    """Every report of a month, or of one site (by code), by site and form.

    Phone numbers are masked, moments ISO 8601 in UTC. Raises LookupError for an unknown site.
    """
    with reading(engine) as connection:
        units = roster.units(connection, period.code)
        codes = {unit.id: unit.code for unit in units.values()}
        if site is not None and site not in codes.values():
            raise LookupError(f"no org unit has the code {site!r}")
        phones = reports.senders(connection, period.code)
        found = reports.of_period(connection, period.code)
    rows = [_row(one, codes.get(one.site_id, "?"), phones.get(one.id)) for one in found]
    return [row for row in rows if site is None or row["site"] == site]


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
