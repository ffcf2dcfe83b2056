"""Administration of the stand-in, beside the API: a page of values, the ledger, the switches."""

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from gateway.sandbox.dhis2 import faults, frontend, page
from gateway.sandbox.dhis2.sandbox import Sandbox

blueprint = Blueprint("admin", __name__)

LEDGER_LIMIT = 1000


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Show the values by unit and month, newest month first.

    `?period=` and `?orgUnit=` select some.
    """
    sandbox = _sandbox()
    with sandbox.held() as state:
        return page.render(
            state, sandbox.family, request.args.get("period"), request.args.get("orgUnit")
        )


@blueprint.get("/login/")
def login() -> ResponseReturnValue:
    """Answer a client that follows redirects with a 200 that means nothing."""
    return frontend.LOGIN_PAGE


@blueprint.get("/sandbox/values")
def values() -> ResponseReturnValue:
    """Return every value and registration with codes, for people and scripts."""
    sandbox = _sandbox()
    with sandbox.held() as state:
        return jsonify(page.as_json(state, request.args.get("period"), request.args.get("orgUnit")))


@blueprint.get("/sandbox/ledger")
def ledger() -> ResponseReturnValue:
    """Return the newest requests and writes, and every overlap."""
    limit = request.args.get("limit", LEDGER_LIMIT, type=int)
    return jsonify(_sandbox().ledger.as_json(max(limit, 1)))


@blueprint.delete("/sandbox/ledger")
def clear_ledger() -> ResponseReturnValue:
    """Forget all requests and writes."""
    _sandbox().ledger.clear()
    return "", 204


@blueprint.get("/sandbox/faults")
def list_faults() -> ResponseReturnValue:
    """List the faults that are on."""
    return jsonify(_sandbox().faults.listed())


@blueprint.post("/sandbox/faults")
def set_fault() -> ResponseReturnValue:
    """Switch on a fault, such as `{"kind": "down", "times": 3}`; `faults.Kind` lists the kinds."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        return jsonify({"error": "expected a JSON object"}), 400
    try:
        _sandbox().faults.add(faults.from_json(body))
    except (ValueError, TypeError) as error:
        return jsonify({"error": str(error)}), 400
    return jsonify(_sandbox().faults.listed()), 201


@blueprint.delete("/sandbox/faults")
def clear_faults() -> ResponseReturnValue:
    """Switch off all faults."""
    _sandbox().faults.clear()
    return "", 204


@blueprint.post("/sandbox/trim")
def trim() -> ResponseReturnValue:
    """Delete the zeros that are not significant, as 2.43 does at night."""
    return jsonify({"trimmed": _sandbox().trim()})


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["dhis2"]
    return sandbox
