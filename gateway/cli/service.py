"""Commands about the installation as a whole: demo, migrate, check, reports."""

import json
import sys
from collections.abc import Iterator

import click

from gateway.cli import common, report_listing
from gateway.cli.common import Fault, Month
from gateway.context import Context
from gateway.diagnostics import checks
from gateway.diagnostics.finding import Finding
from gateway.storage import schema
from menus.model.period import Period


@click.command()
@click.option("--var", "folder", default="var", show_default=True, help="folder for its data")
def demo(folder: str) -> None:
    """Run the whole gateway on this machine, to try it out.

    Starts an embedded Valkey, SQLite, web, worker, clock, a sandbox operator and a sandbox
    DHIS2 with a demo roster, and prints what to try. Honours PORT and WEBHOOK_TOKENS. Ctrl-C
    stops all processes.
    """
    from gateway.cli import demo as demonstration  # noqa: PLC0415  it needs the [demo] extra

    sys.exit(demonstration.run(folder, common.settings(), common.now))


@click.command()
def migrate() -> None:
    """Create or upgrade the database schema. Harmless to repeat."""
    with common.database(common.settings(), ready=False) as engine:
        try:
            with common.busy("bringing the schema up to date"):
                steps = schema.upgrade(engine)
        except schema.NewerSchema as newer:
            raise Fault(str(newer)) from newer
    for step in steps:
        click.echo(f"done: {step}")
    if not steps:
        click.echo("the schema is up to date")


@click.command()
def check() -> None:
    """Check the whole installation; exit 1 on any fault.

    Checks settings, catalogue, database, Redis, operator and DHIS2, printing one line each, and
    every form's mapping against the live DHIS2. Nothing is changed anywhere.
    """
    settings = common.settings()
    faults = 0
    with common.database(settings, ready=False) as engine:
        findings = checks.examine(settings, engine, common.now())
        while finding := _next(findings):
            faults += not finding.ok
            mark = "ok   " if finding.ok else "FAULT"
            click.echo(f"{mark} {finding.what}: {finding.words}")
    if faults:
        raise Fault(f"{faults} fault{'s' if faults > 1 else ''}")


def _next(findings: Iterator[Finding]) -> Finding | None:
    """Return the next finding; a server that is away may take a minute to be found out."""
    with common.busy("checking"):
        return next(findings, None)


@click.command()
@click.option("--period", type=Month(), required=True, help="the month, such as 202610")
@click.option("--site", help="only this site, by its code")
@click.option("--json", "as_json", is_flag=True, help="print JSON, for programs")
def reports(period: Period, site: str | None, as_json: bool) -> None:
    """Show the reports of a month as they are stored."""
    settings = common.settings()
    context = Context(common.catalogue(settings), settings.timezone)
    with common.database(settings) as engine:
        try:
            rows = report_listing.listing(engine, context, period, common.now(), site)
        except LookupError as fault:
            raise Fault(str(fault.args[0])) from fault
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        values = " ".join(f"{code} {value}" for code, value in row["values"].items())
        waits = " ".join(f"{code} {value}?" for code, value in row["pending"].items())
        head = f"{row['site']} {row['form']} {row['period']} {row['status']} v{row['version']}"
        click.echo(f"{head} {row['receipt']}: {values} {waits}".rstrip())
        for problem in row["problems"]:
            click.echo(f"    {problem['text']}")
    if not rows:
        click.echo("no reports for this month", err=True)
