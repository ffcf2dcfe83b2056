"""`kibaru dhis2`: what an administrator of DHIS2 needs."""

import click

from gateway import metadata as documents
from gateway.cli import common
from gateway.org_units_for_dhis2 import org_units_of
from gateway.storage.engine import reading


@click.group()
def dhis2() -> None:
    """Things for the administrator of the DHIS2 server."""


@dhis2.command()
@click.option("--org-units", is_flag=True, help="add the roster's units that have a dhis2_id")
def metadata(org_units: bool) -> None:
    """Print the catalogue as DHIS2 metadata (JSON).

    It is ready for DHIS2's metadata import. UIDs derive from the codes: importing it twice
    changes nothing.
    """
    settings = common.settings()
    catalogue = common.catalogue(settings)
    if not org_units:
        click.echo(documents.render(documents.export(catalogue)))
        return
    today = common.now().astimezone(settings.timezone)
    with common.database(settings) as engine, reading(engine) as connection:
        rows = org_units_of(connection, f"{today:%Y%m}")
    click.echo(documents.render(documents.export(catalogue, rows)))
