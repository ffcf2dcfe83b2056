"""The web application, with its clock set, on each kind of database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import config
from gateway.web import create_app

TOKEN = "first-token-of-the-tests"
OTHER_TOKEN = "other-token-of-the-tests"
NOW = datetime(2026, 11, 3, 8, 20, tzinfo=UTC)

Post = Callable[..., TestResponse]


@contextmanager
def application(database_url: str, redis_url: str) -> Iterator[Flask]:
    """Yield the application on this database and this Redis; its time is NOW."""
    settings = config.load({"REDIS_URL": redis_url, "WEBHOOK_TOKENS": f"{TOKEN},{OTHER_TOKEN}"})
    app = create_app(replace(settings, database_url=database_url), lambda: NOW)
    try:
        yield app
    finally:
        app.extensions["kibaru"].engine.dispose()
        app.extensions["kibaru"].work_signal.close()


@pytest.fixture
def app(database_url: str, redis_url: str) -> Iterator[Flask]:
    with application(database_url, redis_url) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def post(client: FlaskClient) -> Post:
    """Return a way to post a body as the operator does: `post("sms", "id=1&…")`."""
    return posting(client)


def posting(client: FlaskClient) -> Post:
    def posted(
        webhook: str, body: str | bytes = b"", token: str = TOKEN, **more: Any
    ) -> TestResponse:
        more.setdefault("content_type", "application/x-www-form-urlencoded")
        return client.post(f"/at/{token}/{webhook}", data=body, **more)

    return posted


@pytest.fixture
def sqlite_client(sqlite_url: str, redis_url: str) -> Iterator[FlaskClient]:
    """Yield a client for tests that do not depend on the kind of database."""
    with application(sqlite_url, redis_url) as made:
        yield made.test_client()


@pytest.fixture(scope="module")
def closed_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Yield a client for answers without any look-up: neither database nor Redis is there."""
    nowhere = tmp_path_factory.mktemp("nowhere") / "kibaru.db"
    with application(f"sqlite:///{nowhere}", "redis://127.0.0.1:1/0") as made:
        yield made.test_client()
    assert not nowhere.exists()
