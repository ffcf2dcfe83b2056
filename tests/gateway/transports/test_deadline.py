"""Tests of the total deadline of one HTTP call, seen from the socket it may shut."""

import socket
from collections.abc import Iterator
from threading import Event
from threading import enumerate as threads

import pytest
import requests

from gateway.transports.deadline import Deadline, DeadlineAdapter, Watch
from tests.gateway.transports.canned import canned, say

pytestmark = pytest.mark.xdist_group("timing")

AGES = 1000.0


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(10.0)
        yield ours, theirs


def passed(deadline: Deadline) -> None:
    """Wait until the time is over, and fail when it does not end."""
    tick = Event()
    for _ in range(1000):
        if deadline.over:
            return
        tick.wait(0.01)
    pytest.fail("the deadline did not pass")


def test_the_socket_is_shut_when_time_is_over(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with Deadline(0.01) as deadline:
        deadline.watch(ours)
        assert theirs.recv(1) == b""
        passed(deadline)
    assert deadline.sent


def test_nothing_leaves_once_time_is_over(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with Deadline(0.01) as deadline:
        passed(deadline)
        deadline.watch(ours)
    with pytest.raises(BrokenPipeError):
        ours.sendall(b"late")
    assert theirs.recv(1) == b""
    assert not deadline.sent


def test_a_call_that_ended_in_time_leaves_its_socket_alone() -> None:
    """The time ends just before the call, or just after it, or at the same moment."""
    watch = Watch()
    for _ in range(100):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            with Deadline(0.001, watch) as deadline:
                deadline.watch(ours)
                Event().wait(0.001)
            if deadline.over:
                assert theirs.recv(9) == b""
            else:
                ours.sendall(b"next call")
                assert theirs.recv(9) == b"next call"


def test_a_watch_ends_the_shorter_of_two_calls(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    watch = Watch()
    with Deadline(AGES, watch) as long, Deadline(0.01, watch) as short:
        short.watch(ours)
        assert theirs.recv(1) == b""
        passed(short)
    assert not long.over


def test_a_watch_ends_its_thread_after_the_last_call_and_starts_one_again() -> None:
    watch = Watch()
    for _ in range(2):
        before = set(threads())
        with Deadline(AGES, watch):
            (thread,) = set(threads()) - before
        thread.join(10.0)
        assert not thread.is_alive()


def test_a_call_without_deadline_is_an_ordinary_one() -> None:
    with canned(say(200, {"fine": True})) as server, requests.Session() as session:
        session.mount("http://", DeadlineAdapter())
        assert session.get(server.url, timeout=10.0).json() == {"fine": True}


def test_whether_anything_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()[1]
    with canned(say(200, {})) as server, requests.Session() as session:
        session.mount("http://", DeadlineAdapter())
        with Deadline(AGES) as deadline, pytest.raises(requests.ConnectionError):
            session.get(f"http://127.0.0.1:{nobody}", timeout=10.0)
        assert not deadline.sent
        with Deadline(AGES) as deadline:
            session.get(server.url, timeout=10.0)
        assert deadline.sent
        assert not deadline.over
