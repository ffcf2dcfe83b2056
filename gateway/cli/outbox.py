"""`kibaru outbox`: what still has to go out, or was refused."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import click

from gateway.cli import common
from gateway.cli.common import Fault
from gateway.storage import outbox as rows_of
from gateway.storage.engine import reading

LARGEST_ID: Final = 2**63 - 1  # of a row, in both databases


@click.group()
def outbox() -> None:
    """Replies and forwards that wait or were refused."""


@outbox.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="for programs")
def list_(as_json: bool) -> None:
    """List what still has to go out, or was refused, oldest first."""
    with common.database(common.settings()) as engine, reading(engine) as connection:
        rows = [_row(row) for row in rows_of.listing(connection)]
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
@click.option("--all", "everything", is_flag=True, help="all that wait or were refused")
def retry(ids: tuple[int, ...], everything: bool) -> None:
    """Make rows due at once, by their ids from `outbox list`, or --all.

    A reply of which nobody knows whether it went out is sent again only when named.
    """
    if bool(ids) == everything:
        raise click.UsageError("name ids, or give --all")
    with common.database(common.settings()) as engine, engine.begin() as connection:
        chosen = rows_of.retry(connection, None if everything else ids, common.now())
    click.echo(f"{len(chosen)} due now")
    unknown = sorted(set(ids) - set(chosen))
    if unknown:
        raise Fault(f"neither waiting nor refused: {', '.join(map(str, unknown))}")


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
