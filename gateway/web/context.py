"""What the views share: settings, database, work signal, catalogue and the time."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from flask import current_app

from gateway.config import Settings
from gateway.context import Context
from gateway.storage import inbox
from gateway.storage.dialogues import Dialogues
from gateway.storage.engine import Engine, connect, reading
from gateway.transports.queue import work_signal_for
from gateway.ussd.effects import Services
from menus.loading import loader
from menus.model.catalogue import Catalogue

PATIENCE = 2.5  # seconds; waiting for a connection, a statement and a signal stays below 8
THREADS = 16  # threads that may use the database at once, in one process


class WebServices:
    """What the views share: settings, database, work signal, catalogue and the time."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock
        self.engine: Engine = connect(settings.database_url, patience=PATIENCE, pool_size=THREADS)
        self.work_signal = work_signal_for(settings.redis_url, settings.dhis2_timeout)
        self.catalogue: Catalogue = loader.load(settings.catalogue)
        self.services = Services(
            engine=self.engine,
            dialogues=Dialogues(settings.redis_url, self.catalogue.programme.ussd.keep),
            context=Context(self.catalogue, settings.timezone),
            hash_key=lambda: self.hash_key,
            work_signal=self.work_signal,
        )

    @cached_property
    def hash_key(self) -> bytes:
        """Return the key for hashes.

        It is read with the first message, since web starts before the database is there.
        """
        with reading(self.engine) as connection:
            return inbox.hash_key(connection)


def services() -> WebServices:
    """Return what the views of the current application share."""
    found: WebServices = current_app.extensions["kibaru"]
    return found
