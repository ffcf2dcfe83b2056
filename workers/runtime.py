"""What every job and the clock stand on, made from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from gateway import config
from gateway.config import Settings
from gateway.context import Context
from gateway.dhis2.forwarding import Far
from gateway.outbound.notifications import Composer
from gateway.storage.engine import Engine, connect
from gateway.transports.africastalking import AfricasTalking
from gateway.transports.clients import dhis2_client
from gateway.transports.queue import WorkSignal, work_signal_for
from menus.loading import loader
from menus.model.catalogue import Catalogue
from workers.notification_topics import COMPOSERS, OPTIONAL


@dataclass(frozen=True, slots=True)
class Workplace:
    """Settings, database, bell and catalogue of one job."""

    settings: Settings
    engine: Engine
    work_signal: WorkSignal
    context: Context


def now() -> datetime:
    return datetime.now(UTC)


@cache
def catalogue(folder: Path | None) -> Catalogue:
    """The catalogue, read once a process: RQ forks a process per job from one that has it."""
    return loader.load(folder)


@contextmanager
def workplace() -> Iterator[Workplace]:
    """Connections are made in the process that uses them, and closed with it."""
    settings = config.load()
    engine = connect(settings.database_url)
    work_signal = work_signal_for(settings.redis_url, settings.dhis2_timeout)
    try:
        context = Context(catalogue(settings.catalogue), settings.timezone)
        yield Workplace(settings, engine, work_signal, context)
    finally:
        work_signal.close()
        engine.dispose()


def operator(settings: Settings) -> AfricasTalking | None:
    """The operator's client, or None while its account is not set: then replies wait."""
    if settings.at_username is None or settings.at_api_key is None:
        return None
    return AfricasTalking(
        settings.at_username,
        settings.at_api_key,
        sender_id=settings.at_sender_id,
        base_url=settings.at_api_url,
    )


def composer(place: Workplace) -> Composer:
    """Who finds the words of notices when they are sent."""
    return Composer(place.context, COMPOSERS, OPTIONAL)


@contextmanager
def far_side(place: Workplace) -> Iterator[Far | None]:
    """DHIS2's client, or None while it is not set: then forwards wait."""
    client = dhis2_client(place.settings)
    if client is None:
        yield None
        return
    settings = place.settings
    with client:
        yield Far(client, settings.dhis2_timeout, place.context.catalogue, settings.timezone)
