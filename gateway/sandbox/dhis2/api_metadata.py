"""The routes of DHIS2's Web API about the server, the account and the metadata."""

from itertools import count

from flask import Blueprint, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from gateway.sandbox.dhis2 import fields, options, reads
from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.metadata_import import import_metadata
from gateway.sandbox.dhis2.options import Unreadable
from gateway.sandbox.dhis2.sandbox import Sandbox
from gateway.sandbox.dhis2.state import KINDS
from gateway.sandbox.dhis2.summary import web_message

blueprint = Blueprint("api_metadata", __name__, url_prefix="/api")


@blueprint.post("/metadata")
def post_metadata() -> ResponseReturnValue:
    """Import metadata, or with `importMode=VALIDATE` check it."""
    try:
        body = options.read_json(request.get_data())
    except Unreadable as error:
        return jsonify(web_message(400, str(error))), 400
    dry_run = request.args.get("importMode", "COMMIT") == "VALIDATE"
    with _sandbox().held() as state:
        answer, status = import_metadata(state, body, dry_run=dry_run)
    return jsonify(answer), status


@blueprint.get("/system/info")
def system_info() -> ResponseReturnValue:
    """Return version, clock and calendar of the server."""
    sandbox = _sandbox()
    info = reads.system_info(sandbox.family, sandbox.clock(), request.url_root)
    return jsonify(fields.pick(info, _wanted()))


@blueprint.get("/system/id")
def new_ids() -> ResponseReturnValue:
    """Return as many new UIDs as `limit` says, at most 10,000."""
    limit = min(request.args.get("limit", 1, type=int), 10_000)
    numbers = count(len(_sandbox().ledger.requests) * 10_000)
    return jsonify({"codes": [f"Sb{next(numbers):09d}" for _ in range(limit)]})


@blueprint.get("/me")
def get_me() -> ResponseReturnValue:
    """Return the account."""
    sandbox = _sandbox()
    with sandbox.held() as state:
        account = reads.me(state, sandbox.account.username, g.standing)
    return jsonify(fields.pick(account, _wanted()))


@blueprint.get("/me/authorization/<authority>")
def has_authority(authority: str) -> ResponseReturnValue:
    """Return whether the account has an authority."""
    held = _sandbox().state.authorities
    barred = authority == "F_DATAVALUE_ADD" and g.standing.strikes(Kind.NO_AUTHORITY)
    return jsonify((authority in held or "ALL" in held) and not barred)


@blueprint.get("/<kind>/<uid>")
def get_object(kind: str, uid: str) -> ResponseReturnValue:
    """Return one object of metadata, 404 for an unknown one."""
    with _sandbox().held() as state:
        found = reads.detail(state, kind, uid, g.standing) if kind in KINDS else None
    if found is None:
        message = f"{kind} with id {uid} could not be found."
        return jsonify(web_message(404, message, code="E1005")), 404
    return jsonify(fields.pick(found, _wanted()))


@blueprint.get("/<kind>")
def get_objects(kind: str) -> ResponseReturnValue:
    """Return a list, in pages of 50 unless `paging=false`."""
    if kind not in KINDS:
        return jsonify(web_message(404, f"No resource {kind}", code="E1005")), 404
    try:
        with _sandbox().held() as state:
            found = reads.listing(state, kind, request.args.getlist("filter"), g.standing)
    except ValueError as error:
        return jsonify(web_message(400, str(error))), 400
    wanted = _wanted() or fields.parse("id,displayName,name")
    if request.args.get("paging") == "false":
        return jsonify({kind: fields.pick(found, wanted)})
    size = request.args.get("pageSize", reads.PAGE_SIZE, type=int)
    page = request.args.get("page", 1, type=int)
    pager = {"page": page, "total": len(found), "pageSize": size}
    shown = found[(page - 1) * size : page * size]
    return jsonify({"pager": pager, kind: fields.pick(shown, wanted)})


def _wanted() -> fields.Wanted | None:
    asked = request.args.get("fields")
    return fields.parse(asked) if asked else None


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["dhis2"]
    return sandbox
