"""Read `keywords.toml` -> Command: every keyword that is no form."""

from enum import StrEnum
from typing import Final, TypeVar

from menus.loading.forms import CODE, codes_in
from menus.loading.tables import Folder, Table, read
from menus.model.catalogue import LANGUAGES
from menus.model.command import (
    OWN_GRAMMAR,
    ArgumentKind,
    Command,
    Continues,
    MonthUse,
    ReportUse,
)
from menus.model.roles import Role

FILE: Final = "keywords.toml"
FORMERLY: Final = "commands.toml"
_Choice = TypeVar("_Choice", bound=StrEnum)


def read_keywords(folder: Folder, faults: list[str]) -> dict[str, Command]:
    """Return the commands of a catalogue by keyword, in the order of the file.

    The file name of an older release is a fault, and so is a missing keyword of `OWN_GRAMMAR`.
    """
    if folder.joinpath(FORMERLY).is_file() and not folder.joinpath(FILE).is_file():
        faults.append(
            f"{FORMERLY}: this file is called {FILE} now and says of each keyword what it takes: "
            f"copy {FILE} of the shipped catalogue, carry over roles and aliases, and remove it"
        )
        return {}
    table = read(folder, FILE, faults)
    commands = {keyword: _command(keyword, table) for keyword in table.content}
    for keyword in sorted(OWN_GRAMMAR - commands.keys()):
        if table.content:
            table.fault(keyword, "missing")
    return commands


def _command(keyword: str, table: Table) -> Command:
    row = table.table(keyword)
    command = Command(
        keyword=keyword,
        roles=row.texts("roles"),
        help=row.text("help"),
        aliases=_aliases(row),
        arguments=_choice(row, "arguments", ArgumentKind),
        report=_choice(row, "report", ReportUse),
        month=_choice(row, "month", MonthUse),
        continues=_choice(row, "continues", Continues),
        one_site=row.flag("one_site", default=False),
        for_area=row.flag("for_area", default=False),
        forgiving=row.flag("forgiving", default=False),
        within_pour=row.flag("within_pour", default=False),
        changes_area=row.flag("changes_area", default=False),
        makes_referral=row.flag("makes_referral", default=False),
        names_patient=row.flag("names_patient", default=False),
        missing=row.text("missing") if row.has("missing") else "",
    )
    row.close()
    if not CODE.fullmatch(keyword):
        table.fault(keyword, "expected 3 to 12 letters A-Z and nothing else")
    for role in command.roles:
        if role not in tuple(Role):
            row.fault("roles", f"expected {', '.join(Role)}, got {role!r}")
    return command


def _aliases(row: Table) -> tuple[str, ...]:
    """Return the other names of a keyword, of all languages."""
    names = row.section("aliases")
    aliases = [alias for language in LANGUAGES for alias in codes_in(names, language)]
    names.close()
    return tuple(aliases)


def _choice(row: Table, key: str, choices: type[_Choice]) -> _Choice:
    """Return a value of an enumeration; its first member when the key is absent."""
    usual, *_ = choices
    value = row.text(key, str(usual))
    if value not in tuple(choices):
        row.fault(key, f"expected {', '.join(choices)}, got {value!r}")
        return usual
    return choices(value)
