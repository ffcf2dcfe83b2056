"""The logs: a JSON object for each line, without messages and values of exceptions."""

import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

import pytest
import structlog

from gateway import logs

Lines = list[dict[str, Any]]


class Screen(StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def configured(level: str, stream: StringIO) -> StringIO:
    """Configure logs that go to this stream."""
    with redirect_stderr(stream):
        logs.configure(level)
    return stream


def lines(stream: StringIO) -> Lines:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def parse(text: str) -> int:
    """Fails as a parser does, quoting what it was given."""
    try:
        return int(text)
    except ValueError as wrong:
        raise LookupError(f"no {text}") from wrong


def test_an_event_is_a_line_of_json() -> None:
    stream = configured("INFO", StringIO())
    structlog.get_logger().warning("sms_not_stored", message=7)
    logging.getLogger("some.library").error("it said %s", "so\nand so")
    first, second = lines(stream)
    assert (first["event"], first["level"], first["message"]) == ("sms_not_stored", "warning", 7)
    assert (second["event"], second["level"]) == ("it said so\nand so", "error")
    assert first["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("level", "events"),
    [("DEBUG", ["a", "b", "c"]), ("INFO", ["b", "c"]), ("ERROR", ["c"])],
)
def test_the_level_counts(level: str, events: list[str]) -> None:
    stream = configured(level, StringIO())
    log = structlog.get_logger()
    log.debug("a")
    log.info("b")
    log.error("c")
    logging.getLogger("urllib3").info("chatter")
    assert [line["event"] for line in lines(stream)] == events


@pytest.mark.parametrize("kind", [StringIO, Screen])
def test_a_failure_tells_where_and_not_what(kind: type[StringIO]) -> None:
    stream = configured("INFO", kind())
    try:
        parse("secretword")
    except LookupError as error:
        structlog.get_logger().error("request_failed", exc_info=error)
        logging.getLogger("some.library").exception("it failed")
    told = stream.getvalue()
    assert "secretword" not in told
    for word in ("builtins.ValueError", "which led to", "builtins.LookupError", "test_logs.py"):
        assert told.count(word) >= 2
