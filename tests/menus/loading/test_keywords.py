"""`keywords.toml`: the commands that it describes, and its faults."""

from pathlib import Path

import pytest

from menus.loading.keywords import read_keywords
from menus.model.command import (
    OWN_GRAMMAR,
    ArgumentKind,
    Command,
    Continues,
    MonthUse,
    ReportUse,
)

GRAMMAR = "".join(
    f'[{keyword}]\nroles = ["asc"]\nhelp = "help_{keyword.lower()}"\n'
    for keyword in sorted(OWN_GRAMMAR)
)
ETAT = """\
[ETAT]
roles = ["asc", "dtc"]
help = "help_etat"
arguments = "receipt_or_place"
month = "open"
one_site = true

[ETAT.aliases]
fr = ["BILAN"]
bm = ["COGOYA"]
"""


def keywords(folder: Path, text: str) -> tuple[dict[str, Command], list[str]]:
    (folder / "keywords.toml").write_text(text, encoding="utf-8")
    faults: list[str] = []
    return read_keywords(folder, faults), faults


def test_a_keyword_is_read_with_its_defaults(tmp_path: Path) -> None:
    commands, faults = keywords(tmp_path, GRAMMAR + ETAT)
    assert list(commands) == [*sorted(OWN_GRAMMAR), "ETAT"]
    assert commands["OUI"] == Command("OUI", ("asc",), "help_oui")
    assert commands["ETAT"] == Command(
        "ETAT",
        ("asc", "dtc"),
        "help_etat",
        aliases=("BILAN", "COGOYA"),
        arguments=ArgumentKind.RECEIPT_OR_PLACE,
        report=ReportUse.NONE,
        month=MonthUse.OPEN,
        continues=Continues.NOTHING,
        one_site=True,
    )
    assert faults == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"dtc"', '"cook"', "ETAT.roles: expected asc, dtc, district, got 'cook'"),
        ('"open"', '"late"', "ETAT.month: expected none, open, due, got 'late'"),
        ('help = "help_etat"\n', "", "ETAT.help: missing"),
        ("one_site = true", "one_site = 1", "ETAT.one_site: expected true or false"),
        ("one_site = true", "colour = 1", "ETAT.colour: unknown key"),
        ('"BILAN"', '"B1"', "ETAT.aliases.fr: expected 3 to 12 letters A-Z and nothing else, got 'B1'"),
        ("fr = ", "en = ", "ETAT.aliases.en: unknown key"),
    ],
)  # fmt: skip
def test_a_fault_of_a_keyword(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in ETAT
    _, faults = keywords(tmp_path, GRAMMAR + ETAT.replace(old, new))
    assert faults == [f"keywords.toml: {fault}"]


def test_the_keywords_of_the_grammar_are_required(tmp_path: Path) -> None:
    _, faults = keywords(tmp_path, GRAMMAR.replace("[COR]", "[CORRIGE]"))
    assert faults == ["keywords.toml: COR: missing"]


def test_an_unreadable_file_is_one_fault(tmp_path: Path) -> None:
    commands, faults = keywords(tmp_path, "[OUI")
    assert (commands, len(faults)) == ({}, 1)


def test_the_file_of_an_older_release_is_to_be_renamed(tmp_path: Path) -> None:
    (tmp_path / "commands.toml").write_text(GRAMMAR, encoding="utf-8")
    faults: list[str] = []
    assert read_keywords(tmp_path, faults) == {}
    (fault,) = faults
    assert fault.startswith("commands.toml: this file is called keywords.toml now")
