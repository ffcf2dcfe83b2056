"""`kibaru check`: check each part of the installation, one finding after the other.

The order is that of a call: settings, catalogue, database, Redis, the operator, DHIS2 and
each mapping against the live server (`gateway.diagnostics.dhis2_check`). Nothing is changed.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from gateway.config import Settings
from gateway.dhis2.org_units import org_units_of
from gateway.diagnostics import dhis2_check
from gateway.diagnostics.dhis2_check_units import Receiver
from gateway.diagnostics.finding import Finding, listed
from gateway.diagnostics.health_text import (
    describe_refusals,
    describe_trouble,
    health_by_destination,
)
from gateway.model.outcomes import Delivered
from gateway.storage import counters, outbox, schema
from gateway.storage.engine import Engine, StorageFault, reading
from gateway.transports.africastalking import AfricasTalking
from gateway.transports.clients import dhis2_client
from gateway.transports.queue import WorkSignal
from menus.linting.faults import faults, untranslated
from menus.loading import loader
from menus.loading.loader import CatalogueFault
from menus.model.catalogue import LANGUAGES, Catalogue

# SQLite before these may, rarely, corrupt a database written by several processes at once.
SAFE_SQLITE: Final = (3, 51, 3)


def examine(settings: Settings, engine: Engine, now: datetime) -> Iterator[Finding]:
    """Check all parts; yield each finding as soon as it is known."""
    began = time.monotonic()
    yield Finding(True, "settings", "usable")
    if not settings.webhook_tokens:
        yield Finding(
            False, "webhooks", "WEBHOOK_TOKENS is missing: the web process will not start"
        )
    catalogue, findings = _catalogue(settings)
    yield from findings
    yield from _database(engine)
    yield from _redis(settings)
    yield _operator(settings)
    # The checks before may have waited for what did not answer, and DHIS2's clock is compared.
    passed = timedelta(seconds=time.monotonic() - began)
    yield from _dhis2(settings, engine, catalogue, now + passed)


def _catalogue(settings: Settings) -> tuple[Catalogue | None, list[Finding]]:
    """Return the catalogue, None if it cannot be used, and the findings about it."""
    try:
        catalogue = loader.load(settings.catalogue)
    except CatalogueFault as fault:
        return None, [Finding(False, "catalogue", sentence) for sentence in fault.faults]
    found = [Finding(False, "catalogue", sentence) for sentence in faults(catalogue)]
    if not found:
        fields = sum(len(form.fields) for form in catalogue.forms.values())
        words = f"{len(catalogue.forms)} forms, {fields} fields"
        found.append(Finding(True, "catalogue", words))
    for language in LANGUAGES:
        lacking = untranslated(catalogue, language)
        if lacking:
            words = f"{len(lacking)} sentences are said in French: {listed(lacking)}"
            found.append(Finding(True, f"words {language}", words))
    return catalogue, found


def _database(engine: Engine) -> Iterator[Finding]:
    kind = engine.dialect.name
    try:
        if not schema.is_current(engine):
            yield Finding(False, "database", f"{kind}: old schema or none; run `kibaru migrate`")
            return
        yield Finding(True, "database", kind)
        with reading(engine) as connection:
            yield _failed_messages(counters.read(connection))
            yield _refused(outbox.refused_reasons(connection))
            for name, health in health_by_destination(connection).items():
                if health.failures:
                    yield Finding(False, name, describe_trouble(health))
    except StorageFault as fault:
        yield Finding(False, "database", f"{kind}: cannot be used ({type(fault).__name__})")
        return
    if kind == "sqlite" and sqlite3.sqlite_version_info < SAFE_SQLITE:
        words = f"version {sqlite3.sqlite_version} is fine for a demo; use PostgreSQL in service"
        yield Finding(True, "sqlite", words)


def _failed_messages(counts: dict[str, int]) -> Finding:
    failed = counts.get("failed", 0)
    words = f"{failed} could not be read for a fault of ours, see the log" if failed else "all read"
    return Finding(not failed, "messages", words)


def _refused(counts: Mapping[str, int]) -> Finding:
    words = f"refused: {describe_refusals(counts)}; see `kibaru outbox list`"
    return Finding(not counts, "outbox", words if counts else "none refused")


def _redis(settings: Settings) -> Iterator[Finding]:
    work_signal = WorkSignal(settings.redis_url)
    up = work_signal.ping()
    yield Finding(up, "redis", "answers" if up else "does not answer at REDIS_URL")
    work_signal.close()


def _operator(settings: Settings) -> Finding:
    if settings.at_username is None or settings.at_api_key is None:
        return Finding(False, "operator", "AT_USERNAME and AT_API_KEY are not set: replies wait")
    client = AfricasTalking(settings.at_username, settings.at_api_key, base_url=settings.at_api_url)
    outcome = client.check()
    if isinstance(outcome, Delivered):
        return Finding(True, "operator", f"account known, {outcome.facts.get('balance', '')}")
    return Finding(False, "operator", f"{outcome.reason} {outcome.detail}".strip())


def _dhis2(
    settings: Settings, engine: Engine, catalogue: Catalogue | None, now: datetime
) -> Iterator[Finding]:
    client = dhis2_client(settings)
    if client is None:
        yield Finding(False, "dhis2", "DHIS2_URL and an account are not set: forwards wait")
        return
    receivers = _receivers(engine, f"{now.astimezone(settings.timezone):%Y%m}")
    with client:
        yield from dhis2_check.examine(client, catalogue, receivers, now, settings.timezone)


def _receivers(engine: Engine, month: str) -> list[Receiver]:
    """Return the units that receive values this month; none if the database cannot tell."""
    try:
        if not schema.is_current(engine):
            return []
        with reading(engine) as connection:
            rows = org_units_of(connection, month)
    except StorageFault:
        return []
    return [Receiver(row.code, row.dhis2_id) for row in rows if row.receives and row.dhis2_id]
