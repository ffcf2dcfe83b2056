"""Tests of durability: each report ends up stored, answered and in DHIS2, once.

This holds whatever is killed, emptied or away meanwhile.
"""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from gateway.storage import destinations
from gateway.storage.engine import reading
from gateway.storage.tables import inbox, outbox
from menus.model.period import Period
from tests.journeys import attacks
from tests.journeys.batch import assert_answered, assert_in_dhis2, assert_nothing_lost, batch
from tests.journeys.deployment import Deployment
from tests.journeys.processes import descendants, is_alive, send, wait_for

pytestmark = [pytest.mark.durable, pytest.mark.xdist_group("journeys-1")]

REPORTS = 120  # two requests to DHIS2
WAVE = 16  # replies that one worker may have in its hands

on_sqlite = pytest.mark.parametrize("running_deployment", ["sqlite"], indirect=True, scope="module")
on_postgresql = pytest.mark.parametrize(
    "running_deployment", ["postgresql"], indirect=True, scope="module"
)


@pytest.fixture
def deployment(running_deployment: Deployment) -> Iterator[Deployment]:
    """Yield the deployment of these journeys, whole and well before and after each."""
    running_deployment.start()
    yield running_deployment
    running_deployment.dhis2.let_go()
    running_deployment.operator.well()


@on_sqlite
@pytest.mark.parametrize(
    "kill", [attacks.kill_job, attacks.kill_rq_worker, attacks.kill_supervisor]
)
def test_a_worker_is_killed_while_dhis2_works(
    deployment: Deployment, month: Period, kill: Callable[[Deployment, str], None]
) -> None:
    sent = batch(deployment, month, REPORTS)
    deployment.dhis2.hold()
    ids = deployment.send_all(sent.texts())
    wait_for(deployment.dhis2.under_way, "DHIS2 is at work")
    victim = attacks.job(deployment, "forward")
    send(victim, signal.SIGSTOP)  # so that the moment lasts
    tokens = attacks.leases(deployment, "dhis2")
    kill(deployment, "forward")
    send(victim, signal.SIGCONT)
    deployment.start()
    # Another worker goes on with the rest, as far as there is a place among the requests at once,
    # and must leave alone what DHIS2 still works on.
    wait_for(
        lambda: (
            len(attacks.leases(deployment, "dhis2")) == 2
            or not attacks.unclaimed(deployment, "dhis2")
        ),
        "both places are taken, or nothing is left",
    )
    deployment.dhis2.let_go()
    wait_for(lambda: not is_alive(victim), "the job has ended, in whatever way")
    attacks.let_leases_end(deployment, tokens)
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_in_dhis2(deployment, sent, writes=2)
    assert_answered(deployment, sent)


@on_postgresql
def test_all_workers_are_killed_while_operator_and_dhis2_work(
    deployment: Deployment, month: Period
) -> None:
    sent = batch(deployment, month, REPORTS)
    deployment.dhis2.hold()
    deployment.operator.fault(slow=2.0, times=10_000)
    ids = deployment.send_all(sent.texts())
    wait_for(deployment.dhis2.under_way, "DHIS2 is at work")
    attacks.kill_all_workers(deployment)
    deployment.empty_redis()
    deployment.dhis2.let_go()
    deployment.operator.well()
    attacks.let_leases_end(deployment, attacks.leases(deployment, "reply", "dhis2"))
    deployment.start()
    wait_for(lambda: attacks.let_pauses_end(deployment), "replies in doubt")
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_in_dhis2(deployment, sent, writes=2)
    assert_answered(deployment, sent, twice=WAVE)


@on_sqlite
def test_workers_are_asked_to_stop_in_the_middle(deployment: Deployment, month: Period) -> None:
    sent = batch(deployment, month, REPORTS)
    deployment.dhis2.hold()
    deployment.operator.fault(slow=1.0, times=10_000)
    ids = deployment.send_all(sent.texts())
    wait_for(deployment.dhis2.under_way, "DHIS2 is at work")
    wait_for(lambda: deployment.operator.count() % REPORTS, "some replies are sent")
    below = descendants(deployment.programs["worker"].pid)
    tokens = attacks.leases(deployment, "dhis2")
    assert deployment.programs["worker"].stop() == 0
    assert not any(map(is_alive, below))
    deployment.dhis2.let_go()
    deployment.operator.well()
    attacks.let_leases_end(deployment, tokens)  # the request to DHIS2 had to be cut off
    deployment.start()
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_in_dhis2(deployment, sent, writes=2)
    assert_answered(deployment, sent)


