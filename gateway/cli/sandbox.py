"""`kibaru sandbox`: run stand-ins for external servers, to try the gateway against."""

import json
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gateway.cli import common
from gateway.cli.common import Fault
from gateway.config import Settings
from gateway.dhis2 import metadata as documents
from gateway.dhis2.org_units import org_units_of_rows
from gateway.model.roster import RosterFault
from gateway.roster import files as roster_files

if TYPE_CHECKING:
    from gateway.sandbox.dhis2.faults import Fault as Switch

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PORT: Final = 9102


@click.group()
def sandbox() -> None:
    """Run stand-ins for external servers, on this machine alone."""


class _WithFaults(click.Command):
    """A command whose help lists every fault switch."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from gateway.sandbox.dhis2.faults import MEANINGS  # noqa: PLC0415  Flask comes with it

        with formatter.section("Faults"):
            formatter.write_dl([(kind.value, words) for kind, words in MEANINGS.items()])


@sandbox.command(cls=_WithFaults)
@click.option(
    "--family",
    type=click.Choice(["legacy", "sql"]),
    default="legacy",
    show_default=True,
    help="the importer: of 2.38 to 2.42, or of 2.43 and later",
)
@click.option(
    "--port", default=PORT, show_default=True, help="the port to listen on; 0 takes a free one"
)
@click.option("--roster", type=FOLDER, help="folder of a roster's CSV files, instead of the demo's")
@click.option(
    "--metadata", type=FILE, help="DHIS2 metadata (JSON), instead of catalogue and roster"
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[:N][,SETTING=VALUE]...",
    help="a fault to switch on from the start; may be repeated",
)
def dhis2(
    family: str, port: int, roster: Path | None, metadata: Path | None, faults: Sequence[str]
) -> None:
    """Run a stand-in for a DHIS2 server, as strict as the real ones.

    It knows the catalogue's data elements and data sets and the demo roster's org units, and
    accepts more by POST /api/metadata. The page at / shows the values; GET /sandbox/ledger lists
    the requests and which of them wrote each cell; POST /sandbox/trim runs DHIS2's nightly
    removal of zeros. Ctrl-C stops it and discards all data.

    A fault applies to the next N requests, or to all until it is cleared:
    `--fault late:2,seconds=30`. Settings are seconds, limit (bytes), path (a prefix), method,
    and, for refusals by an importer, where (one UID or month). While the server runs, POST
    /sandbox/faults accepts the same as JSON, such as
    {"kind": "late", "times": 2, "seconds": 30}; DELETE clears all faults.
    """
    from gateway.sandbox.dhis2 import server  # noqa: PLC0415  only this command serves

    settings = common.settings()
    document = _document(settings, roster) if metadata is None else _read(metadata)
    account = _account(settings)
    try:
        server.serve(
            "sql" if family == "sql" else "legacy",
            port,
            document,
            _switches(faults),
            account=account,
            ready=lambda url: _welcome(url, family, account),
        )
    except OSError as fault:
        raise Fault(f"port {port} cannot be had: {fault.strerror or fault}") from fault
    except ValueError as fault:
        raise Fault(f"the metadata cannot be imported:\n{fault}") from fault


def _document(settings: Settings, roster: Path | None) -> dict[str, Any]:
    """Return the catalogue and a roster as DHIS2 metadata."""
    try:
        if roster is not None:
            units = roster_files.read(roster / "org_units.csv", roster / "people.csv").units
        else:
            with as_file(files("gateway.sandbox") / "roster") as demo:
                units = roster_files.read(demo / "org_units.csv", demo / "people.csv").units
    except RosterFault as fault:
        raise Fault(*fault.faults) from fault
    return documents.export(common.catalogue(settings), org_units_of_rows(units))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Fault(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise Fault(f"{path}: expected a JSON object")
    return found


def _switches(texts: Sequence[str]) -> "list[Switch]":
    from gateway.sandbox.dhis2.faults import from_text  # noqa: PLC0415  Flask comes with it

    try:
        return [from_text(text) for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from error


def _account(settings: Settings) -> dict[str, str]:
    """Return the account of the environment, so that a gateway with these settings is let in."""
    given = {
        "username": settings.dhis2_username,
        "password": settings.dhis2_password,
        "token": settings.dhis2_token,
    }
    return {name: value for name, value in given.items() if value}


def _welcome(url: str, family: str, account: dict[str, str]) -> None:
    """Print address and account as settings, except what came from the environment."""
    from gateway.sandbox import dhis2 as stand_in  # noqa: PLC0415  only this command serves

    defaults = {
        "username": stand_in.DEFAULT_USERNAME,
        "password": stand_in.DEFAULT_PASSWORD,
        "token": stand_in.DEFAULT_TOKEN,
    }
    lines = [f"sandbox DHIS2 ({family}): {url}/", f"DHIS2_URL={url}"]
    lines += [
        f"DHIS2_{name.upper()}" + (" as in the environment" if name in account else f"={value}")
        for name, value in defaults.items()
    ]
    click.echo("\n".join(lines))
