"""The routes of DHIS2's Web API about data values and completeness."""

from dataclasses import replace

from flask import Blueprint, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from gateway.sandbox.dhis2 import completeness, job, options, reads
from gateway.sandbox.dhis2.faults import Kind
from gateway.sandbox.dhis2.frontend import server_error
from gateway.sandbox.dhis2.job import Job
from gateway.sandbox.dhis2.options import BadParameter, Options, Payload, Unreadable
from gateway.sandbox.dhis2.sandbox import Sandbox
from gateway.sandbox.dhis2.summary import Summary, envelope, web_message
from gateway.sandbox.dhis2.writing import Answer, carry_out

blueprint = Blueprint("api_data", __name__, url_prefix="/api")


@blueprint.post("/dataValueSets")
def post_values() -> ResponseReturnValue:
    """Import data values; the body may be gzipped."""
    sandbox = _sandbox()
    allowed = sandbox.state.authorities & {"F_DATAVALUE_ADD", "ALL"}
    if not allowed or g.standing.strikes(Kind.NO_AUTHORITY):
        message = "Access is denied, requires one Authority from [F_DATAVALUE_ADD]"
        return jsonify(web_message(403, message)), 403
    if not request.is_json:
        return jsonify(web_message(415, "The sandbox takes application/json")), 415
    chosen = options.from_query(request.args)
    try:
        payload = options.read(request.get_data())
    except Unreadable as error:
        return _unreadable(sandbox, chosen, error)
    chosen = options.with_schemes(chosen, payload.header)
    call, standing = g.call, g.standing
    return carry_out(
        job.touched(payload),
        lambda: _imported(sandbox, sandbox.job(call, chosen, standing), payload),
        lambda: _failed_halfway(sandbox, sandbox.job(call, chosen, standing), payload),
    )


def _imported(sandbox: Sandbox, started: Job, payload: Payload) -> Answer:
    chosen = started.options
    try:
        summary = sandbox.import_values(started, payload)
    except Unreadable as error:
        if sandbox.family == "sql":
            return web_message(500, str(error)), 500
        return envelope(_failed(error), chosen, sandbox.family)
    if chosen.in_background:
        return _scheduled(sandbox, summary, chosen)
    return envelope(summary, chosen, sandbox.family)


