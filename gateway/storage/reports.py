"""Reports with every version they had. Written in batches, under the locks of their sites."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    insert,
    literal,
    null,
    select,
    tuple_,
    update,
)

from gateway.model.report import Key, Report, Waiting, Why
from gateway.storage.sql_in import chunks
from gateway.storage.tables import org_units, posts, report_versions, reports
from gateway.storage.versions import Version, add_versions

# Written when DHIS2 has answered, by the sender.
_OF_DHIS2: Final = frozenset({"forwarded_version", "forwarded_at", "refused_version", "refusals"})


def lock_sites(connection: Connection, site_ids: Collection[int]) -> None:
    """Lock these sites' reports until the transaction ends.

    Always in the order of their ids, so that two batches cannot wait for each other. The weaker
    lock leaves the sites free to be referred to: PostgreSQL looks them up for every outbox row
    that a forwarder writes twice, and would make it wait for this transaction while this one
    waits for that row.
    """
    statement = (
        select(org_units.c.id)
        .where(org_units.c.id.in_(site_ids))
        .order_by(org_units.c.id)
        .with_for_update(key_share=True)
    )
    connection.execute(statement).all()


def load(connection: Connection, keys: Collection[Key]) -> dict[Key, Report]:
    """Return those of the reports with these keys (site, form, month) that are stored."""
    columns = tuple_(reports.c.site_id, reports.c.form, reports.c.period)
    found: dict[Key, Report] = {}
    for chunk in chunks(sorted(keys), 250):
        for row in connection.execute(select(reports).where(columns.in_(chunk))):
            report = _report(row)
            found[report.key] = report
    return found


def of_sites(
    connection: Connection, site_ids: Collection[int], form: str, period: str
) -> list[Report]:
    """Return the reports of these sites for one form and month."""
    statement = select(reports).where(
        reports.c.site_id.in_(site_ids), reports.c.form == form, reports.c.period == period
    )
    return [_report(row) for row in connection.execute(statement)]


def values_between(
    connection: Connection, site_ids: Collection[int], first: str, last: str
) -> dict[int, dict[tuple[str, str], Mapping[str, int]]]:
    """Return the values of these sites' reports of these months: by site, then (form, month)."""
    found: dict[int, dict[tuple[str, str], Mapping[str, int]]] = {}
    for chunk in chunks(sorted(site_ids), 250):
        statement = select(
            reports.c.site_id, reports.c.form, reports.c.period, reports.c["values"]
        ).where(
            reports.c.site_id.in_(chunk),
            reports.c.period.between(first, last),
            reports.c.version > 0,
        )
        for site_id, form, period, values in connection.execute(statement):
            found.setdefault(site_id, {})[form, period] = values
    return found


def unfinished(
    connection: Connection, site_ids: Collection[int], periods: Collection[str]
) -> list[Report]:
    """Return the reports of these sites and months that were begun and are not complete.

    The one that was changed last comes first.
    """
    statement = (
        select(reports)
        .where(
            reports.c.site_id.in_(site_ids),
            reports.c.period.in_(periods),
            reports.c.version > 0,
            reports.c.complete.is_(False),
            reports.c.withdrawn.is_(False),
        )
        .order_by(reports.c.changed_at.desc(), reports.c.id.desc())
    )
    return [_report(row) for row in connection.execute(statement)]


def of_period(connection: Connection, period: str) -> list[Report]:
    """Return every report of a month, by site and form."""
    statement = (
        select(reports)
        .where(reports.c.period == period)
        .order_by(reports.c.site_id, reports.c.form)
    )
    return [_report(row) for row in connection.execute(statement)]


def forms_complete(
    connection: Connection, pairs: Collection[tuple[int, str]]
) -> dict[tuple[int, str], set[str]]:
    """Return, for each (site, month), the keywords of the forms that are complete."""
    columns = tuple_(reports.c.site_id, reports.c.period)
    found: dict[tuple[int, str], set[str]] = {pair: set() for pair in pairs}
    for chunk in chunks(sorted(pairs), 250):
        statement = select(reports.c.site_id, reports.c.period, reports.c.form).where(
            columns.in_(chunk), reports.c.complete
        )
        for site_id, period, form in connection.execute(statement):
            found[site_id, period].add(form)
    return found


def senders(connection: Connection, period: str) -> dict[int, str]:
    """Return, by report id, the phone that brought the current version of a month's reports."""
    current = and_(
        report_versions.c.report_id == reports.c.id, report_versions.c.version == reports.c.version
    )
    statement = (
        select(reports.c.id, posts.c.phone)
        .join(report_versions, current)
        .join(posts, posts.c.id == report_versions.c.post_id)
        .where(reports.c.period == period)
    )
    return {row.id: row.phone for row in connection.execute(statement)}


def by_receipt(connection: Connection, site_ids: Collection[int], receipt: str) -> list[Report]:
    """Return the reports of these sites with this receipt."""
    statement = select(reports).where(reports.c.site_id.in_(site_ids), reports.c.receipt == receipt)
    return [_report(row) for row in connection.execute(statement)]


def receipts_taken(
    connection: Connection, wanted: Collection[tuple[int, str]]
) -> set[tuple[int, str]]:
    """Return those of these (site, receipt) that are in use."""
    taken: set[tuple[int, str]] = set()
    for chunk in chunks(sorted(wanted), 250):
        # Two plain lists are found faster than pairs, and bring at most a few rows more.
        statement = select(reports.c.site_id, reports.c.receipt).where(
            reports.c.site_id.in_({site for site, _ in chunk}),
            reports.c.receipt.in_({receipt for _, receipt in chunk}),
        )
        taken.update((row.site_id, row.receipt) for row in connection.execute(statement))
    return taken & set(wanted)


