"""`kibaru demo`: run the whole gateway on one machine, with stand-ins for operator and DHIS2.

Valkey comes from a wheel, the database is SQLite; web, worker, clock and both sandboxes are
child processes that end with this one. Their logs are files beside the database.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from threading import Event
from typing import Final

import click

from gateway import process_group
from gateway.config import Settings
from gateway.dhis2 import metadata
from gateway.dhis2.org_units import org_units_of
from gateway.roster import importing
from gateway.sandbox.valkey import ValkeyFault, valkey
from gateway.storage import schema
from gateway.storage.engine import connect, reading
from menus.loading import loader
from menus.model.period import Period

READY: Final = 30.0  # seconds that all processes may take to start
GRACE: Final = 10.0  # seconds that each process has to end
AGENT: Final = "+22370000001"
DTC: Final = "+22370000101"
SITE: Final = "KOLA"
REPORT: Final = (
    "VUS 45 FIE 38 TDR 37 POS 28 CTA 27 GRV 2 ART 2 IRA 9 AMX 9 DIA 11 SRZ 10 RFS 3 DCD 0"
)

Children = dict[str, subprocess.Popen[bytes]]


def run(folder: str, settings: Settings, clock: Callable[[], datetime]) -> int:
    """Run the demo until SIGINT or SIGTERM, keeping its data in `folder`.

    Return 0, or 1, with words on stderr, if a process could not start or ended by itself.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if _port(settings.port) != settings.port:
        click.echo(f"PORT: {settings.port} is taken; try PORT={_port(0)}", err=True)
        return 1
    var = Path(folder)
    (var / "log").mkdir(parents=True, exist_ok=True)
    children: Children = {}
    with ExitStack() as stack:
        try:
            server = stack.enter_context(valkey(var / "valkey"))
        except ValkeyFault as fault:
            click.echo(f"the embedded Valkey did not start: {fault}", err=True)
            return 1
        environment = _environment(var, settings, server.url)
        _write(var / "demo.env", environment)
        stack.callback(_stop, children)
        _prepare(var, environment["DATABASE_URL"], settings, clock)
        _start_all(children, var, environment)
        if not _came_up(children, environment, stop):
            return _print_who_ended(children, var) if not stop.is_set() else 0
        _welcome(environment, clock().astimezone(settings.timezone))
        while not stop.wait(0.5):
            if any(child.poll() is not None for child in children.values()):
                return _print_who_ended(children, var)
    click.echo("\nstopped")
    return 0


def _environment(var: Path, settings: Settings, redis_url: str) -> dict[str, str]:
    """Return the demo's settings. A token that was made once is kept from one run to the next."""
    kept = _kept(var / "demo.env")
    tokens = ",".join(settings.webhook_tokens) or kept.get("WEBHOOK_TOKENS")
    operator, dhis2 = _port(9101), _port(9102)
    return {
        "PORT": str(settings.port),
        "WEBHOOK_TOKENS": tokens or secrets.token_urlsafe(24),
        "DATABASE_URL": f"sqlite:///{var / 'kibaru.db'}",
        "REDIS_URL": redis_url,
        "AT_USERNAME": "sandbox",
        "AT_API_KEY": kept.get("AT_API_KEY") or secrets.token_urlsafe(16),
        "AT_SENDER_ID": "KIBARU",
        "AT_API_URL": f"http://127.0.0.1:{operator}",
        "DHIS2_URL": f"http://127.0.0.1:{dhis2}",
        "DHIS2_USERNAME": "kibaru",
        "DHIS2_PASSWORD": kept.get("DHIS2_PASSWORD") or secrets.token_urlsafe(16),
        "TIMEZONE": settings.timezone.key,
        "LOG_LEVEL": settings.log_level,
    } | ({"KIBARU_CATALOGUE": str(settings.catalogue)} if settings.catalogue else {})


def _kept(path: Path) -> dict[str, str]:
    """Return the settings of an earlier run."""
    if not path.exists():
        return {}
    lines = [line.partition("=") for line in path.read_text(encoding="utf-8").splitlines()]
    return {name: value for name, equals, value in lines if equals}


