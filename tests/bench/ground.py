"""What the figures stand on: a Valkey, a PostgreSQL that keeps its promises, fresh databases.

The tests' PostgreSQL writes nothing through to the disk, which would flatter every figure; the
one here has fsync and synchronous_commit on, as SQLite has synchronous=FULL.
"""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import redis
from sqlalchemy.engine import make_url

from gateway.sandbox.valkey import valkey
from gateway.storage import schema
from gateway.storage.engine import connect
from tests.servers import Postgres, postgres

Kind = Literal["sqlite", "postgresql"]
KINDS: Final[tuple[Kind, ...]] = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Ground:
    """The servers of one run of the bench, and a folder that goes with it."""

    folder: Path
    redis_url: str
    server: Postgres

    def create(self, kind: Kind) -> str:
        """The URL of a new database with the gateway's schema."""
        url = f"sqlite:///{self._file()}" if kind == "sqlite" else self._on_server(None)
        engine = connect(url)
        schema.upgrade(engine)
        engine.dispose()
        return url

    def copy(self, url: str) -> str:
        """Return the URL of a copy of this database, which must have no open connection."""
        name = make_url(url).database
        if url.startswith("postgresql"):
            return self._on_server(name)
        file = self._file()
        shutil.copyfile(str(name), file)
        return f"sqlite:///{file}"

    def drop(self, url: str) -> None:
        """Drop a database, also while a client is still connected to it."""
        name = str(make_url(url).database)
        if url.startswith("postgresql"):
            self.server.drop(name)
            return
        for file in (name, f"{name}-wal", f"{name}-shm"):
            Path(file).unlink(missing_ok=True)

    def empty_redis(self) -> None:
        """Empty Redis: no signal and no job waits."""
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushdb()

    def _file(self) -> Path:
        return self.folder / f"{uuid.uuid4().hex[:12]}.db"

    def _on_server(self, template: str | None) -> str:
        return self.server.url(self.server.create(template))


@contextmanager
def ground() -> Iterator[Ground]:
    """Both servers for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="kibaru-bench-") as made, postgres(durable=True) as own:
        folder = Path(made)
        with valkey(folder / "valkey") as server:
            yield Ground(folder, server.url, own)
