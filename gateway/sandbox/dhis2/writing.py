"""Applying a write: at once, or as the fault of the request demands."""

from collections.abc import Callable
from typing import Never, Self

from flask import Response, current_app, g, json, jsonify
from flask.typing import ResponseReturnValue

from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.frontend import proxy_page
from gateway.sandbox.dhis2.model import Json, Key
from gateway.sandbox.dhis2.sandbox import Sandbox
from gateway.sandbox.dhis2.summary import web_message

Answer = tuple[Json, int]


class Dropped:
    """A body that breaks the connection before its first byte, so that no answer arrives."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Never:
        raise ConnectionResetError("the sandbox drops this connection")


def dropped() -> Response:
    """Return an answer that never arrives. The test client raises ConnectionResetError."""
    return Response(Dropped(), mimetype="application/json")


def _failed_import() -> Answer:
    return web_message(500, "An unexpected error occurred in the importer"), 500


def _half(body: Json) -> Response:
    """Return the first half of the answer, as if that were all of it."""
    text = json.dumps(body)
    return Response(text[: len(text) // 2], mimetype="application/json")


def carry_out(
    keys: list[Key], work: Callable[[], Answer], crash: Callable[[], Answer] = _failed_import
) -> ResponseReturnValue:
    """Do the work on these keys, as slowly, late or fruitlessly as the fault demands.

    `crash` is done in its place when the importer fails. Either runs under the
    sandbox's lock; while it waits for that, or for the fault's seconds, the ledger counts the
    request as being at work on its keys.
    """
    sandbox: Sandbox = current_app.extensions["dhis2"]
    fault, call = g.fault, g.call
    kind = None if fault is None else fault.kind
    work = crash if kind is Kind.CRASH else work
    delay = fault.seconds if kind in (Kind.SLOW, Kind.LATE) else 0.0

    def apply() -> Answer:
        with sandbox.ledger.writing(call, keys):
            if delay:
                sandbox.pause(delay)
            with sandbox.held():
                answer = work()
                call.ended = sandbox.timer()
        return answer

    if kind is Kind.LATE:
        sandbox.later(apply)
        return proxy_page(504, "Gateway Time-out")
    body, status = apply()
    if kind is Kind.RESET:
        return dropped()
    return _half(body) if kind is Kind.CUT else (jsonify(body), status)
