"""`kibaru roster`: import and export the programme's org units and people."""

from functools import partial
from pathlib import Path

import click

from gateway.cli import common
from gateway.cli.common import Fault, Month
from gateway.dhis2 import rerouting
from gateway.notifications import handover
from gateway.roster import importing as use_cases
from gateway.roster.importing import RosterFault, Summary
from menus.model.period import Period


@click.group()
def roster() -> None:
    """Import and export the roster (org units and people) as CSV files."""


@roster.command(name="import")
@click.option(
    "--org-units",
    type=click.Path(path_type=Path),
    required=True,
    help="CSV with code,name,level,parent,dhis2_id,population",
)
@click.option(
    "--people",
    type=click.Path(path_type=Path),
    required=True,
    help="CSV with phone,name,role,org_unit,language,active",
)
@click.option(
    "--from",
    "since",
    type=Month(),
    help="the month from which moves, closures and new dhis2_ids take effect [this month]",
)
@click.option("--dry-run", is_flag=True, help="print what would change, and change nothing")
def import_(org_units: Path, people: Path, since: Period | None, dry_run: bool) -> None:
    """Import the roster from two CSV files. Harmless to repeat.

    Lists every fault with file and line; with any fault nothing is changed. Org units and people
    that the files do not name stay as they are.
    """
    settings = common.settings()
    now = common.now()
    today = now.astimezone(settings.timezone)
    with common.database(settings) as engine, common.busy("reading and comparing"):
        try:
            summary = use_cases.import_roster(
                engine,
                org_units,
                people,
                since or Period(today.year, today.month),
                dry_run=dry_run,
                reroute=partial(rerouting.reroute, now=now),
                hand_over=partial(handover.hand_over, month=f"{today:%Y%m}", now=now),
            )
        except RosterFault as fault:
            raise Fault(*fault.faults) from fault
    _print_summary(summary, dry_run=dry_run)


def _print_summary(summary: Summary, *, dry_run: bool) -> None:
    for warning in summary.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(
        f"org units: {summary.units_added} added, {summary.units_changed} changed, "
        f"{summary.units_unchanged} unchanged, {summary.units_absent} not in the file and kept"
    )
    click.echo(
        f"people: {summary.people_added} added, {summary.people_changed} changed, "
        f"{summary.people_unchanged} unchanged, {summary.people_absent} not in the file and kept"
    )
    if summary.rerouted:
        click.echo(f"{len(summary.rerouted)} sites feed other DHIS2 units now")
    if dry_run:
        click.echo("dry run: nothing was changed")


@roster.command(name="export")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="where to write org_units.csv and people.csv [here]",
)
@click.option("--period", type=Month(), help="the month to show [this month]")
def export(folder: Path, period: Period | None) -> None:
    """Export the roster in force as org_units.csv and people.csv."""
    settings = common.settings()
    today = common.now().astimezone(settings.timezone)
    month = period or Period(today.year, today.month)
    with common.database(settings) as engine:
        try:
            units, people = use_cases.export_roster(engine, folder, month)
        except OSError as fault:
            raise Fault(f"cannot write to {folder}: {fault.strerror}") from fault
    click.echo(f"wrote {units} and {people}")
