"""Tests of the commands' words about no database, no schema, and settings with a fault."""

from pathlib import Path

import pytest

from gateway.storage.engine import connect
from tests.gateway.cli.conftest import Kibaru
from tests.servers import Postgres

NEED_A_SCHEMA = [
    ("reports", "--period", "202610"),
    ("outbox", "list"),
    ("outbox", "list", "--json"),
    ("outbox", "retry", "--all"),
    ("roster", "export"),
    ("roster", "import", "--org-units", "o.csv", "--people", "p.csv"),
    ("dhis2", "metadata", "--org-units"),
]
NO_SCHEMA = "the database has no schema of this version yet: run `kibaru migrate`\n"
NO_DATABASE = [
    ("sqlite:////dev/null/kibaru.db", "the sqlite database at DATABASE_URL cannot be used: "),
    ("sqlite:////dev", "the sqlite database at DATABASE_URL cannot be used: "),
    ("postgres://u:hunter2@127.0.0.1:1/k", "the postgresql database at DATABASE_URL cannot be "),
    ("postgres:///k?colour=blue", "the postgresql database at DATABASE_URL cannot be used: "),
]


@pytest.mark.parametrize("words", NEED_A_SCHEMA, ids=" ".join)
def test_without_a_schema(kibaru: Kibaru, words: tuple[str, ...], tmp_path: Path) -> None:
    done = kibaru(*words, DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert (done.code, done.out, done.err) == (1, "", NO_SCHEMA)


def test_without_a_schema_on_postgresql(kibaru: Kibaru, postgres_server: Postgres) -> None:
    name = postgres_server.create()
    done = kibaru(*NEED_A_SCHEMA[0], DATABASE_URL=postgres_server.url(name))
    assert (done.code, done.out, done.err) == (1, "", NO_SCHEMA)
    postgres_server.drop(name)


@pytest.mark.parametrize("words", [("migrate",), *NEED_A_SCHEMA], ids=" ".join)
@pytest.mark.parametrize(("url", "told"), NO_DATABASE)
def test_without_a_database(kibaru: Kibaru, words: tuple[str, ...], url: str, told: str) -> None:
    done = kibaru(*words, DATABASE_URL=url)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(told)
    assert len(done.err.splitlines()) == 1
    assert "hunter2" not in done.err


@pytest.mark.parametrize("words", [("migrate",), ("check",), *NEED_A_SCHEMA], ids=" ".join)
def test_with_faulty_settings(kibaru: Kibaru, words: tuple[str, ...]) -> None:
    done = kibaru(*words, DATABASE_URL="hunter2", PORT="none", AT_USERNAME="sandbox")
    assert (done.code, done.out) == (1, "")
    told = [line.partition(":")[0] for line in done.err.splitlines()]
    assert told == ["DATABASE_URL", "PORT", "AT_USERNAME and AT_API_KEY"]
    assert "hunter2" not in done.err


def test_with_a_faulty_catalogue(kibaru: Kibaru, tmp_path: Path) -> None:
    metadata = kibaru("dhis2", "metadata", KIBARU_CATALOGUE=str(tmp_path))
    assert (metadata.code, metadata.out) == (1, "")
    assert "programme.toml" in metadata.err
    check = kibaru("check", KIBARU_CATALOGUE=str(tmp_path), REDIS_URL="redis://127.0.0.1:1/0")
    assert check.code == 1
    assert "FAULT catalogue: programme.toml" in check.out


def test_migrate_is_harmless_to_repeat(kibaru: Kibaru) -> None:
    first, second = kibaru("migrate"), kibaru("migrate")
    assert (first.code, second.code) == (0, 0)
    assert first.out.startswith("done: 0001 ")
    assert second.out == "the schema is up to date\n"
    assert Path("var/kibaru.db").exists()


def test_migrate_leaves_a_newer_database_alone(kibaru: Kibaru, database_url: str) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    done = kibaru("migrate", DATABASE_URL=database_url)
    assert (done.code, done.out) == (1, "")
    assert done.err == "the database stands at migration 9999, made by a newer version\n"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("70", "not a phone number"),
        ("awa", "not a phone number"),
        ("7.0E+07", "a spreadsheet has shortened this number"),
    ],
)
def test_a_phone_with_a_number_that_is_none(kibaru: Kibaru, number: str, told: str) -> None:
    done = kibaru("phone", number, WEBHOOK_TOKENS="a-token-of-twenty-two-signs")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(told)


def test_a_phone_without_a_gateway(kibaru: Kibaru) -> None:
    done = kibaru("phone", "+22370000001")
    assert (done.code, done.out) == (1, "")
    assert "make run" in done.err
