"""Tests of the metrics: read from the database when scraped, whole or only that it is away."""

from pathlib import Path

from sqlalchemy import Engine

from gateway.diagnostics.metrics import COUNTERS, DatabaseCollector
from gateway.storage import counters
from gateway.storage.engine import connect
from tests.gateway.web.conftest import NOW


def samples(engine: Engine) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for metric in DatabaseCollector(engine, NOW).collect()
        for sample in metric.samples
    }


def test_every_counter_is_there_from_the_first_scrape(engine: Engine) -> None:
    with engine.begin() as connection:
        counters.add(connection, {"replied": 3})
    found = samples(engine)
    assert found["kibaru_database_up",] == 1
    assert found["kibaru_replied_total",] == 3
    assert {f"kibaru_{name}_total" for name in COUNTERS} <= {key[0] for key in found}
    assert found["kibaru_destination_open", "dhis2"] == 0
    assert {key[1] for key in found if key[0] == "kibaru_waiting"} == {
        "messages", "replies", "notices", "forwards", "events",
    }  # fmt: skip


def test_a_database_that_is_away(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    assert samples(engine) == {("kibaru_database_up",): 0}
    engine.dispose()


def test_help_is_told_for_every_metric(engine: Engine) -> None:
    metrics = list(DatabaseCollector(engine, NOW).collect())
    assert all(
        metric.documentation[0].isupper() or metric.documentation[0] == "1" for metric in metrics
    )
