"""`kibaru validate`: validate reports on behalf of a health centre."""

from collections.abc import Mapping

import click

from gateway.cli import common
from gateway.cli.common import Fault, Month
from gateway.reports import validation
from gateway.reports.validation import Outcome, Verdict
from gateway.storage import org_tree, roster
from gateway.storage.engine import Connection
from menus.model.period import Period

REFUSED = (Outcome.INCOMPLETE, Outcome.WAITING)


@click.command()
@click.argument("site")
@click.argument("period", type=Month())
def validate(site: str, period: Period) -> None:
    """Validate the reports of a site for a month.

    SITE is the code of a site, or of a facility or district for all sites below it. Prints the
    outcome of each report, and exits with 1 when any was not validated.
    """
    settings = common.settings()
    catalogue = common.catalogue(settings)
    with common.database(settings) as engine, engine.begin() as connection:
        codes = _sites(connection, site, period)
        verdicts = validation.validate(
            connection, catalogue, list(codes), period, by=None, now=common.now()
        )
    for verdict in verdicts:
        click.echo(_line(verdict, codes))
    refused = [verdict for verdict in verdicts if verdict.outcome in REFUSED]
    if refused:
        raise Fault(f"{len(refused)} not validated")


def _sites(connection: Connection, code: str, period: Period) -> Mapping[int, str]:
    """Return the codes of the sites at or below a unit, by id. Raises Fault for an unknown unit."""
    unit = roster.unit_by_code(connection, code, period.code)
    if unit is None:
        raise Fault(f"no org unit has the code {code!r} in {period.code}")
    sites = org_tree.sites_below(connection, [unit.id], period.code)
    return {site.id: site.code for site in sites}


def _line(verdict: Verdict, codes: Mapping[int, str]) -> str:
    missing, waiting = " ".join(verdict.missing), " ".join(verdict.waiting)
    words = {
        Outcome.VALIDATED: "validated",
        Outcome.ALREADY: "was validated before",
        Outcome.INCOMPLETE: f"not validated, lacks {missing}",
        Outcome.WAITING: "not validated",
        Outcome.NOTHING: "nothing reported",
    }[verdict.outcome]
    if waiting:
        words += f"; waiting for an OUI or a correction: {waiting}"
    return f"{codes[verdict.site_id]} {verdict.form} {verdict.period}: {words}"
