"""`kibaru check`: is everything there and does it fit together? One line for each thing.

The order is that of a call: settings, catalogue, database, Redis, the operator, DHIS2 and
each mapping against the live server. Nothing is changed anywhere.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.config import Settings
from gateway.destination_words import every_health, refusals_described, trouble_described
from gateway.metadata import data_set_uid, days_out_target, field_target
from gateway.outcomes import Delivered, TryLater, Unknown
from gateway.storage import outbox, schema, tallies
from gateway.storage.engine import Engine, StorageFault, reading
from gateway.transports.africastalking import AfricasTalking
from gateway.transports.dhis2 import Dhis2
from gateway.transports.queue import Bell
from menus import loader
from menus.catalogue_faults import faults, untranslated
from menus.loader import CatalogueFault
from menus.model import LANGUAGES, Catalogue, Form

# SQLite before these may, rarely, corrupt a database written by several processes at once.
SAFE_SQLITE: Final = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up. A fault makes it fail, a remark does not."""

    ok: bool
    what: str
    words: str


def examine(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Everything that can be found out, each as soon as it is known."""
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
    yield from _dhis2(settings, catalogue)


def _catalogue(settings: Settings) -> tuple[Catalogue | None, list[Finding]]:
    """The catalogue, None when it cannot be used, and what there is to say of it."""
    try:
        catalogue = loader.load(settings.catalogue)
    except CatalogueFault as fault:
        return None, [Finding(False, "catalogue", one) for one in fault.faults]
    found = [Finding(False, "catalogue", one) for one in faults(catalogue)]
    if not found:
        fields = sum(len(form.fields) for form in catalogue.forms.values())
        words = f"{len(catalogue.forms)} forms, {fields} fields"
        found.append(Finding(True, "catalogue", words))
    for language in LANGUAGES:
        lacking = untranslated(catalogue, language)
        if lacking:
            words = f"{len(lacking)} sentences are said in French: {' '.join(lacking)}"
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
            yield _failed_messages(tallies.read(connection))
            yield _refused(outbox.refused_reasons(connection))
            for name, health in every_health(connection).items():
                if health.failures:
                    yield Finding(False, name, trouble_described(health))
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
    told = f"refused: {refusals_described(counts)}; see `kibaru outbox list`"
    return Finding(not counts, "outbox", told if counts else "none refused")


def _redis(settings: Settings) -> Iterator[Finding]:
    bell = Bell(settings.redis_url)
    up = bell.ping()
    yield Finding(up, "redis", "answers" if up else "does not answer at REDIS_URL")
    bell.close()


def _operator(settings: Settings) -> Finding:
    if settings.at_username is None or settings.at_api_key is None:
        return Finding(False, "operator", "AT_USERNAME and AT_API_KEY are not set: replies wait")
    client = AfricasTalking(settings.at_username, settings.at_api_key, base_url=settings.at_api_url)
    outcome = client.check()
    if isinstance(outcome, Delivered):
        return Finding(True, "operator", f"account known, {outcome.facts.get('balance', '')}")
    return Finding(False, "operator", f"{outcome.reason} {outcome.detail}".strip())


def _dhis2(settings: Settings, catalogue: Catalogue | None) -> Iterator[Finding]:
    if not settings.dhis2_known or settings.dhis2_url is None:
        yield Finding(False, "dhis2", "DHIS2_URL and an account are not set: forwards wait")
        return
    with Dhis2(
        settings.dhis2_url,
        token=settings.dhis2_token,
        username=settings.dhis2_username,
        password=settings.dhis2_password,
        timeout=settings.dhis2_timeout,
    ) as client:
        info = client.info()
        if isinstance(info, TryLater | Unknown):
            yield Finding(False, "dhis2", f"{info.reason} {info.detail}".strip())
            return
        words = f"version {info.version}, {info.family} importer"
        yield Finding(info.supported, "dhis2", words)
        yield from _account(client)
        for form in () if catalogue is None else catalogue.forms.values():
            yield _mapping(client, form)


def _account(client: Dhis2) -> Iterator[Finding]:
    account = client.me()
    if isinstance(account, TryLater | Unknown):
        yield Finding(False, "dhis2 account", f"{account.reason} {account.detail}".strip())
    elif not account.may_add_values:
        yield Finding(False, "dhis2 account", "lacks the authority F_DATAVALUE_ADD")
    else:
        yield Finding(True, "dhis2 account", "may add data values")


def _mapping(client: Dhis2, form: Form) -> Finding:
    """Whether the form's data set is there and holds every data element that is sent."""
    what = f"dhis2 {form.keyword}"
    fields = "id,periodType,access[data[write]],dataSetElements[dataElement[id]]"
    found = client.get(f"dataSets/{data_set_uid(form)}", {"fields": fields})
    if isinstance(found, TryLater | Unknown):
        words = f"data set {data_set_uid(form)}: {found.reason} {found.detail}".strip()
        return Finding(False, what, words)
    members = {one["dataElement"]["id"] for one in found.get("dataSetElements", ())}
    lacking = [code for code, element in _elements(form) if element not in members]
    if lacking:
        return Finding(False, what, f"the data set lacks {', '.join(lacking)}")
    if not found.get("access", {}).get("data", {}).get("write", True):
        return Finding(False, what, "the account may not write to the data set")
    return Finding(True, what, f"data set {data_set_uid(form)} holds all that is sent")


def _elements(form: Form) -> Iterator[tuple[str, str]]:
    """Every (code, data element) that the form sends."""
    for code in form.codes:
        for target in (field_target(form, code), days_out_target(form, code)):
            if target is not None:
                yield code, target[0]
