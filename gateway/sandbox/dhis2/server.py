"""Run the sandbox DHIS2 in a process of its own, or in a thread of a test; on loopback only."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from gateway.config import SettingsFault, load
from gateway.sandbox.dhis2.access import DEFAULT_PASSWORD, DEFAULT_TOKEN, DEFAULT_USERNAME
from gateway.sandbox.dhis2.app import create_app

LOOPBACK = "127.0.0.1"


class _QuietHandler(WSGIRequestHandler):
    """One line a request would drown the demo's own words."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:
        """Close it: otherwise it would be kept for a next request, with no answer to this one."""
        self.close_connection = True


def bind(app: Flask, port: int = 0) -> BaseWSGIServer:
    """A server with a thread for each connection. Port 0 takes a free one.

    Raises OSError or SystemExit (werkzeug's) when the port is taken.
    """
    return make_server(LOOPBACK, port, app, threaded=True, request_handler=_QuietHandler)


@contextmanager
def running(app: Flask, port: int = 0) -> Iterator[str]:
    """The base URL of the app, served from a thread while this lasts."""
    server = bind(app, port)
    thread = Thread(target=server.serve_forever, name="sandbox-dhis2", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m gateway.sandbox.dhis2`: serves until SIGTERM or Ctrl-C. Answers the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = load()
    except SettingsFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    app = create_app(
        asked.family,
        username=settings.dhis2_username or DEFAULT_USERNAME,
        password=settings.dhis2_password or DEFAULT_PASSWORD,
        token=settings.dhis2_token or DEFAULT_TOKEN,
    )
    try:
        if asked.metadata is not None:
            app.extensions["dhis2"].load(json.loads(asked.metadata.read_text("utf-8")))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{asked.metadata}: {error}\n")
        return 1
    server = bind(app, asked.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stderr.write(f"sandbox DHIS2 ({asked.family}): http://{LOOPBACK}:{server.port}/\n")
    sys.stderr.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gateway.sandbox.dhis2",
        description="A stand-in for a DHIS2 server, on loopback. The page at / shows the "
        "values; POST /sandbox/faults makes things go wrong; GET /sandbox/ledger tells who "
        "wrote what. The account is DHIS2_USERNAME and DHIS2_PASSWORD, or DHIS2_TOKEN, of the "
        "environment, else one of its own.",
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument(
        "--family",
        choices=("legacy", "sql"),
        default="legacy",
        help="the importer up to 2.42, or from 2.43 on",
    )
    parser.add_argument(
        "--metadata", type=Path, help="a metadata JSON, as `kibaru dhis2 metadata` makes it"
    )
    return parser
