"""Tests of the checks of `kibaru check`, with settings that name nothing."""

from pathlib import Path

from sqlalchemy import Engine

from gateway import config
from gateway.diagnostics.checks import examine
from gateway.storage import counters
from gateway.storage.engine import connect
from tests.gateway.web.conftest import NOW

NOWHERE = {"REDIS_URL": "redis://127.0.0.1:1/0"}


def test_each_part_is_checked_in_the_order_of_a_call(engine: Engine) -> None:
    with engine.begin() as connection:
        counters.add(connection, {"failed": 2})
    findings = list(examine(config.load(NOWHERE), engine, NOW))
    faults = [finding.what for finding in findings if not finding.ok]
    assert faults == ["webhooks", "messages", "redis", "operator", "dhis2"]
    names = [finding.what for finding in findings]
    assert names.index("catalogue") < names.index("database") < names.index("redis")


def test_a_database_without_a_schema(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    found = {finding.what: finding for finding in examine(config.load(NOWHERE), engine, NOW)}
    engine.dispose()
    assert found["database"].words == "sqlite: old schema or none; run `kibaru migrate`"
    assert "messages" not in found
