"""Tests of what the views share: made without a connection, and of the application at hand."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from gateway import config
from gateway.storage.engine import StorageFault
from gateway.web.context import WebServices, services
from tests.gateway.web.conftest import NOW, TOKEN


def clock() -> datetime:
    return NOW


def test_nothing_is_connected_until_it_is_used(tmp_path: Path) -> None:
    url = f"sqlite:////dev/null/{tmp_path.name}.db"
    settings = config.load({"WEBHOOK_TOKENS": TOKEN, "DATABASE_URL": url})
    shared = WebServices(settings, clock)
    assert shared.clock() == NOW
    assert shared.services.context.catalogue is shared.catalogue
    with pytest.raises(StorageFault):
        _ = shared.hash_key
    shared.engine.dispose()


def test_views_find_them_in_their_application(app: Flask) -> None:
    with app.app_context():
        found = services()
    assert found is app.extensions["kibaru"]
    assert len(found.hash_key) >= 16
    assert found.services.hash_key() == found.hash_key
