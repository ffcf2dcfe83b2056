"""Tests of the loopback server: connections are kept, and dropped when it stops."""

import socket

import pytest
import requests
from flask import Flask, request

from gateway.sandbox.operator_posts import direct_session, post
from gateway.sandbox.serving import SOCKET, LoopbackServer, serving
from tests.gateway.sandbox.noting_gateway import Gateway


def test_a_server_that_was_stopped_drops_its_connections() -> None:
    with direct_session() as http:
        with serving(Gateway().app) as base:
            url = f"{base}/at/secret/sms"
            assert post(http, url, {"id": "1"}).status_code == 200
        with pytest.raises(requests.ConnectionError):
            post(http, url, {"id": "1"})


def test_a_connection_is_kept_for_the_next_request() -> None:
    app, peers = Flask("test"), list[object]()

    @app.post("/")
    def note() -> str:
        peers.append(request.environ[SOCKET].getpeername())
        return "ok"

    with serving(app) as base, direct_session() as http:
        for _ in range(2):
            assert http.post(base + "/", data="x", timeout=5).text == "ok"
    assert len(set(peers)) == 1


def test_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        LoopbackServer(Flask("test"), taken.getsockname()[1])
