"""Holds up durability: whatever is killed, emptied or away, each report ends up stored, answered
and in DHIS2, once."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from gateway.storage import destinations
from gateway.storage.engine import reading
from gateway.storage.tables import inbox, outbox
from menus.model.catalogue import Period
from tests.journeys import attacks
from tests.journeys.batch import assert_answered, assert_in_dhis2, assert_nothing_lost, batch
from tests.journeys.deployment import House
from tests.journeys.processes import descendants, is_alive, send, wait_for

REPORTS = 120  # two requests to DHIS2
WAVE = 16  # replies that one worker may have in its hands

on_sqlite = pytest.mark.parametrize("running_house", ["sqlite"], indirect=True, scope="module")
on_postgresql = pytest.mark.parametrize(
    "running_house", ["postgresql"], indirect=True, scope="module"
)


@pytest.fixture
def house(running_house: House) -> Iterator[House]:
    """The house of these journeys, whole and well before and after each."""
    running_house.start()
    yield running_house
    running_house.dhis2.let_go()
    running_house.operator.well()


@on_sqlite
@pytest.mark.parametrize(
    "kill", [attacks.kill_job, attacks.kill_rq_worker, attacks.kill_supervisor]
)
def test_a_worker_is_killed_while_dhis2_works(
    house: House, month: Period, kill: Callable[[House, str], None]
) -> None:
    sent = batch(house, month, REPORTS)
    house.dhis2.hold()
    ids = house.send_all(sent.texts())
    wait_for(house.dhis2.under_way, "DHIS2 is at work")
    victim = attacks.job(house, "forward")
    send(victim, signal.SIGSTOP)  # so that the moment lasts
    tokens = attacks.leases(house, "dhis2")
    kill(house, "forward")
    send(victim, signal.SIGCONT)
    house.start()
    # Somebody else goes on with the rest, as far as there is a place among the requests at once,
    # and must leave alone what DHIS2 still works on.
    wait_for(
        lambda: len(attacks.leases(house, "dhis2")) == 2 or not attacks.unclaimed(house, "dhis2"),
        "both places are taken, or nothing is left",
    )
    house.dhis2.let_go()
    wait_for(lambda: not is_alive(victim), "the job has ended, in whatever way")
    attacks.let_leases_end(house, tokens)
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_in_dhis2(house, sent, writes=2)
    assert_answered(house, sent)


@on_postgresql
def test_all_workers_are_killed_while_both_far_sides_work(house: House, month: Period) -> None:
    sent = batch(house, month, REPORTS)
    house.dhis2.hold()
    house.operator.fault(slow=2.0, times=10_000)
    ids = house.send_all(sent.texts())
    wait_for(house.dhis2.under_way, "DHIS2 is at work")
    attacks.kill_all_workers(house)
    house.empty_redis()
    house.dhis2.let_go()
    house.operator.well()
    attacks.let_leases_end(house, attacks.leases(house, "reply", "dhis2"))
    house.start()
    wait_for(lambda: attacks.let_pauses_end(house), "replies in doubt")
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_in_dhis2(house, sent, writes=2)
    assert_answered(house, sent, twice=WAVE)


@on_sqlite
def test_workers_are_asked_to_stop_in_the_middle(house: House, month: Period) -> None:
    sent = batch(house, month, REPORTS)
    house.dhis2.hold()
    house.operator.fault(slow=1.0, times=10_000)
    ids = house.send_all(sent.texts())
    wait_for(house.dhis2.under_way, "DHIS2 is at work")
    wait_for(lambda: house.operator.count() % REPORTS, "some replies are sent")
    below = descendants(house.programs["worker"].pid)
    tokens = attacks.leases(house, "dhis2")
    assert house.programs["worker"].stop() == 0
    assert not any(map(is_alive, below))
    house.dhis2.let_go()
    house.operator.well()
    attacks.let_leases_end(house, tokens)  # the request to DHIS2 had to be cut off
    house.start()
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_in_dhis2(house, sent, writes=2)
    assert_answered(house, sent)


@on_postgresql
def test_a_worker_is_killed_just_before_its_commit(house: House, month: Period) -> None:
    sent = batch(house, month, REPORTS)
    # The counters are written last of all, so whoever waits for them has done everything else.
    with house.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("LOCK TABLE tallies IN EXCLUSIVE MODE"))
        ids = house.send_all(sent.texts())
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with house.engine.connect() as other:
            wait_for(lambda: other.execute(waits).scalar(), "a batch before its COMMIT")
        attacks.kill_job(house, "read")
        transaction.rollback()
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_in_dhis2(house, sent, writes=1)
    assert_answered(house, sent)


@on_sqlite
def test_a_worker_is_killed_while_it_reads(house: House, month: Period) -> None:
    sent = batch(house, month, REPORTS)
    house.stop("worker")
    ids = house.send_all(sent.texts())
    unread = select(func.count()).where(inbox.c.provider_id.in_(ids), inbox.c.state == "new")

    def some() -> int:
        with reading(house.engine) as connection:
            left = connection.scalar(unread) or 0
        return left if left < len(ids) else 0

    house.start("worker")
    wait_for(some, "some of the messages are read")
    attacks.kill_all_workers(house)
    house.empty_redis()
    attacks.let_leases_end(house, attacks.leases(house, "reply", "dhis2"))
    house.start()
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_in_dhis2(house, sent, writes=2)
    assert_answered(house, sent, twice=WAVE)


def kill_a_door(house: House) -> None:
    """One of the processes that answer."""
    send(descendants(house.programs["web"].pid)[0], signal.SIGKILL)


def kill_web(house: House) -> None:
    house.programs["web"].kill()
    house.start("web")


def kill_the_clock(house: House) -> None:
    house.programs["clock"].kill()
    house.empty_redis()
    house.start("clock")


@on_sqlite
@pytest.mark.parametrize(
    "attack", [kill_a_door, kill_web, kill_the_clock, House.empty_redis, House.restart_valkey]
)
def test_something_else_is_killed_or_emptied_while_messages_come_in(
    house: House, month: Period, attack: Callable[[House], None]
) -> None:
    sent = batch(house, month, REPORTS // 2)
    texts = sent.texts()
    with ThreadPoolExecutor(1) as pool:
        first = house.send_all(texts[:20])
        rest = pool.submit(house.send_all, texts[20:])
        attack(house)
        ids = first + rest.result()
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_in_dhis2(house, sent, writes=1)
    assert_answered(house, sent)
    assert house.programs["web"].lives


@on_sqlite
def test_dhis2_goes_away_and_comes_back(house: House, month: Period) -> None:
    sent = batch(house, month, REPORTS)
    house.dhis2.stop()
    ids = house.send_all(sent.texts())

    def failures() -> int:
        with reading(house.engine) as connection:
            return destinations.health(connection, destinations.DHIS2).failures

    wait_for(failures, "it is seen that DHIS2 is away")
    wait_for(lambda: set(house.waiting()) == {"dhis2"}, "everything else is done")
    house.dhis2.start()
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_in_dhis2(house, sent, writes=1)
    assert_answered(house, sent)


@on_sqlite
def test_the_operator_s_answer_is_lost(house: House, month: Period) -> None:
    sent = batch(house, month, 20)
    house.operator.fault(lost=True, times=5)
    ids = house.send_all(sent.texts())
    doubts = select(func.count()).where(outbox.c.unknowns == 1, outbox.c.state == "waiting")

    def in_doubt() -> bool:
        with reading(house.engine) as connection:
            return connection.scalar(doubts) == 5

    wait_for(in_doubt, "five replies in doubt")
    attacks.let_pauses_end(house)
    house.settle()
    assert_nothing_lost(house, sent, ids)
    assert_answered(house, sent, twice=5)
    replies = house.operator.replies_by_phone()
    assert sum(len(replies[one.phone]) for one in sent.agents) == 25