def save(
    connection: Connection, changed: Sequence[Report], versions: Sequence[Version]
) -> dict[Key, int]:
    """Store reports as they stand now, and the versions they went through; return ids by key."""
    ids = {report.key: report.id for report in changed if report.id}
    fresh = [_columns(report) for report in changed if not report.id]
    if fresh:
        added = connection.execute(
            insert(reports).returning(
                reports.c.id, reports.c.site_id, reports.c.form, reports.c.period
            ),
            fresh,
        )
        ids |= {(row.site_id, row.form, row.period): row.id for row in added}
    _save_known(connection, [report for report in changed if report.id])
    if versions:
        add_versions(connection, versions, ids)
    return ids


def _save_known(connection: Connection, changed: Sequence[Report]) -> None:
    """Update known reports in the order in which a forwarder marks them: neither waits.

    What DHIS2 has of a report is the forwarder's to write: it may have done so since the report
    was loaded. A new version has no refusals yet, and of one that is withdrawn DHIS2 shall have
    nothing.
    """
    rows = [
        {
            "report": report.id,
            "counts": report.version,
            "gone": report.withdrawn,
            **{name: value for name, value in _columns(report).items() if name not in _OF_DHIS2},
        }
        for report in sorted(changed, key=lambda report: report.id)
    ]
    if not rows:
        return
    same = reports.c.version == bindparam("counts")
    kept = case((same, reports.c.refusals), else_=literal({}, reports.c.refusals.type))
    there = case((bindparam("gone", type_=Boolean), null()), else_=reports.c.forwarded_version)
    statement = update(reports).where(reports.c.id == bindparam("report"))
    statement = statement.values(refusals=kept, forwarded_version=there)
    connection.execute(statement, rows)


def mark_forwarded(
    connection: Connection,
    sent: Collection[tuple[int, int]],
    refusals: Mapping[int, Mapping[str, str]],
    now: datetime,
) -> None:
    """Note on reports that DHIS2 has this version of them.

    `sent` holds (report id, version); `refusals` by report id which codes it refused and why.
    A report that has moved on to a newer version since is left alone.
    """
    rows = [
        {
            "report": report_id,
            "was": version,
            "refused": version if refusals.get(report_id) else None,
            "why": dict(refusals.get(report_id, {})),
        }
        for report_id, version in sorted(sent)
    ]
    if not rows:
        return
    # A version that stood there already keeps its time.
    stands = and_(
        reports.c.forwarded_version == reports.c.version, reports.c.refused_version.is_(None)
    )
    statement = (
        update(reports)
        .where(reports.c.id == bindparam("report"), reports.c.version == bindparam("was"))
        .values(
            forwarded_at=case((stands, reports.c.forwarded_at), else_=now),
            forwarded_version=reports.c.version,
            refused_version=bindparam("refused"),
            refusals=bindparam("why", type_=reports.c.refusals.type),
        )
    )
    connection.execute(statement, rows)


def keys_of(connection: Connection, site_ids: Collection[int]) -> list[Key]:
    """Return the keys of every report of these sites that holds a value."""
    found: list[Key] = []
    for chunk in chunks(sorted(site_ids), 10_000):
        statement = select(reports.c.site_id, reports.c.form, reports.c.period).where(
            reports.c.site_id.in_(chunk), reports.c.version > 0
        )
        found += [(row.site_id, row.form, row.period) for row in connection.execute(statement)]
    return found


def _columns(report: Report) -> dict[str, Any]:
    return {
        "site_id": report.site_id,
        "form": report.form,
        "period": report.period,
        "receipt": report.receipt,
        "version": report.version,
        "complete": report.complete,
        "late": report.late,
        "withdrawn": report.withdrawn,
        "values": dict(report.values),
        "days_out": dict(report.days_out),
        "stamps": {code: list(stamp) for code, stamp in report.stamps.items()},
        "pending": {
            code: [number.value, number.days_out, *number.stamp, str(number.why)]
            for code, number in report.pending.items()
        },
        "problems": [dict(problem) for problem in report.problems],
        "refusals": dict(report.refusals),
        "received_at": report.received_at,
        "changed_at": report.changed_at,
        "forwarded_version": report.forwarded_version,
        "forwarded_at": report.forwarded_at,
        "refused_version": report.refused_version,
        "validated_at": report.validated_at,
        "validated_by": report.validated_by,
    }


def _report(row: Row[Any]) -> Report:
    return Report(
        id=row.id,
        site_id=row.site_id,
        form=row.form,
        period=row.period,
        receipt=row.receipt,
        version=row.version,
        complete=row.complete,
        late=row.late,
        withdrawn=row.withdrawn,
        values=row._mapping["values"],  # noqa: SLF001  `row.values` is a method of tuples
        days_out=row.days_out,
        stamps={code: (stamp[0], stamp[1]) for code, stamp in row.stamps.items()},
        pending={
            code: Waiting(value, days, (sent, message), Why(why))
            for code, (value, days, sent, message, why) in row.pending.items()
        },
        problems=tuple(row.problems),
        refusals=row.refusals,
        received_at=row.received_at,
        changed_at=row.changed_at,
        forwarded_version=row.forwarded_version,
        forwarded_at=row.forwarded_at,
        refused_version=row.refused_version,
        validated_at=row.validated_at,
        validated_by=row.validated_by,
    )
