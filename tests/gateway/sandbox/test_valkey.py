"""Tests of the embedded Valkey: it starts, keeps or forgets, stops, and reports faults."""

import socket
from pathlib import Path

import pytest
import redis

from gateway.sandbox.valkey import ValkeyFault, start, valkey


def test_it_serves_on_loopback_under_its_own_process_id(tmp_path: Path) -> None:
    with valkey(tmp_path / "made") as server, redis.Redis.from_url(server.url) as client:
        assert client.info("server")["process_id"] == server.pid
        assert client.config_get("bind", "save", "appendonly") == {
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "no",
        }
    assert server.process.returncode == 0


@pytest.mark.parametrize(("durable", "kept"), [(True, b"1"), (False, None)])
def test_what_it_keeps_over_a_restart_on_the_same_port(
    tmp_path: Path, durable: bool, kept: bytes | None
) -> None:
    with valkey(tmp_path, durable=durable) as server, redis.Redis.from_url(server.url) as client:
        client.set("key", 1)
    with (
        valkey(tmp_path, port=server.port, durable=durable) as again,
        redis.Redis.from_url(again.url) as client,
    ):
        assert client.get("key") == kept
    assert again.url == server.url


def test_it_can_be_killed_and_stopped_twice(tmp_path: Path) -> None:
    server = start(tmp_path)
    server.kill()
    server.kill()
    server.stop()
    assert server.process.returncode == -9


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ValkeyFault, match="did not come up"):
            start(tmp_path, port=port)


def test_another_server_on_the_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    with valkey(tmp_path / "one") as first, pytest.raises(ValkeyFault, match="did not come up"):
        start(tmp_path / "two", port=first.port)
