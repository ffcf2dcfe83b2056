"""What every job and the clock work with, made from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from gateway import config
from gateway.config import Settings
from gateway.context import Context
from gateway.dhis2.server import Dhis2Target
from gateway.outbound.notifications import Composer
from gateway.storage.engine import Engine, connect
from gateway.transports.africastalking import AfricasTalking
from gateway.transports.clients import dhis2_client
from gateway.transports.queue import WorkSignal, work_signal_for
from menus.loading import loader
from menus.model.catalogue import Catalogue
from workers.notification_topics import COMPOSERS, OPTIONAL


@dataclass(frozen=True, slots=True)
class Runtime:
    """Settings, database, work signal and context of one job, or of the clock."""

    settings: Settings
    engine: Engine
    work_signal: WorkSignal
    context: Context


def utc_now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


@cache
def load_catalogue(folder: Path | None) -> Catalogue:
    """Return the catalogue, read once a process.

    RQ forks a process per job from one that has read it.
    """
    return loader.load(folder)


@contextmanager
def open_runtime() -> Iterator[Runtime]:
    """Yield a runtime whose connections belong to this process, and close them at the end."""
    settings = config.load()
    engine = connect(settings.database_url)
    work_signal = work_signal_for(settings.redis_url, settings.dhis2_timeout)
    try:
        context = Context(load_catalogue(settings.catalogue), settings.timezone)
        yield Runtime(settings, engine, work_signal, context)
    finally:
        work_signal.close()
        engine.dispose()


def operator_client(settings: Settings) -> AfricasTalking | None:
    """Return the operator's client; None while its account is not set, when replies wait."""
    if settings.at_username is None or settings.at_api_key is None:
        return None
    return AfricasTalking(
        settings.at_username,
        settings.at_api_key,
        sender_id=settings.at_sender_id,
        base_url=settings.at_api_url,
    )


def composer(runtime: Runtime) -> Composer:
    """Return what composes the text of a notification when it is sent."""
    return Composer(runtime.context, COMPOSERS, OPTIONAL)


@contextmanager
def dhis2_target(runtime: Runtime) -> Iterator[Dhis2Target | None]:
    """Yield DHIS2 as a target of forwards; None while it is not set, when forwards wait."""
    settings = runtime.settings
    client = dhis2_client(settings)
    if client is None:
        yield None
        return
    with client:
        yield Dhis2Target(client, settings.dhis2_timeout, runtime.context)
