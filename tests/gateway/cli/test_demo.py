"""Tests of the demo's parts: its settings are kept, secret and of free ports."""

import socket
from pathlib import Path

from gateway import config
from gateway.cli import demo


def test_secrets_stay_the_same_from_one_run_to_the_next(tmp_path: Path) -> None:
    first = demo._environment(tmp_path, config.load({}), "redis://127.0.0.1:1/0")
    demo._write(tmp_path / "demo.env", first)
    again = demo._environment(tmp_path, config.load({}), "redis://127.0.0.1:2/0")
    for name in ("WEBHOOK_TOKENS", "AT_API_KEY", "DHIS2_PASSWORD"):
        assert len(first[name]) > 15
        assert again[name] == first[name]
    assert config.load(again).dhis2_known


def test_settings_are_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "demo.env"
    demo._write(path, {"A": "b=c"})
    assert path.stat().st_mode & 0o077 == 0
    assert demo._kept(path) == {"A": "b=c"}
    assert demo._kept(tmp_path / "none") == {}


def test_a_taken_port_is_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert demo._port(port) != port
    assert demo._port(port) == port
