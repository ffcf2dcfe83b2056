"""The sandbox DHIS2 as a Flask application: checks before each request, then the routes."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider

from gateway.sandbox.dhis2 import admin, api_data, api_metadata, api_tracker
from gateway.sandbox.dhis2.access import (
    DEFAULT_PASSWORD,
    DEFAULT_TOKEN,
    DEFAULT_USERNAME,
    Account,
    refuse,
    token_of,
)
from gateway.sandbox.dhis2.faults import Fault, Kind
from gateway.sandbox.dhis2.frontend import EARLY
from gateway.sandbox.dhis2.sandbox import Sandbox
from gateway.sandbox.dhis2.summary import Family
from gateway.sandbox.dhis2.writing import dropped

LARGEST_BODY = 64 * 1024 * 1024


class _Json(DefaultJSONProvider):
    """JSON with keys in the order in which the real server gives them; sorting costs time too."""

    sort_keys = False


def utc_now() -> datetime:
    """Return the server's clock, unless a test passes another one."""
    return datetime.now(UTC)


def create_app(
    family: Family = "legacy",
    *,
    clock: Callable[[], datetime] = utc_now,
    timer: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
    username: str = DEFAULT_USERNAME,
    password: str = DEFAULT_PASSWORD,
    token: str = DEFAULT_TOKEN,
) -> Flask:
    """Return a stand-in for a DHIS2 server, empty but for the default category combo.

    `family` is `legacy` for 2.38 to 2.42 and `sql` for 2.43 and later: their importers differ
    in codes, granularity and HTTP status. `clock` (aware, UTC) decides which months are open.
    One account is let in, by password or token. `app.extensions["dhis2"]` is the Sandbox,
    with the state, the ledger and the fault switches. It knows JSON alone: no XML, CSV, ADX.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json = _Json(app)
    account = Account(username, password, token)
    sandbox = Sandbox(family, clock, timer, pause, account)
    app.extensions["dhis2"] = sandbox
    for routes in (api_data, api_tracker, api_metadata, admin):
        app.register_blueprint(routes.blueprint)
    app.before_request(lambda: _before_request(sandbox))
    app.after_request(lambda response: _after_request(sandbox, response))
    return app


def _before_request(sandbox: Sandbox) -> Response | None:
    """Record the call, apply its fault, authenticate it."""
    if not request.path.startswith("/api/"):
        return None
    token = token_of(request)
    size = request.content_length or 0
    fault = sandbox.faults.take(request.method, request.path, size, by_token=token is not None)
    who = "token" if token is not None else "basic"
    g.fault = fault
    g.standing = sandbox.faults.standing(request.method, request.path)
    name = g.standing.names if fault is None else fault.kind.value
    g.call = sandbox.ledger.start(who, request.method, request.path, sandbox.timer(), name)
    if fault is not None and fault.kind in EARLY:
        return EARLY[fault.kind](fault)
    if fault is not None and _breaks(fault):
        return dropped()
    if fault is not None and fault.kind is Kind.SLOW and request.method == "GET":
        sandbox.pause(fault.seconds)
    return refuse(sandbox.account, request)


def _breaks(fault: Fault) -> bool:
    """Return whether to drop the connection before any work: a GET has nothing to write."""
    return fault.kind is Kind.DROP or (fault.kind is Kind.RESET and request.method == "GET")


def _after_request(sandbox: Sandbox, response: Response) -> Response:
    """End the record of the call; that of a late write ends when the write is applied."""
    if "call" in g:
        g.call.status = response.status_code
        if g.fault is None or g.fault.kind is not Kind.LATE:
            g.call.ended = sandbox.timer()
    return response