def _write(path: Path, environment: Mapping[str, str]) -> None:
    """Write the settings so that only the owner can read them: they hold secrets."""
    path.touch(mode=0o600)
    text = "".join(f"{name}={value}\n" for name, value in environment.items())
    path.write_text(text, encoding="utf-8")


def _port(wanted: int) -> int:
    """Return the wanted port if it is free, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port on this machine")


def _prepare(var: Path, url: str, settings: Settings, clock: Callable[[], datetime]) -> None:
    """Create the schema, the demo roster, and the metadata that the sandbox DHIS2 loads."""
    engine = connect(url)
    today = clock().astimezone(settings.timezone)
    month = Period(today.year, today.month)
    schema.upgrade(engine)
    with as_file(files("gateway.sandbox") / "roster") as csv:
        importing.import_roster(engine, csv / "org_units.csv", csv / "people.csv", month)
    with reading(engine) as connection:
        units = org_units_of(connection, month.code)
    engine.dispose()
    document = metadata.export(loader.load(settings.catalogue), units)
    (var / "dhis2-metadata.json").write_text(metadata.render(document), encoding="utf-8")


def _start_all(children: Children, var: Path, environment: Mapping[str, str]) -> None:
    operator = environment["AT_API_URL"].rpartition(":")[2]
    dhis2 = environment["DHIS2_URL"].rpartition(":")[2]
    programs = {
        "operator": ("gateway.sandbox.operator", "--port", operator),
        "dhis2": (
            *("gateway", "sandbox", "dhis2", "--port", dhis2, "--family", "sql"),
            *("--metadata", str(var / "dhis2-metadata.json")),
        ),
        "web": ("gateway.web",),
        "worker": ("workers",),
        "clock": ("workers.clock",),
    }
    for name, program in programs.items():
        log = (var / "log" / f"{name}.log").open("ab")
        # A terminal's Ctrl-C must reach this process alone, which then ends the others in order.
        children[name] = subprocess.Popen(  # noqa: S603  our own words
            process_group.command([sys.executable, "-m", *program]),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()


def _came_up(children: Children, environment: Mapping[str, str], stop: Event) -> bool:
    """Wait until web and both sandboxes answer; False if one ended or it takes too long."""
    wanted = [
        f"http://127.0.0.1:{environment['PORT']}/readyz",
        environment["AT_API_URL"] + "/sandbox/messages",
        environment["DHIS2_URL"] + "/",
    ]
    deadline = time.monotonic() + READY
    while wanted and time.monotonic() < deadline and not stop.wait(0.1):
        if any(child.poll() is not None for child in children.values()):
            return False
        wanted = [url for url in wanted if not _answers(url)]
    return not wanted


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _print_who_ended(children: Children, var: Path) -> int:
    ended = [name for name, child in children.items() if child.poll() is not None]
    for name in ended or children:
        last = (var / "log" / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        tail = "\n".join(last.splitlines()[-5:])
        click.echo(f"{name} did not stay up. Its last words:\n{tail}", err=True)
    return 1


def _stop(children: Children) -> None:
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _welcome(environment: Mapping[str, str], today: datetime) -> None:
    last = Period(today.year, today.month).plus(-1)
    click.echo(
        f"""
Kibaru is up: http://127.0.0.1:{environment["PORT"]}/readyz  (Ctrl-C stops everything)

Try it from a second terminal, as the agent of {SITE}:

    .venv/bin/kibaru phone {AGENT}

and type last month's report ({last.month:02d} is its number):

    PEC {last.month:02d} {REPORT}

Then see the numbers in DHIS2:   {environment["DHIS2_URL"]}/
and as they are stored here:     .venv/bin/kibaru reports --period {last.code}

Send it again with POS 48 to see what an impossible number does. Dial *384*1# to report by USSD,
or ask, as the head of the health centre, who has reported:

    .venv/bin/kibaru phone {DTC}

    ETAT
"""
    )
