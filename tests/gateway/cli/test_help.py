"""Tests of the help: every command, what it does and what each option means."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.cli import kibaru as command_line
from tests.gateway.cli.conftest import Kibaru


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command below a group, with the words that lead to it."""
    for name, command in group.commands.items():
        words = (*above, name)
        yield words, command
        if isinstance(command, click.Group):
            yield from commands(command, *words)


ALL = [
    pytest.param(words, command, id=" ".join(words)) for words, command in commands(command_line)
]


def test_the_commands_of_the_contract_are_there() -> None:
    assert {" ".join(words) for words, _ in commands(command_line)} >= {
        "demo",
        "migrate",
        "check",
        "phone",
        "reports",
        "roster",
        "roster import",
        "roster export",
        "outbox",
        "outbox list",
        "outbox retry",
        "dhis2",
        "dhis2 metadata",
    }


@pytest.mark.parametrize(("words", "command"), ALL)
@pytest.mark.parametrize("ask", ["--help", "-h"])
def test_a_command_explains_itself(
    kibaru: Kibaru, words: tuple[str, ...], command: click.Command, ask: str
) -> None:
    done = kibaru(*words, ask)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: kibaru {' '.join(words)} ")
    assert command.help
    assert command.help.split("\n\n")[0].rstrip().endswith(".")
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize(("words", "command"), ALL)
def test_a_command_fits_its_line_in_the_list(
    words: tuple[str, ...], command: click.Command
) -> None:
    assert not command.get_short_help_str(limit=66).endswith("...")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["roster"],
        ["outbox"],
        ["dhis2"],
        ["no-such-command"],
        ["migrate", "--no-such-option"],
        ["migrate", "surplus"],
        ["reports"],
        ["reports", "--period", "202613"],
        ["reports", "--period", "2026-10"],
        ["reports", "--period", "last"],
        ["reports", "--period", ""],
        ["outbox", "retry"],
        ["outbox", "retry", "1", "--all"],
        ["outbox", "retry", "one"],
        ["outbox", "retry", "0"],
        ["outbox", "retry", "99999999999999999999"],
        ["roster", "import"],
        ["roster", "import", "--org-units", "o.csv"],
        ["roster", "import", "--org-units", "o.csv", "--people", "p.csv", "--from", "soon"],
        ["roster", "export", "--period", "13"],
        ["phone"],
        ["phone", "+22370000001", "--wait", "long"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_how_to_get_help(kibaru: Kibaru, words: list[str]) -> None:
    done = kibaru(*words)
    assert (done.code, done.out) == (2, "")
    assert "Usage: kibaru" in done.err


@pytest.mark.parametrize(
    "program", [("-m", "gateway"), (str(Path(sys.executable).with_name("kibaru")),)]
)
def test_both_ways_to_call_it(program: tuple[str, ...]) -> None:
    command = program if program[0] != "-m" else (sys.executable, *program)
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("kibaru, version ")
