"""The `kibaru` command, one file for each group of commands."""

import click

from gateway.cli import card, dhis2, outbox, phone, roster, sandbox, service, validate


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
@click.version_option(package_name="kibaru", prog_name="kibaru")
def kibaru() -> None:
    """Kibaru: SMS and USSD reporting for community health workers, into DHIS2.

    Settings come from the environment (DATABASE_URL, REDIS_URL, WEBHOOK_TOKENS, AT_*, DHIS2_*);
    docs/settings.md lists them. Start with `kibaru demo`, or `kibaru check`.

    Exit codes: 0 done; 1 found faults, or failed; 2 wrong usage.
    """


for command in (
    service.demo,
    service.migrate,
    service.check,
    phone.phone,
    service.reports,
    validate.validate,
    roster.roster,
    outbox.outbox,
    dhis2.dhis2,
    card.card,
    sandbox.sandbox,
):
    kibaru.add_command(command)


def main() -> None:
    """Run the command and exit with its code."""
    kibaru(prog_name="kibaru")
