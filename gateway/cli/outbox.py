"""`kibaru outbox`: list what waits in the outbox or was refused, and send it again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import click

from gateway.cli import common
from gateway.cli.common import Fault, Month
from gateway.config import Settings
from gateway.dhis2.metadata import data_set_uid
from gateway.diagnostics.refusal_advice import by_reason, is_refusal
from gateway.storage import outbox as rows_of
from gateway.storage.engine import reading
from menus.model.period import Period

LARGEST_ID: Final = 2**63 - 1  # of a row, in both databases


@click.group()
def outbox() -> None:
    """List and retry replies and forwards that wait or were refused."""


@outbox.command(name="list")
@click.option("--refused", is_flag=True, help="show refusals by reason, and how to mend them")
@click.option("--json", "as_json", is_flag=True, help="print JSON, for programs")
def list_(refused: bool, as_json: bool) -> None:
    """List the rows that wait or were refused, oldest first."""
    with common.database(common.settings()) as engine, reading(engine) as connection:
        rows = [_row(row) for row in rows_of.listing(connection)]
    if refused:
        _show_refused(rows, as_json)
        return
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        what = " ".join(str(row[name]) for name in ("kind", "site", "form", "period") if row[name])
        why = f" ({row['reason']})" if row["reason"] else ""
        when = f", again at {row['next_at']}" if row["next_at"] else ""
        click.echo(f"{row['id']} {what}: {row['state']}{why}, tried {row['attempts']}x{when}")
    if not rows:
        click.echo("nothing waits", err=True)


@outbox.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1, LARGEST_ID), metavar="[ID]...")
@click.option("--reason", metavar="CODE", help="only rows with this reason, such as E7640")
@click.option("--form", metavar="KEYWORD", help="only rows of this form, such as PEC")
@click.option("--data-set", metavar="UID", help="only rows of this DHIS2 data set")
@click.option("--period", type=Month(), help="only rows of this month, such as 202610")
@click.option("--all", "everything", is_flag=True, help="all rows that wait or were refused")
def retry(
    *,
    ids: tuple[int, ...],
    reason: str | None,
    form: str | None,
    data_set: str | None,
    period: Period | None,
    everything: bool,
) -> None:
    """Send rows again: make some of them, or --all, due at once.

    Select rows by their ids from `outbox list`, or by options; a row must match every option
    that is given. A reply whose delivery outcome is unknown is sent again only when its id is
    given.
    """
    some = any(option is not None for option in (reason, form, data_set, period))
    if [bool(ids), some, everything].count(True) != 1:
        raise click.UsageError("name ids, or say what they have in common, or give --all")
    settings = common.settings()
    chosen = rows_of.Chosen(
        reason=reason,
        forms=_forms(settings, form, data_set) if form or data_set else None,
        period=period.code if period else None,
    )
    with common.database(settings) as engine, engine.begin() as connection:
        due = rows_of.retry(connection, ids or None, common.now(), chosen)
    click.echo(f"{len(due)} due now")
    unknown = sorted(set(ids) - set(due))
    if unknown:
        raise Fault(f"neither waiting nor refused: {', '.join(map(str, unknown))}")


def _forms(settings: Settings, form: str | None, data_set: str | None) -> list[str]:
    """Return the keywords of the forms that the options select. Raises UsageError for none."""
    found = [
        known.keyword
        for known in common.catalogue(settings).forms.values()
        if form in (None, known.keyword) and data_set in (None, data_set_uid(known))
    ]
    if not found:
        raise click.UsageError("the catalogue has no such form")
    return found


def _show_refused(rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    groups = by_reason(
        (row["id"], row["reason"] or "refused")
        for row in rows
        if is_refusal(row["state"], row["reason"])
    )
    if as_json:
        counted = [{**asdict(group), "count": len(group.ids)} for group in groups]
        click.echo(json.dumps(counted, ensure_ascii=False, indent=1))
        return
    for group in groups:
        meaning = f": {group.meaning}" if group.meaning else ""
        click.echo(f"{len(group.ids)} {group.reason}{meaning}")
        click.echo(f"    {group.hint}; then `kibaru outbox retry --reason {group.reason}`")
    if not groups:
        click.echo("nothing was refused", err=True)


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "site": row.site,
        "form": row.form,
        "period": row.period,
        "state": row.state,
        "reason": row.reason,
        "detail": row.detail,
        "attempts": row.attempts,
        "next_at": _iso(row.next_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
