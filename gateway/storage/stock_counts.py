"""Stock counts as the reports hold them, with the moment at which each number was sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from gateway.model.report import Stamp
from gateway.storage.sql_in import chunks
from gateway.storage.tables import reports

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Count:
    """The count of a site for one month: numbers, days out as typed, when each was sent."""

    site_id: int
    period: str
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    stamps: Mapping[str, Stamp]


def stamps_between(
    connection: Connection,
    site_ids: Collection[int],
    forms: Collection[str],
    first: str,
    last: str,
) -> dict[int, dict[tuple[str, str], Mapping[str, Stamp]]]:
    """Return when the numbers of these forms were sent: by site, then (form, month)."""
    found: dict[int, dict[tuple[str, str], Mapping[str, Stamp]]] = {}
    columns = (reports.c.site_id, reports.c.form, reports.c.period, reports.c.stamps)
    for chunk in chunks(sorted(site_ids), CHUNK):
        statement = _of(select(*columns), chunk, forms)
        statement = statement.where(reports.c.period.between(first, last))
        for site_id, form, period, stamps in connection.execute(statement):
            found.setdefault(site_id, {})[form, period] = _stamps(stamps)
    return found


def counts_of(
    connection: Connection,
    site_ids: Collection[int],
    forms: Collection[str],
    periods: Collection[str],
) -> dict[int, list[Count]]:
    """Return the counts of these sites for these months, the earliest first, by site."""
    found: dict[int, list[Count]] = {}
    columns = (
        reports.c.site_id, reports.c.period, reports.c["values"], reports.c.days_out,
        reports.c.stamps,
    )  # fmt: skip
    for chunk in chunks(sorted(site_ids), CHUNK):
        statement = _of(select(*columns), chunk, forms)
        statement = statement.where(reports.c.period.in_(periods)).order_by(reports.c.period)
        for site_id, period, values, days_out, stamps in connection.execute(statement):
            count = Count(site_id, period, values, days_out, _stamps(stamps))
            found.setdefault(site_id, []).append(count)
    return found


def _of(statement: Select[Any], site_ids: list[int], forms: Collection[str]) -> Select[Any]:
    return statement.where(
        reports.c.site_id.in_(site_ids), reports.c.form.in_(forms), reports.c.version > 0
    )


def _stamps(stored: Mapping[str, Any]) -> dict[str, Stamp]:
    return {code: (int(stamp[0]), int(stamp[1])) for code, stamp in stored.items()}
