"""`python -m gateway.web`: the doors behind Granian, on PORT.

Granian answers from several processes, buffers slow clients, and with `respawn_failed_workers`
it outlives a killed one (its default is to end altogether).
"""

import sys

import structlog
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gateway import config, lifeline, logs, readiness
from gateway.config import Settings, SettingsFault
from gateway.storage.engine import connect
from gateway.transports.queue import Bell
from gateway.web.app import PATIENCE, create_app
from menus.loader import CatalogueFault, load

log = structlog.get_logger()

PROCESSES = 2
THREADS = 16


def worker() -> Flask:
    """The application inside one of Granian's processes, which must not outlive the first."""
    lifeline.die_with_parent()
    settings = config.load(need_tokens=True)
    logs.configure(settings.log_level)
    return create_app(settings)


def _say_what_is_missing(settings: Settings) -> None:
    """One line when the doors open before what they stand on is there."""
    engine = connect(settings.database_url, patience=PATIENCE)
    state = readiness.look(engine, Bell(settings.redis_url))
    engine.dispose()
    if state.missing:
        log.warning("web_waits_for", missing=", ".join(state.missing))


def main() -> int:
    """Serves until SIGTERM. Returns 1 when settings or catalogue cannot be used."""
    try:
        settings = config.load(need_tokens=True)
        load(settings.catalogue)
    except (SettingsFault, CatalogueFault) as fault:
        for sentence in fault.faults:
            sys.stderr.write(f"{sentence}\n")
        return 1
    logs.configure(settings.log_level)
    _say_what_is_missing(settings)
    Granian(
        "gateway.web.__main__:worker",
        factory=True,
        interface=Interfaces.WSGI,
        address="0.0.0.0",  # noqa: S104  a container or a proxy beside it must reach it
        port=settings.port,
        workers=PROCESSES,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
