"""Tests of what the commands share: a month as an option, and what is shown while one works."""

from io import StringIO

import click
import pytest

from gateway import config
from gateway.cli.common import Fault, Month, busy, database, dhis2, now
from menus.model.period import Period


def test_a_month_is_read() -> None:
    month = Month()
    assert month.convert("202610", None, None) == Period(2026, 10)
    assert month.convert(Period(2026, 1), None, None) == Period(2026, 1)
    with pytest.raises(click.BadParameter):
        month.convert("2026-10", None, None)


class Terminal(StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_takes_its_time_is_shown_on_a_terminal_alone() -> None:
    screen, file = Terminal(), StringIO()
    with busy("reading", screen), busy("reading", file):
        assert screen.getvalue() == "reading …"
    assert screen.getvalue() == "reading …\r\x1b[K"
    assert file.getvalue() == ""


def test_faults_are_sentences_and_end_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    fault = Fault("first", "second")
    fault.show()
    assert capsys.readouterr().err == "first\nsecond\n"
    assert fault.exit_code == 1


def test_dhis2_and_the_database_must_be_there(sqlite_url: str) -> None:
    with pytest.raises(Fault, match="DHIS2_URL and an account"), dhis2(config.load({})):
        pass
    away = config.load({"DATABASE_URL": "sqlite:////dev/null/kibaru.db"})
    with pytest.raises(Fault, match="cannot be used"), database(away):
        pass
    with database(config.load({"DATABASE_URL": sqlite_url})) as engine:
        assert engine.dialect.name == "sqlite"
    assert now().utcoffset() is not None
