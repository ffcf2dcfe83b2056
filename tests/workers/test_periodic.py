"""Tests of the periodic tasks: portions until none is due, and a failure delays no other."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from gateway import config
from gateway.context import Context
from gateway.transports.queue import work_signal_for
from menus.model.catalogue import Catalogue
from workers import periodic
from workers.runtime import Runtime

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest.fixture
def runtime(engine: Engine, catalogue: Catalogue) -> Runtime:
    settings = config.load({})
    signal = work_signal_for("redis://127.0.0.1:1/0", 1)
    return Runtime(settings, engine, signal, Context(catalogue, settings.timezone))


def test_portions_go_on_until_none_is_due(runtime: Runtime) -> None:
    left = [5, 3, 0]
    task = periodic._in_portions(lambda connection, context, now: left.pop(0))
    assert task(runtime.engine, runtime.context, NOW) == 8
    assert left == []


def test_every_task_runs_on_an_empty_database(runtime: Runtime) -> None:
    with capture_logs() as logs:
        assert periodic.run_periodic_tasks(runtime, NOW) == 0
    assert logs == []


def test_a_task_that_fails_delays_no_other(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(engine: Engine, context: Context, now: datetime) -> int:
        raise ZeroDivisionError

    tasks = {"rain": fails, "sun_shone": lambda engine, context, now: 2}
    monkeypatch.setattr(periodic, "PERIODIC_TASKS", tasks)
    with capture_logs() as logs:
        assert periodic.run_periodic_tasks(runtime, NOW) == 2
    assert [(entry["event"], entry.get("task")) for entry in logs] == [
        ("periodic_task_failed", "rain"), ("sun_shone", None),
    ]  # fmt: skip


def test_a_database_that_is_away_is_the_clocks_matter(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(engine: Engine, context: Context, now: datetime) -> int:
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(periodic, "PERIODIC_TASKS", {"rain": away})
    with pytest.raises(OperationalError):
        periodic.run_periodic_tasks(runtime, NOW)
