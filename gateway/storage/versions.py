"""Every version that a report had: what counted from then on, and the message that brought it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, select

from gateway.model.report import Key
from gateway.storage.tables import inbox, report_versions, reports


@dataclass(frozen=True, slots=True)
class Version:
    """One accepted change: what counted from then on, and the message that brought it."""

    key: Key
    version: int
    message_id: int
    post_id: int
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    sent_at: datetime
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One report's version that a message brought, and what counted before it."""

    key: Key
    version: int
    values_before: Mapping[str, int]
    days_out_before: Mapping[str, int]


def last_changing_message(connection: Connection, post_id: int) -> int | None:
    """Return the last message from this post that changed a report; None when there is none."""
    statement = (
        select(report_versions.c.inbox_id)
        .where(report_versions.c.post_id == post_id)
        .order_by(report_versions.c.id.desc())
        .limit(1)
    )
    return connection.scalar(statement)


def changes_of(connection: Connection, message_id: int) -> list[Change]:
    """Return, for each report that a message changed, the first version that it brought."""
    before = report_versions.alias()
    previous = and_(
        before.c.report_id == report_versions.c.report_id,
        before.c.version == report_versions.c.version - 1,
    )
    statement = (
        select(
            reports.c.site_id,
            reports.c.form,
            reports.c.period,
            report_versions.c.version,
            before.c["values"].label("was"),
            before.c.days_out.label("days_were"),
        )
        .join(reports, reports.c.id == report_versions.c.report_id)
        .outerjoin(before, previous)
        .where(report_versions.c.inbox_id == message_id)
        .order_by(reports.c.id)
    )
    return [
        Change((row.site_id, row.form, row.period), row.version, row.was or {}, row.days_were or {})
        for row in connection.execute(statement)
    ]


def changed_and_unfinished(connection: Connection, provider: str, id_prefix: str) -> list[Key]:
    """Return the reports that a provider's messages changed and that are not complete.

    `id_prefix` is what those messages' ids begin with.
    """
    statement = (
        select(reports.c.site_id, reports.c.form, reports.c.period)
        .distinct()
        .join(report_versions, report_versions.c.report_id == reports.c.id)
        .join(inbox, inbox.c.id == report_versions.c.inbox_id)
        .where(
            inbox.c.provider == provider,
            # A range rather than LIKE, which PostgreSQL's index would not serve.
            inbox.c.provider_id >= id_prefix,
            inbox.c.provider_id < f"{id_prefix}~",
            reports.c.complete.is_(False),
            reports.c.withdrawn.is_(False),
        )
    )
    return [(row.site_id, row.form, row.period) for row in connection.execute(statement)]


def texts_filed(
    connection: Connection, report_ids: Collection[int], hashes: Collection[str]
) -> set[tuple[int, str]]:
    """Return those (report, text hash) of which the text already brought a version."""
    statement = (
        select(report_versions.c.report_id, inbox.c.text_hash)
        .join(inbox, inbox.c.id == report_versions.c.inbox_id)
        .where(report_versions.c.report_id.in_(report_ids), inbox.c.text_hash.in_(hashes))
    )
    return {(row.report_id, row.text_hash) for row in connection.execute(statement)}


def add_versions(
    connection: Connection, versions: Sequence[Version], ids: Mapping[Key, int]
) -> None:
    """Store the versions that reports went through; `ids` are the reports', by key."""
    connection.execute(insert(report_versions), [_columns(version, ids) for version in versions])


def _columns(version: Version, ids: Mapping[Key, int]) -> dict[str, Any]:
    return {
        "report_id": ids[version.key],
        "version": version.version,
        "inbox_id": version.message_id,
        "post_id": version.post_id,
        "values": dict(version.values),
        "days_out": dict(version.days_out),
        "sent_at": version.sent_at,
        "accepted_at": version.accepted_at,
    }