@on_postgresql
def test_a_worker_is_killed_just_before_its_commit(deployment: Deployment, month: Period) -> None:
    sent = batch(deployment, month, REPORTS)
    # The counters are written last of all: once they are there, everything else is done.
    with deployment.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("LOCK TABLE tallies IN EXCLUSIVE MODE"))
        ids = deployment.send_all(sent.texts())
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with deployment.engine.connect() as other:
            wait_for(lambda: other.execute(waits).scalar(), "a batch before its COMMIT")
        attacks.kill_job(deployment, "read")
        transaction.rollback()
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_in_dhis2(deployment, sent, writes=1)
    assert_answered(deployment, sent)


@on_sqlite
def test_a_worker_is_killed_while_it_reads(deployment: Deployment, month: Period) -> None:
    sent = batch(deployment, month, REPORTS)
    deployment.stop("worker")
    ids = deployment.send_all(sent.texts())
    unread = select(func.count()).where(inbox.c.provider_id.in_(ids), inbox.c.state == "new")

    def some() -> int:
        with reading(deployment.engine) as connection:
            left = connection.scalar(unread) or 0
        return left if left < len(ids) else 0

    deployment.start("worker")
    wait_for(some, "some of the messages are read")
    attacks.kill_all_workers(deployment)
    deployment.empty_redis()
    attacks.let_leases_end(deployment, attacks.leases(deployment, "reply", "dhis2"))
    deployment.start()
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_in_dhis2(deployment, sent, writes=2)
    assert_answered(deployment, sent, twice=WAVE)


def kill_a_web_process(deployment: Deployment) -> None:
    """Kill one of the processes that answer."""
    send(descendants(deployment.programs["web"].pid)[0], signal.SIGKILL)


def kill_web(deployment: Deployment) -> None:
    deployment.programs["web"].kill()
    deployment.start("web")


def kill_the_clock(deployment: Deployment) -> None:
    deployment.programs["clock"].kill()
    deployment.empty_redis()
    deployment.start("clock")


@on_sqlite
@pytest.mark.parametrize(
    "attack",
    [
        kill_a_web_process,
        kill_web,
        kill_the_clock,
        Deployment.empty_redis,
        Deployment.restart_valkey,
    ],
)
def test_something_else_is_killed_or_emptied_while_messages_come_in(
    deployment: Deployment, month: Period, attack: Callable[[Deployment], None]
) -> None:
    sent = batch(deployment, month, REPORTS // 2)
    texts = sent.texts()
    with ThreadPoolExecutor(1) as pool:
        first = deployment.send_all(texts[:20])
        rest = pool.submit(deployment.send_all, texts[20:])
        attack(deployment)
        ids = first + rest.result()
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_in_dhis2(deployment, sent, writes=1)
    assert_answered(deployment, sent)
    assert deployment.programs["web"].lives


@on_sqlite
def test_dhis2_goes_away_and_comes_back(deployment: Deployment, month: Period) -> None:
    sent = batch(deployment, month, REPORTS)
    deployment.dhis2.stop()
    ids = deployment.send_all(sent.texts())

    def failures() -> int:
        with reading(deployment.engine) as connection:
            return destinations.health(connection, destinations.DHIS2).failures

    wait_for(failures, "it is seen that DHIS2 is away")
    wait_for(lambda: set(deployment.waiting()) == {"dhis2"}, "everything else is done")
    deployment.dhis2.start()
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_in_dhis2(deployment, sent, writes=1)
    assert_answered(deployment, sent)


@on_sqlite
def test_the_operator_s_answer_is_lost(deployment: Deployment, month: Period) -> None:
    sent = batch(deployment, month, 20)
    deployment.operator.fault(lost=True, times=5)
    ids = deployment.send_all(sent.texts())
    doubts = select(func.count()).where(outbox.c.unknowns == 1, outbox.c.state == "waiting")

    def in_doubt() -> bool:
        with reading(deployment.engine) as connection:
            return connection.scalar(doubts) == 5

    wait_for(in_doubt, "five replies in doubt")
    attacks.let_pauses_end(deployment)
    deployment.settle()
    assert_nothing_lost(deployment, sent, ids)
    assert_answered(deployment, sent, twice=5)
    replies = deployment.operator.replies_by_phone()
    assert sum(len(replies[agent.phone]) for agent in sent.agents) == 25
