"""What the worker and clock processes do first: read settings and catalogue, and await a stop."""

import signal
import sys
from threading import Event

from gateway import config, logs
from gateway.config import Settings, SettingsFault
from menus.loading.loader import CatalogueFault
from workers.runtime import load_catalogue


def load_settings() -> Settings | None:
    """Return the settings and configure logs by them; read the catalogue.

    None, with every fault on stderr, if settings or catalogue cannot be used.
    """
    try:
        settings = config.load()
        load_catalogue(settings.catalogue)
    except (SettingsFault, CatalogueFault) as fault:
        for sentence in fault.faults:
            sys.stderr.write(f"{sentence}\n")
        return None
    logs.configure(settings.log_level)
    return settings


def stop_event() -> Event:
    """Return an event that SIGTERM and SIGINT set from now on, instead of earlier handlers."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
