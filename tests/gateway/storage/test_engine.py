"""Tests of the connections: the same promises on SQLite and PostgreSQL, and how they fail."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from gateway.storage.engine import StorageFault, connect, db_seconds, insert_new, reading
from gateway.storage.tables import delivery_reports, destinations, org_unit_terms, tallies

pytestmark = pytest.mark.durable

STATEMENT = text("SELECT 1")

# Adds 1 to a number that it has read before, as a report's next version does.
ADD = """
import sys, time
from sqlalchemy import select, update
from gateway.storage.engine import connect
from gateway.storage.tables import tallies
engine = connect(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50):
    with engine.begin() as connection:
        value = connection.scalar(select(tallies.c.value).with_for_update())
        time.sleep(0.001)
        connection.execute(update(tallies).values(value=value + 1))
engine.dispose()
"""


def test_two_processes_lose_nothing_that_the_other_wrote(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(tallies.insert(), {"name": "read", "value": 0})
    command = [sys.executable, "-c", ADD, database_url]
    harness = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    adders = [subprocess.Popen(command, **harness) for _ in range(2)]
    for adder in adders:
        assert adder.stdout is not None
        assert adder.stdout.readline() == "ready\n"
    for adder in adders:
        assert adder.stdin is not None
        adder.stdin.write("go\n")
        adder.stdin.flush()
    for adder in adders:
        adder.communicate(timeout=60)
    assert [adder.returncode for adder in adders] == [0, 0]
    with engine.connect() as connection:
        assert connection.scalar(select(tallies.c.value)) == 100


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 3, 8, 15, 0, 445000, tzinfo=UTC),
        datetime(2026, 11, 3, 14, 0, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(2000, 1, 1, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_in_utc(engine: Engine, moment: datetime) -> None:
    with engine.begin() as connection:
        row = {"name": "dhis2", "closed_until": moment}
        connection.execute(destinations.insert(), row)
    with engine.connect() as connection:
        found = connection.scalar(select(destinations.c.closed_until))
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC
    with engine.connect() as connection:
        later = destinations.c.closed_until > moment - timedelta(minutes=1)
        assert connection.scalar(select(destinations.c.name).where(later)) == "dhis2"


def test_a_moment_without_a_time_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 11, 3, 8, 15)  # noqa: DTZ001  it is what must not get in
    with engine.begin() as connection, pytest.raises(StatementError, match="without a time zone"):
        connection.execute(destinations.insert(), {"name": "dhis2", "closed_until": naive})


def test_the_database_tells_the_seconds(engine: Engine) -> None:
    with engine.connect() as connection:
        now = connection.scalar(select(db_seconds()))
        later = connection.scalar(select(db_seconds() + 60))
    assert isinstance(now, int)
    assert abs(now - time.time()) < 60
    assert later is not None
    assert 60 <= later - now < 120


def test_an_insert_may_find_its_row(engine: Engine) -> None:
    with engine.begin() as connection:
        for value in (1, 2):
            statement = insert_new(connection, tallies).values(name="read", value=value)
            connection.execute(statement.on_conflict_do_nothing(index_elements=["name"]))
        assert connection.scalars(select(tallies.c.value)).all() == [1]


def test_a_row_does_not_point_to_nothing(engine: Engine) -> None:
    row = {"unit_id": 404, "since": "202610", "name": "KANI", "level": "site"}
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(org_unit_terms.insert(), row)


def test_who_reads_does_not_wait_for_who_writes(engine: Engine, database_url: str) -> None:
    other = connect(database_url, patience=0.1)
    with engine.begin() as writing:
        writing.execute(tallies.insert(), {"name": "read", "value": 1})
        with reading(other) as connection:
            assert connection.execute(select(tallies)).all() == []
    other.dispose()


def test_who_waits_too_long_for_a_lock_is_told(engine: Engine, database_url: str) -> None:
    other = connect(database_url, patience=0.1)
    row = {"name": "read", "value": 1}
    with engine.begin() as writing:
        writing.execute(tallies.insert(), row)
        with pytest.raises(StorageFault), other.begin() as connection:
            connection.execute(tallies.insert(), row)
    with other.begin() as connection:
        assert connection.execute(select(tallies.c.value)).scalar() == 1
    other.dispose()


def test_who_waits_too_long_for_a_connection_is_told(database_url: str) -> None:
    small = connect(database_url, patience=0.1, pool_size=1)
    with small.connect(), pytest.raises(StorageFault), small.connect():
        pass
    small.dispose()


def test_a_missing_table_is_told_as_a_database_that_is_not_ready(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE tallies")
    with pytest.raises(StorageFault, match="tallies"), engine.begin() as connection:
        connection.execute(select(tallies))


def test_a_fault_in_a_value_is_no_matter_of_trying_again(engine: Engine) -> None:
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(tallies.insert(), {"name": "read", "value": None})
    assert not isinstance(caught.value, StorageFault)


def test_an_error_does_not_tell_its_values(engine: Engine) -> None:
    row = {"message_id": "ATXid_1", "status": "secretword", "final": None}
    with engine.connect() as connection, pytest.raises(StatementError) as caught:
        connection.execute(delivery_reports.insert(), row)
    assert "secretword" not in str(caught.value).partition("DETAIL")[0]
    assert "parameters hidden" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////dev/null/kibaru.db",
        "sqlite:////dev",
        "postgresql+psycopg://127.0.0.1:1/kibaru",
        "postgresql+psycopg://127.0.0.1:1/kibaru?colour=blue",
        "postgresql+psycopg:///kibaru?host=/no/such/folder",
    ],
)
def test_a_database_that_cannot_be_reached_is_told_when_it_is_used(url: str) -> None:
    engine = connect(url)
    with pytest.raises(StorageFault), engine.connect() as connection:
        connection.execute(STATEMENT)
    engine.dispose()


def test_a_file_and_its_folders_are_made_when_they_are_used(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "where"
    engine = connect(f"sqlite:///{folder / 'kibaru.db'}")
    assert not folder.exists()
    with reading(engine) as connection:
        assert connection.execute(STATEMENT).scalar() == 1
    assert (folder / "kibaru.db").exists()
    engine.dispose()


def test_sqlite_keeps_what_was_committed_through_a_power_cut(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    with engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert found == ["wal", 2, 1]
    engine.dispose()
