"""The `kibaru` command, run in this process as a shell would run it."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner

from gateway.cli import kibaru as command_line

UNITS = """code,name,level,parent,dhis2_id,population
ML,Mali,country,,,
KENIE,Kenie,district,KAYA,,
KAYA,Kaya,region,ML,,
KANI,KANI,facility,KENIE,KaniFacil01,11800
KOLA,KOLA,site,KANI,KolaSite001,1540
TENE,TENE,site,KANI,,1310
"""
PEOPLE = """phone,name,role,org_unit,language,active
+22370000001,Awa Kolani,asc,KOLA,fr,yes
70 00 00 02,Moussa Teneba,asc,TENE,bm,yes
+22370000101,Nana Kanika,dtc,KANI,fr,yes
"""


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a command: exit code, and what it wrote where."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return what it wrote for programs."""
        return json.loads(self.out)


Kibaru = Callable[..., Done]


@pytest.fixture
def kibaru(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kibaru]:
    """Run `kibaru("reports", "--period", "202610", DATABASE_URL=…)`, in an empty folder.

    An exception that is no exit would be a traceback on the terminal, so it is raised here.
    """
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*arguments: str, **environ: str) -> Done:
        ended = CliRunner().invoke(command_line, arguments, prog_name="kibaru", env=environ)
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Done(ended.exit_code, ended.stdout, ended.stderr)

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield run
    # Each command sets up the logs of its process, on a stderr that is gone by now.
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def roster(tmp_path: Path) -> list[str]:
    """Return the options that name both files of a small roster."""
    (tmp_path / "org_units.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    names = ("org_units", "people")
    return [
        word
        for name in names
        for word in (f"--{name.replace('_', '-')}", str(tmp_path / f"{name}.csv"))
    ]
