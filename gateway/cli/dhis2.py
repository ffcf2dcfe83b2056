"""`kibaru dhis2`: commands for the administrator of a DHIS2 server."""

import click

from gateway.cli import common
from gateway.cli.common import Fault, Month
from gateway.context import Context
from gateway.dhis2 import mapping as dhis2_mapping
from gateway.dhis2 import metadata as documents
from gateway.dhis2 import reconciliation
from gateway.dhis2.org_units import org_units_of
from gateway.dhis2.reconciliation import Difference
from gateway.model.outcomes import TryLater, Unknown
from gateway.model.uids import is_uid
from gateway.storage.engine import reading
from gateway.transports.dhis2_data_set import read_data_set
from menus.model.period import Period


@click.group()
def dhis2() -> None:
    """Commands for the administrator of the DHIS2 server."""


@dhis2.command()
@click.option("--org-units", is_flag=True, help="add the roster's units that have a dhis2_id")
def metadata(org_units: bool) -> None:
    """Print the catalogue as DHIS2 metadata (JSON).

    The output is ready for DHIS2's metadata import. UIDs derive from the codes, so that
    importing it twice changes nothing.
    """
    settings = common.settings()
    catalogue = common.catalogue(settings)
    if not org_units:
        click.echo(documents.render(documents.export(catalogue)), nl=False)
        return
    today = common.now().astimezone(settings.timezone)
    with common.database(settings) as engine, reading(engine) as connection:
        rows = org_units_of(connection, f"{today:%Y%m}")
    click.echo(documents.render(documents.export(catalogue, rows)), nl=False)


@dhis2.command()
@click.option("--period", type=Month(), required=True, help="the month, such as 202610")
@click.option("--repair", is_flag=True, help="send again the forwards of cells that differ")
def verify(period: Period, repair: bool) -> None:
    """Compare the values of a month in DHIS2 with those accepted here.

    Lists every cell that differs, and whether its forward waits, is being sent or was refused.
    Exits with 1 when any cell differs. This command writes nothing to DHIS2: with --repair the
    forwards of those cells become due again, and the workers send them.
    """
    settings = common.settings()
    context = Context(common.catalogue(settings), settings.timezone)
    now = common.now()
    with common.database(settings) as engine, common.dhis2(settings) as client:
        with common.busy("reading DHIS2"):
            found = reconciliation.verify(engine, client, context, period, now)
        if isinstance(found, TryLater | Unknown):
            raise Fault(f"DHIS2 cannot be read: {found.reason} {found.detail}".rstrip())
        repaired = reconciliation.repair(engine, found, now) if repair else 0
    for difference in found.differences:
        click.echo(_difference_line(difference, period))
    click.echo(f"{found.cells} cells compared, {len(found.differences)} differ", err=True)
    if repair:
        click.echo(f"{repaired} forwards due now", err=True)
    if found.differences:
        raise click.exceptions.Exit(1)


def _difference_line(cell: Difference, period: Period) -> str:
    held = "nothing" if cell.found is None else cell.found
    wanted = "nothing" if cell.wanted is None else cell.wanted
    where = f"{cell.unit} {cell.form} {period.code} {cell.code}"
    why = "" if cell.state == reconciliation.DIFFERS else f" ({cell.state})"
    return f"{where}: DHIS2 holds {held}, accepted is {wanted}{why}"


@dhis2.command()
@click.option("--data-set", metavar="UID", required=True, help="the data set on the server")
@click.option("--form", "keyword", metavar="KEYWORD", default="PEC", show_default=True,
              help="the form to map to the data set")  # fmt: skip
def mapping(data_set: str, keyword: str) -> None:
    """Propose a form's mapping to a data set of the server.

    Reads the server and compares codes, aliases and names. Prints TOML to review, for a
    `mapping.toml`; uncertain matches are printed as comments. Nothing is changed.
    """
    settings = common.settings()
    forms = common.catalogue(settings).forms
    if keyword not in forms:
        raise click.BadParameter(f"only {', '.join(forms)}", param_hint="--form")
    if not is_uid(data_set):
        raise click.BadParameter("a UID has 11 letters and digits", param_hint="--data-set")
    with common.dhis2(settings) as client, common.busy("reading DHIS2"):
        found = read_data_set(client, data_set)
    if isinstance(found, TryLater | Unknown):
        raise Fault(f"data set {data_set}: {found.reason} {found.detail}".rstrip())
    form = forms[keyword]
    click.echo(dhis2_mapping.render(form, found, dhis2_mapping.propose(form, found)), nl=False)