def _failed_halfway(sandbox: Sandbox, started: Job, payload: Payload) -> Answer:
    """Answer for an importer that failed halfway.

    Up to 2.42 rows go in batch by batch, outside of the transaction that fails.
    """
    if sandbox.family == "sql":
        return web_message(500, "An unexpected error occurred in the importer"), 500
    half = replace(payload, values=payload.values[: len(payload.values) // 2])
    sandbox.import_values(started, half)
    failed = _failed(Unreadable("the connection to the database was lost"))
    return envelope(failed, started.options, sandbox.family)


def _unreadable(sandbox: Sandbox, chosen: Options, error: Unreadable) -> ResponseReturnValue:
    """Answer an unreadable body: up to 2.42 with a summary, later with a 500 without one."""
    if sandbox.family == "sql":
        return server_error(str(error))
    body, status = envelope(_failed(error), chosen, sandbox.family)
    return jsonify(body), status


def _failed(error: Unreadable) -> Summary:
    return Summary(status="ERROR", description=f"The import process failed: {error}")


def _scheduled(sandbox: Sandbox, summary: Summary, chosen: Options) -> Answer:
    """Answer `async=true`: always 200; the summary is fetched later (it is there at once)."""
    uid = f"Job{len(sandbox.tasks) + 1:08d}"
    sandbox.tasks[uid] = summary.as_json(chosen)
    body = web_message(200, "Initiated DATAVALUE_IMPORT", status="OK")
    return {
        **body,
        "response": {
            "responseType": "JobConfiguration",
            "name": "DATAVALUE_IMPORT",
            "id": uid,
            "created": reads.stamp(sandbox.clock()),
            "jobType": "DATAVALUE_IMPORT",
            "jobStatus": "SCHEDULED",
            "jobParameters": {},
            "relativeNotifierEndpoint": f"/api/system/tasks/DATAVALUE_IMPORT/{uid}",
        },
    }, 200


@blueprint.get("/system/tasks/DATAVALUE_IMPORT/<uid>")
def task(uid: str) -> ResponseReturnValue:
    """Return the completion of an `async` import; nothing for an unknown one."""
    sandbox = _sandbox()
    if uid not in sandbox.tasks:
        return jsonify([])
    note = {"uid": uid, "level": "INFO", "category": "DATAVALUE_IMPORT", "completed": True}
    return jsonify([{**note, "time": reads.stamp(sandbox.clock()), "message": "Import done"}])


@blueprint.get("/system/taskSummaries/DATAVALUE_IMPORT/<uid>")
def task_summary(uid: str) -> ResponseReturnValue:
    """Return the bare summary, without envelope; an empty 200 when there is none."""
    found = _sandbox().tasks.get(uid)
    return Response(status=200) if found is None else jsonify(found)


@blueprint.get("/dataValueSets")
def get_values() -> ResponseReturnValue:
    """Return the stored values of the query."""
    query = request.args.to_dict(flat=False)
    missing = [
        (name, code, words)
        for name, code, words in (
            ("dataSet", "E2001", "At least one data element, data set or group must be specified"),
            ("period", "E2002", "At least one period, start/end dates must be specified"),
            ("orgUnit", "E2006", "At least one organisation unit or group must be specified"),
        )
        if name not in query
    ]
    if missing:
        _, code, words = missing[0]
        return jsonify(web_message(409, words, code=code)), 409
    with _sandbox().held() as state:
        return jsonify(reads.data_value_set(state, query))


@blueprint.post("/completeDataSetRegistrations")
def post_completeness() -> ResponseReturnValue:
    """Import complete data set registrations."""
    sandbox = _sandbox()
    chosen = options.from_query(request.args)
    try:
        body = options.read_json(request.get_data())
        keys = completeness.touched(body)
    except Unreadable as error:
        return _unreadable(sandbox, chosen, error)
    chosen = options.with_schemes(chosen, body)
    call, standing = g.call, g.standing

    def work() -> Answer:
        summary = completeness.register(sandbox.job(call, chosen, standing), body)
        # The HTTP status is never the legacy 409 for warnings: completeness has no WARNING.
        return envelope(summary, chosen, sandbox.family)

    return carry_out(keys, work)


@blueprint.get("/completeDataSetRegistrations")
def get_completeness() -> ResponseReturnValue:
    """Return the complete data set registrations of the query."""
    with _sandbox().held() as state:
        return jsonify(completeness.select(state, request.args.to_dict(flat=False)))


@blueprint.delete("/completeDataSetRegistrations")
def delete_completeness() -> ResponseReturnValue:
    """Remove one registration; 409 when the month is locked or approved."""
    sandbox = _sandbox()
    missing = [name for name in ("ds", "pe", "ou") if not request.args.get(name)]
    if missing:
        return jsonify(web_message(400, f"Required parameter '{missing[0]}' is missing")), 400
    query = request.args.to_dict()
    key = (query["ds"], query["ou"], query["pe"])
    with sandbox.ledger.writing(g.call, [key]), sandbox.held() as state:
        reason = completeness.withdraw(state, query, sandbox.clock())
    if reason is not None:
        return jsonify(web_message(409, reason)), 409
    return Response(status=204)


@blueprint.get("/dataEntry/dataValues")
def data_entry() -> ResponseReturnValue:
    """Return the form of a unit and month as stored, and its lock state."""
    sandbox = _sandbox()
    asked = [request.args.get(name, "") for name in ("ds", "pe", "ou")]
    with sandbox.held() as state:
        data_set = state.data_sets.get(asked[0])
        if data_set is None or asked[2] not in state.org_units:
            return jsonify(web_message(409, "Data set or organisation unit not found")), 409
        answer = reads.data_entry(
            state, data_set, (asked[2], asked[1]), sandbox.clock(), g.standing
        )
    return jsonify(answer)


@blueprint.errorhandler(BadParameter)
def bad_parameter(error: BadParameter) -> ResponseReturnValue:
    """Answer a parameter that cannot be read with 400."""
    return jsonify(web_message(400, str(error))), 400


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["dhis2"]
    return sandbox
