"""Tests of the jobs that RQ runs: each acknowledges its signal, works, and signals the next."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from redis import Redis
from sqlalchemy import Engine

from gateway.transports.queue import JOBS, Name, flag_key
from menus.model.catalogue import Catalogue
from tests.gateway.harness import PEC, Harness
from workers import jobs


@pytest.fixture
def redis(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.mark.parametrize("name", JOBS)
def test_a_job_takes_down_its_flag(redis: Redis, name: Name) -> None:
    redis.set(flag_key(name), "1")
    getattr(jobs, name)()
    assert not redis.exists(flag_key(name))


def test_what_was_read_is_for_the_other_two(
    engine: Engine, catalogue: Catalogue, redis: Redis
) -> None:
    harness = Harness(engine, catalogue)
    harness.receive(PEC)
    jobs.read()
    assert set(harness.inbox_states().values()) == {"read"}
    queued = [name for name in JOBS if redis.llen(f"rq:queue:{name}")]
    assert queued == ["reply", "forward"]


def test_work_goes_on_slice_by_slice_until_nothing_is_left() -> None:
    untils: list[datetime] = []
    assert jobs._finished(untils.append)
    assert len(untils) == 1
