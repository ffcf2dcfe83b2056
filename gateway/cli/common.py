"""What the commands share: the settings, a database that is ready, option types."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any, TextIO

import click

from gateway import config, logs
from gateway.config import Settings, SettingsFault
from gateway.storage import schema
from gateway.storage.engine import Engine, StorageFault, connect
from gateway.transports.clients import dhis2_client
from gateway.transports.dhis2 import Dhis2
from menus.loading import loader
from menus.loading.loader import CatalogueFault
from menus.model.catalogue import Catalogue
from menus.model.period import Period


class Fault(click.ClickException):
    """Faults for a person to mend, shown as sentences; the command exits with 1."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentences alone, on stderr."""
        click.echo(self.message, err=file is None, file=file)


class Month(click.ParamType[Period]):
    """An option that is a month, YYYYMM."""

    name = "YYYYMM"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        """Return the month that was typed."""
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(str(value))
        except ValueError as fault:
            self.fail(str(fault), param, ctx)


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def settings() -> Settings:
    """Return the settings, and configure logs by them. Raises Fault with all that is wrong."""
    try:
        found = config.load()
    except SettingsFault as fault:
        raise Fault(*fault.faults) from fault
    logs.configure(found.log_level)
    return found


def catalogue(found: Settings) -> Catalogue:
    """Return the catalogue. Raises Fault with all that is wrong in it."""
    try:
        return loader.load(found.catalogue)
    except CatalogueFault as fault:
        raise Fault(*fault.faults) from fault


@contextmanager
def busy(words: str, stream: TextIO | None = None) -> Iterator[None]:
    """Show on a terminal (stderr) what takes its time, until it is done."""
    out = stream or sys.stderr
    if not out.isatty():
        yield
        return
    out.write(f"{words} …")
    out.flush()
    try:
        yield
    finally:
        out.write("\r\x1b[K")
        out.flush()


@contextmanager
def dhis2(found: Settings) -> Iterator[Dhis2]:
    """Yield a client of DHIS2, closed at the end. Raises Fault if it is not configured."""
    client = dhis2_client(found)
    if client is None:
        raise Fault("DHIS2_URL and an account are not set")
    with client:
        yield client


@contextmanager
def database(found: Settings, *, ready: bool = True) -> Iterator[Engine]:
    """Yield the database, closed at the end.

    Raises Fault when it cannot be used or, with `ready`, when its schema is not this version's.
    """
    engine = connect(found.database_url)
    try:
        if ready and not schema.is_current(engine):
            raise Fault("the database has no schema of this version yet: run `kibaru migrate`")
        yield engine
    except StorageFault as fault:
        kind = engine.dialect.name
        reason = str(getattr(fault, "orig", None) or type(fault).__name__).strip().splitlines()[0]
        raise Fault(f"the {kind} database at DATABASE_URL cannot be used: {reason}") from fault
    finally:
        engine.dispose()
