"""Workers run in the test's own process: what they set up of it is put back."""

import logging
import signal
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def process_as_before() -> Iterator[None]:
    """Restore logging and the handlers of SIGTERM and SIGINT."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
