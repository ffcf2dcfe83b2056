"""Tests of the stand-in as a process: it does not start on faulty metadata or a taken port."""

import socket

import pytest

from gateway.sandbox.dhis2.server import serve
from tests.gateway.sandbox.dhis2.world import metadata, unit


def never(url: str) -> None:
    raise AssertionError(f"served at {url}")


def test_faulty_metadata() -> None:
    faulty = {"organisationUnits": [unit("UnitNumber1", "A", "UnitNowhere")]}
    with pytest.raises(ValueError, match="UnitNowhere"):
        serve("legacy", 0, faulty, account={}, ready=never)


def test_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve("sql", taken.getsockname()[1], metadata(), account={}, ready=never)
