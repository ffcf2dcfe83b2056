"""Tests of what is kept of a dialogue between two hops: one round trip a hop, exact, for a time."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from gateway.storage.dialogues import REST, Dialogues, DialoguesAway

STATE = {"at": "menu"}


@pytest.fixture
def kept(redis_url: str) -> Iterator[Dialogues]:
    made = Dialogues(redis_url, 600)
    yield made
    made.close()


def texts(kept: Dialogues, text: str) -> tuple[str, ...]:
    found = kept.hop("d", text)
    assert found is not None
    return found.texts


def test_a_dialogue_that_was_never_there(kept: Dialogues) -> None:
    assert kept.hop("d", "") is None
    assert kept.hop("d", "1") is None


def test_what_goes_on_is_added_and_a_repeat_is_not(kept: Dialogues) -> None:
    assert kept.keep("d", STATE, "", seen=None)
    assert texts(kept, "") == ("",)
    assert texts(kept, "1") == ("", "1")
    assert texts(kept, "1") == ("", "1")
    assert texts(kept, "1*45*38") == ("", "1", "1*45*38")
    assert texts(kept, "1*45*38*") == ("", "1", "1*45*38", "1*45*38*")


@pytest.mark.parametrize("text", ["", "1", "1*4", "2*45", "1*450", "1*45x"])
def test_what_does_not_go_on_is_not_added(kept: Dialogues, text: str) -> None:
    kept.keep("d", STATE, "1*45", seen=None)
    assert texts(kept, text) == ("1*45",)


def test_the_state_is_what_was_kept(kept: Dialogues) -> None:
    kept.keep("d", {"text": "é*\n", "typed": {"VUS": 45}}, "1", seen=None)
    found = kept.hop("d", "1*2")
    assert found is not None
    assert json.loads(found.kept) == {"text": "é*\n", "typed": {"VUS": 45}}


def test_a_slow_hop_does_not_undo_a_later_one(kept: Dialogues) -> None:
    kept.keep("d", STATE, "", seen=None)
    texts(kept, "1")
    assert not kept.keep("d", {"at": "posts"}, "", seen=None)
    texts(kept, "1*2")
    assert not kept.keep("d", {"at": "forms"}, "1", seen="1")
    assert texts(kept, "1*2") == ("", "1", "1*2")
    assert kept.keep("d", {"at": "numbers"}, "1*2", seen="1*2")
    assert texts(kept, "1*2") == ("1*2",)


def test_what_is_forgotten_is_gone(kept: Dialogues) -> None:
    kept.keep("d", STATE, "", seen=None)
    kept.forget("d")
    assert kept.hop("d", "1") is None


def test_it_is_kept_for_as_long_as_is_said(redis_url: str) -> None:
    kept = Dialogues(redis_url, 77)
    kept.keep("d", STATE, "", seen=None)
    with redis.Redis.from_url(redis_url) as client:
        (key,) = client.keys("*")
        assert client.ttl(key) == 77
        client.expire(key, 5)
        kept.hop("d", "1")
        assert client.ttl(key) == 77
    kept.close()


def commands(client: "redis.Redis[Any]") -> dict[str, int]:
    """How often each command was called from outside, since the server began."""
    found = client.info("commandstats")
    return {name: one["calls"] for name, one in found.items() if name.startswith("cmdstat_eval")}


def test_a_hop_is_one_round_trip(kept: Dialogues, redis_url: str) -> None:
    kept.keep("d", STATE, "", seen=None)
    kept.hop("d", "1")
    sent: list[str] = []
    with redis.Redis.from_url(redis_url) as client, redis.Redis.from_url(redis_url) as watcher:
        client.ping()
        with watcher.monitor() as monitor:
            kept.hop("d", "1*2")
            client.echo("done")
            for command in monitor.listen():
                if command["command"].startswith("ECHO"):
                    break
                if command["client_type"] != "lua":
                    sent.append(command["command"].partition(" ")[0])
    assert sent == ["EVALSHA"]


def test_it_costs_the_same_beside_a_thousand_others(kept: Dialogues, redis_url: str) -> None:
    for number in range(1000):
        kept.keep(f"other{number}", STATE, "", seen=None)
    kept.keep("d", STATE, "", seen=None)
    kept.hop("d", "1")
    with redis.Redis.from_url(redis_url) as client:
        client.config_resetstat()
        kept.hop("d", "1*2")
        assert list(commands(client).values()) == [1]


def test_a_redis_that_hangs_counts_as_down_and_is_left_alone() -> None:
    now = 0.0
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        kept = Dialogues(address, 600, timeout=0.05, clock=lambda: now)
        with pytest.raises(DialoguesAway):
            kept.hop("d", "1")
        server.settimeout(5)
        server.accept()[0].close()
        with pytest.raises(DialoguesAway):
            kept.hop("d", "1")
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()
        now = REST + 1
        with pytest.raises(DialoguesAway):
            kept.hop("d", "1")
        server.settimeout(5)
        server.accept()[0].close()
        kept.close()
