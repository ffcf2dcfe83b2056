"""`python -m gateway.web`: serve the web application with Granian, on PORT.

Granian answers from several processes, buffers slow clients, and with `respawn_failed_workers`
replaces a killed process (its default is to end altogether).
"""

import multiprocessing
import signal
import socket
import sys
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gateway import config, logs, process_group
from gateway.config import Settings, SettingsFault
from gateway.diagnostics.readiness import check_readiness
from gateway.storage.engine import connect
from gateway.transports.queue import WorkSignal
from gateway.web.app import create_app
from gateway.web.context import PATIENCE
from menus.loading.loader import CatalogueFault, load

log = structlog.get_logger()

PROCESSES: Final = 2
THREADS: Final = 16
GRACE: Final = 9  # seconds to answer the requests at hand, before a process is killed
ANYWHERE: Final = "0.0.0.0"  # noqa: S104  a container or a proxy beside it must reach it
# Granian's own log lines join ours on stderr; its default is plain text on stdout.
LOGS: Final[dict[str, Any]] = {
    "formatters": {},
    "handlers": {},
    "loggers": {name: {"propagate": True} for name in ("_granian", "granian.access")},
}


def worker() -> Flask:
    """Create the application in one of Granian's processes, which ends with its parent."""
    # A forked process inherits its parent's signal handlers. They would take a signal that comes
    # before Granian has set its own, and do nothing in this process.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    process_group.die_with_parent(parent.pid if parent else None)
    settings = config.load(need_tokens=True)
    logs.configure(settings.log_level)
    return create_app(settings)


def _warn_of_missing_parts(settings: Settings) -> None:
    """Log a warning that names the parts that are missing at the start."""
    engine = connect(settings.database_url, patience=PATIENCE)
    found = check_readiness(engine, WorkSignal(settings.redis_url), datetime.now(UTC))
    engine.dispose()
    if found.missing:
        log.warning("web_waits_for", missing=", ".join(found.missing))


def _check_port(port: int) -> None:
    """Raise SettingsFault if another program listens on the port.

    Granian asks for SO_REUSEPORT, with which a second program of ours would silently take half
    of the first one's messages.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ANYWHERE, port))
        except OSError as error:
            raise SettingsFault([f"PORT: {port} cannot be used: {error.strerror}"]) from error


def main() -> int:
    """Serve until SIGTERM; return 1 if settings or catalogue cannot be used."""
    try:
        settings = config.load(need_tokens=True)
        load(settings.catalogue)
        _check_port(settings.port)
    except (SettingsFault, CatalogueFault) as fault:
        for sentence in fault.faults:
            sys.stderr.write(f"{sentence}\n")
        return 1
    logs.configure(settings.log_level)
    _warn_of_missing_parts(settings)
    Granian(
        "gateway.web.__main__:worker",
        factory=True,
        interface=Interfaces.WSGI,
        address=ANYWHERE,
        port=settings.port,
        workers=PROCESSES,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
        log_access=False,
        log_level=LogLevels.error,  # its warnings are advice about the number of threads
        log_dictconfig=LOGS,
    ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
