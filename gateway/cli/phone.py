"""`kibaru phone`: a phone in the terminal, used by hand, by piped input or by a script."""

import sys
from pathlib import Path

import click

from gateway.cli import common
from gateway.cli.common import Fault
from gateway.model.phone import BadPhone, normalise
from gateway.sandbox.phone_script import PHONE, BadScript, Step, parse


@click.command()
@click.argument("number", required=False)
@click.option("--wait", default=10.0, show_default=True, help="seconds to wait for a reply")
@click.option(
    "--script",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="play this walkthrough: what is typed, and the answers that must come back",
)
def phone(number: str | None, wait: float, script: Path | None) -> None:
    """Send SMS and dial USSD as an agent: a phone in the terminal.

    Talks to a running gateway as the operator would. Type an SMS, or dial *384*1#. NUMBER is
    the phone number of the sender, such as +22370000001; a script may name it itself. Piped
    input is sent line by line. The address of the gateway is taken from the environment, else
    from var/demo.env.

    Plays a script to its end (exit 0), or to the first answer that differs from it (exit 1);
    docs/operations.md describes scripts. Exits with 2 when the script cannot be read.
    """
    from gateway.sandbox import phone_walk, terminal_phone  # noqa: PLC0415  these talk HTTP
    from gateway.sandbox.gateway_address import NoGateway, find_gateway  # noqa: PLC0415

    steps = _steps(script) if script else None
    if number is None and steps and steps[0].act == PHONE:
        number = steps[0].words
    if number is None:
        raise click.UsageError("NUMBER is missing: who you are, such as +22370000001")
    try:
        sender, address = normalise(number), find_gateway(common.settings())
        if steps is not None:
            code = phone_walk.play(
                steps, phone=sender, out=sys.stdout, address=address, clock=common.now, wait=wait
            )
        else:
            typed = None if sys.stdin.isatty() else sys.stdin
            code = terminal_phone.run(
                sender, lines=typed, out=sys.stdout, address=address, clock=common.now, wait=wait
            )
    except (NoGateway, BadPhone) as fault:
        raise Fault(str(fault)) from fault
    sys.exit(code)


def _steps(script: Path) -> list[Step]:
    """Return the script's steps. Raises click.UsageError, which exits with 2."""
    try:
        return parse(script.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{script}: not in UTF-8 ({error.reason})") from error
    except BadScript as bad:
        raise click.UsageError(f"{script}, {bad}") from bad
