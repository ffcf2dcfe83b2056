"""Tests of what jobs work with: clients that settings name, and connections of this process."""

import pytest

from gateway import config
from gateway.context import Context
from gateway.storage import schema
from gateway.storage.engine import connect
from gateway.transports.queue import work_signal_for
from menus.model.catalogue import Catalogue
from workers.runtime import (
    Runtime,
    composer,
    dhis2_target,
    load_catalogue,
    open_runtime,
    operator_client,
    utc_now,
)

ACCOUNT = {"AT_USERNAME": "kibaru", "AT_API_KEY": "key", "AT_SENDER_ID": "KIBARU"}
DHIS2 = {"DHIS2_URL": "http://127.0.0.1:9102", "DHIS2_TOKEN": "d2pat_x"}


def test_a_runtime_of_the_environment(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    with open_runtime() as runtime:
        assert schema.is_current(runtime.engine)
        assert runtime.work_signal.ping()
        assert runtime.context.catalogue is load_catalogue(None)
        with dhis2_target(runtime) as target:
            assert target is None
        assert composer(runtime) is not None


def test_an_operator_needs_an_account() -> None:
    assert operator_client(config.load({})) is None
    assert operator_client(config.load(ACCOUNT)) is not None


def test_dhis2_is_a_target_once_it_is_set(catalogue: Catalogue, sqlite_url: str) -> None:
    settings = config.load(DHIS2)
    signal = work_signal_for(settings.redis_url, 1)
    context = Context(catalogue, settings.timezone)
    engine = connect(sqlite_url)
    with dhis2_target(Runtime(settings, engine, signal, context)) as target:
        assert target is not None
        assert target.client is not None
    engine.dispose()


def test_the_clock_is_aware() -> None:
    assert utc_now().utcoffset() is not None
