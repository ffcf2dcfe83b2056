"""Tests of the clock as a process: DHIS2's calendar, old texts, and rows that were left behind."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from gateway.storage.engine import reading
from gateway.storage.tables import inbox, outbox
from menus.model.period import Period
from tests.journeys.batch import assert_answered, assert_in_dhis2, assert_nothing_lost, batch
from tests.journeys.conftest import Build
from tests.journeys.deployment import EXAMPLE, Deployment
from tests.journeys.processes import PARTS, free_port, probe, program, wait_for

pytestmark = pytest.mark.xdist_group("journeys-2")

SITES = 100
NOBODY = "redis://127.0.0.1:1/0"  # nothing listens there


@pytest.fixture(scope="module")
def deployment(build: Build) -> Iterator[Deployment]:
    """Yield a deployment with web alone: the clock does all the work."""
    with build("sqlite", SITES) as deployment:
        deployment.start("web")
        yield deployment


def on(month: Period, day: int, hour: int = 8) -> datetime:
    return datetime(month.year, month.month, day, hour, tzinfo=UTC)


def test_an_incomplete_form_leaves_at_the_closing_date_without_completeness(
    deployment: Deployment, month: Period
) -> None:
    (agent,), told = deployment.agents(1), month.plus(-1)
    text = f"PEC {told.month:02d} {EXAMPLE.removesuffix(' DCD 0')}"
    deployment.send(agent.phone, text, at=on(month, 5))
    for day, expected in ((5, 0), (9, 0), (10, 12)):
        deployment.clock_once(on(month, day, 9), REDIS_URL=NOBODY)
        assert len(deployment.dhis2.values(agent.dhis2_id, told.code)) == expected
    assert "DCD" in deployment.replies(agent.phone, 1)[0]
    assert not deployment.dhis2.is_complete(agent.dhis2_id, told.code, "PEC")


def test_a_month_that_has_not_ended_waits_for_its_end(
    deployment: Deployment, month: Period
) -> None:
    (agent,) = deployment.agents(1)
    deployment.send(agent.phone, f"PEC {month.month:02d} {EXAMPLE}", at=on(month, 26))
    deployment.clock_once(on(month, 28))
    assert len(deployment.replies(agent.phone, 1)) == 1
    assert deployment.dhis2.values(agent.dhis2_id, month.code) == {}
    deployment.clock_once(on(month.plus(1), 1))
    assert len(deployment.dhis2.values(agent.dhis2_id, month.code)) == 13
    assert deployment.dhis2.is_complete(agent.dhis2_id, month.code, "PEC")


def test_texts_are_blanked_after_ninety_days(deployment: Deployment) -> None:
    (agent,) = deployment.agents(1)
    now = datetime.now(UTC)
    provider_id = deployment.send(agent.phone, "Kibaru")
    message = select(inbox.c.text, inbox.c.text_hash).where(inbox.c.provider_id == provider_id)
    reply = select(outbox.c.text, outbox.c.parts).where(
        outbox.c.phone == agent.phone, outbox.c.kind == "reply"
    )
    seen = []
    for later in (timedelta(), timedelta(days=89), timedelta(days=91)):
        deployment.clock_once(now + later)
        with reading(deployment.engine) as connection:
            seen.append([*connection.execute(message).one(), *connection.execute(reply).one()])
    assert seen[0] == seen[1]
    assert seen[2] == [None, seen[0][1], None, seen[0][3]]


def test_a_referral_reaches_dhis2_and_is_asked_after_by_the_clock(deployment: Deployment) -> None:
    (agent,) = deployment.agents(1)
    now = datetime.now(UTC)
    deployment.send(agent.phone, "REF 14 F PG ART", at=now)
    deployment.clock_once(now)
    event = select(outbox.c.state, outbox.c.reason).where(outbox.c.kind == "referral")
    asked = select(outbox.c.text).where(
        outbox.c.kind == "notice", outbox.c.phone == agent.phone, outbox.c.text.like("Rappel REF%")
    )
    with reading(deployment.engine) as connection:
        assert tuple(connection.execute(event).one()) == ("sent", None)
        assert connection.execute(asked).all() == []
    for hours in (25, 26):
        deployment.clock_once(now + timedelta(hours=hours))
    with reading(deployment.engine) as connection:
        connection.execute(asked).one()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_clocks_at_once_do_everything_once(build: Build, month: Period, kind: str) -> None:
    with build(kind, SITES) as deployment:
        deployment.start("web")
        sent = batch(deployment, month, 80)
        ids = deployment.send_all(sent.texts())
        now = datetime.now(UTC) + timedelta(minutes=1)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(deployment.clock_once, (now, now)))
        assert_nothing_lost(deployment, sent, ids)
        assert_in_dhis2(deployment, sent, writes=1)
        assert_answered(deployment, sent)


def test_what_redis_forgot_is_swept(build: Build, month: Period) -> None:
    with build("sqlite", SITES) as deployment:
        deployment.start("web")
        sent = batch(deployment, month, 20)
        ids = deployment.send_all(sent.texts())
        deployment.empty_redis()
        deployment.start("worker", "clock")
        deployment.settle()
        assert_nothing_lost(deployment, sent, ids)
        assert_in_dhis2(deployment, sent, writes=1)
        assert_answered(deployment, sent)


class Closed:
    """A port that accepts and closes every connection at once, and counts them."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener, self.callers = listener, 0
        self.port = int(listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.callers += 1
            caller.close()


@contextmanager
def closed() -> Iterator[Closed]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        refusing = Closed(listener)
        thread = Thread(target=refusing.serve, daemon=True)
        thread.start()
        yield refusing
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("part", "without", "missing"),
    [
        ("web", ("database", "redis"), "database, redis"),
        ("web", ("redis",), "redis"),
        ("worker", ("database", "redis"), "redis"),
        ("clock", ("database", "redis"), "database"),
    ],
)
def test_each_part_comes_up_alone_says_what_it_waits_for_and_stops(
    tmp_path: Path, sqlite_url: str, part: str, without: tuple[str, ...], missing: str
) -> None:
    with closed() as refusing:
        away = {
            "database": f"postgresql://kibaru@127.0.0.1:{refusing.port}/kibaru",
            "redis": f"redis://127.0.0.1:{refusing.port}/0",
        }
        environment = {
            "PORT": str(free_port()),
            "WEBHOOK_TOKENS": "journey-token-of-many-signs",
            "DATABASE_URL": away["database"] if "database" in without else sqlite_url,
            "REDIS_URL": away["redis"],
        }
        with program(tmp_path, environment, PARTS[part]) as started:
            (line,) = wait_for(started.lines, "it says something")
            first = refusing.callers
            if part == "web":
                wait_for(lambda: probe(environment["PORT"], "healthz") == 200, "web answers")
                assert probe(environment["PORT"], "readyz") == 503
            else:
                wait_for(lambda: refusing.callers > first, "it has asked again")
            assert started.stop(10) == 0
        said = json.loads(line)
        assert (said["event"], said["missing"]) == (f"{part}_waits_for", missing)
        assert started.lines() == [line]
