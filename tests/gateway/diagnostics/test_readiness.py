"""Tests of readiness: each part that is missing is named, and destinations are told."""

from pathlib import Path

from sqlalchemy import Engine

from gateway.diagnostics.readiness import Readiness, check_readiness
from gateway.storage.engine import connect
from gateway.transports.queue import WorkSignal
from tests.gateway.web.conftest import NOW


def test_all_parts_are_there(engine: Engine, redis_url: str) -> None:
    signal = WorkSignal(redis_url)
    found = check_readiness(engine, signal, NOW)
    signal.close()
    assert found == Readiness((), {"operator": "ok", "dhis2": "ok"})


def test_no_schema_and_no_redis(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    signal = WorkSignal("redis://127.0.0.1:1/0")
    found = check_readiness(engine, signal, NOW)
    engine.dispose()
    assert found.missing == ("database (its schema: run `kibaru migrate`)", "redis")
    assert found.destinations == {}
