"""Tests of `python -m gateway.web`: bodies off the wire, killed processes, logs, settings."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, delete, func, select

from gateway.storage.engine import connect
from gateway.storage.tables import inbox, secrets
from gateway.web.__main__ import main
from tests.gateway.web.conftest import TOKEN
from tests.gateway.web.served import READY, Web, eventually, free_port, serving

pytestmark = pytest.mark.xdist_group("timing")

Start = Callable[[dict[str, str]], tuple[int, str]]

NOBODY = "redis://127.0.0.1:1/0"
SMS = "id={}&from=%2B22370000001&text=PEC+10"
HEAD = (
    f"POST /at/{TOKEN}/sms HTTP/1.1\r\nHost: kibaru\r\nConnection: close\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
).encode()


@pytest.fixture
def web(tmp_path: Path, sqlite_url: str) -> Iterator[Web]:
    with serving(tmp_path, {"DATABASE_URL": sqlite_url, "REDIS_URL": NOBODY}) as running:
        yield running


@pytest.fixture
def stored(sqlite_url: str) -> Iterator[Engine]:
    engine = connect(sqlite_url)
    yield engine
    engine.dispose()


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(inbox)) or 0


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Return a body without its length, as HTTP/1.1 sends it in pieces (RFC 9112, 7.1)."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


def test_bodies_off_the_wire(web: Web, stored: Engine) -> None:
    body = SMS.format(1).encode()
    length = b"Content-Length: %d\r\n\r\n"
    in_chunks = b"Transfer-Encoding: chunked\r\n\r\n"
    large = b"id=3&from=1&text=" + b"9" * 20_000
    said = [
        web.say(HEAD + length % len(body) + body),
        web.say(HEAD + in_chunks + chunked(b"id=2", body[4:9], body[9:])),
        web.say(HEAD + length % len(large) + large),
        web.say(HEAD + in_chunks + chunked(*[large[:5000], large[5000:]])),
        web.say(HEAD + length % (len(body) + 5) + body, hang_up=True),
        web.say(HEAD.replace(TOKEN.encode(), b"wrong") + length % len(large) + large),
        web.say(HEAD.replace(TOKEN.encode(), b"%ff%00") + length % 0),
    ]
    statuses = [line.split(b" ")[1] for line in said]
    assert statuses == [b"200", b"200", b"413", b"413", b"400", b"404", b"404"]
    assert count(stored) == 2


def test_killed_processes_are_replaced_while_web_answers(web: Web, stored: Engine) -> None:
    first = web.workers()
    assert len(first) == 2
    os.kill(min(first), signal.SIGKILL)
    assert eventually(lambda: len(web.workers() - {min(first)}) == 2)
    for number in range(10):
        assert eventually(lambda number=number: taken(web, number))
    assert count(stored) == 10
    assert web.process.poll() is None
    assert [event["event"] for event in web.events() if event["level"] == "error"]


def taken(web: Web, number: int) -> bool:
    """Return whether a message was taken.

    A connection may have been waiting for the process that died.
    """
    try:
        return web.post("sms", SMS.format(number))[0] == 200
    except OSError:
        return False


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly(web: Web, end: signal.Signals) -> None:
    workers = web.workers()
    web.process.send_signal(end)
    assert web.process.wait(READY) == 0
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert "Traceback" not in web.log.read_text()


def test_no_process_outlives_the_first(web: Web) -> None:
    workers = web.workers()
    web.process.kill()
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_nothing_personal_and_no_secret_is_logged(web: Web, stored: Engine) -> None:
    text, name, phone = "secretword 4711", "Awa Kolani", "22370009876"
    body = f"from=%2B{phone}&text={quote(f'{text} {name}')}&id="
    assert web.post("sms", body + "1")[0] == 200
    assert web.post("sms", body)[0] == 400
    with stored.begin() as connection:
        key = connection.scalar(select(secrets.c.value))
        connection.execute(delete(secrets))
    # The hash key is known to the process that has taken a message, not to the other one.
    assert eventually(lambda: web.post("sms", body + "2")[0] == 503)
    with stored.begin() as connection:
        connection.exec_driver_sql("DROP TABLE delivery_reports")
        connection.exec_driver_sql("ALTER TABLE opt_outs DROP COLUMN since")
    assert web.post("delivery", f"id=ATXid_1&status=Success&phoneNumber=%2B{phone}")[0] == 503
    assert web.post("optout", f"senderId=KIBARU&phoneNumber=%2B{phone}")[0] == 503
    assert web.ask("POST", f"/at/wrong-{TOKEN}/sms", body)[0] == 404
    events = web.events()
    assert {"web_waits_for", "signal_failed", "request_failed"} <= {
        event["event"] for event in events
    }
    assert all("timestamp" in event and "level" in event for event in events)
    failures = [event["exception"] for event in events if event["event"] == "request_failed"]
    assert any("LookupError" in event and "inbox.py" in event for event in failures)
    log = web.log.read_text()
    for canary in (text.split(maxsplit=1)[0], "4711", "Kolani", phone, phone[3:], TOKEN, str(key)):
        assert canary not in log


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, ["WEBHOOK_TOKENS"]),
        (
            {"WEBHOOK_TOKENS": "hunter2", "PORT": "none", "DATABASE_URL": "mysql://u:hunter2@h/n"},
            ["DATABASE_URL", "PORT", "WEBHOOK_TOKENS"],
        ),
    ],
)
def test_faulty_settings_are_told_in_words(
    start: Start, environ: dict[str, str], told: list[str]
) -> None:
    code, said = start(environ)
    assert code == 1
    assert [line.partition(":")[0] for line in said.splitlines()] == told
    assert "hunter2" not in said


def test_a_faulty_catalogue_is_told_in_words(start: Start, tmp_path: Path) -> None:
    (tmp_path / "programme.toml").write_text("on_time_until = 'soon'\n[", encoding="utf-8")
    code, said = start({"WEBHOOK_TOKENS": TOKEN, "KIBARU_CATALOGUE": str(tmp_path)})
    assert code == 1
    assert "programme.toml" in said


def test_a_port_that_is_taken_is_told_in_words(start: Start) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port), reuse_port=True):
        found = start({"WEBHOOK_TOKENS": TOKEN, "PORT": str(port)})
    assert found == (1, f"PORT: {port} cannot be used: Address already in use\n")


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Start:
    """Return a way to start a web process, within this one, that should give up at once."""

    def started(environ: dict[str, str]) -> tuple[int, str]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return main(), capsys.readouterr().err

    return started
