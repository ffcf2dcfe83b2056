"""The routes of DHIS2's Web API about events (`/api/tracker`)."""

from flask import Blueprint, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from gateway.sandbox.dhis2 import options, tracker_options
from gateway.sandbox.dhis2.model import Json, Key
from gateway.sandbox.dhis2.options import BadParameter, Unreadable, text
from gateway.sandbox.dhis2.sandbox import Sandbox
from gateway.sandbox.dhis2.summary import web_message
from gateway.sandbox.dhis2.tracker import Import
from gateway.sandbox.dhis2.writing import Answer, carry_out

blueprint = Blueprint("api_tracker", __name__, url_prefix="/api/tracker")


@blueprint.post("")
def post_events() -> ResponseReturnValue:
    """Return the bare ImportReport, or with `async` (the default) a job whose report waits."""
    sandbox = _sandbox()
    chosen = tracker_options.from_query(request.args)
    events = tracker_options.events_of(options.read_json(request.get_data()))
    call, standing = g.call, g.standing

    def work() -> Answer:
        importer = Import(
            sandbox.state,
            sandbox.ledger,
            call,
            chosen,
            standing,
            who=sandbox.account.username,
            now=sandbox.clock(),
        )
        report, status = importer.run(events)
        return _scheduled(sandbox, report) if chosen.in_background else (report, status)

    return carry_out(_touched(events), work)


def _touched(events: list[Json]) -> list[Key]:
    """Return the (program, org unit, event) that the body names."""
    return sorted(
        (text(event, "program") or "", text(event, "orgUnit") or "", text(event, "event") or "")
        for event in events
    )


def _scheduled(sandbox: Sandbox, report: Json) -> Answer:
    uid = f"Trk{len(sandbox.tasks):08d}"
    sandbox.tasks[uid] = report
    location = f"/api/tracker/jobs/{uid}"
    response = {"responseType": "TrackerJob", "id": uid, "location": location}
    return {**web_message(200, "Tracker job added", status="OK"), "response": response}, 200


@blueprint.get("/jobs/<uid>/report")
def job_report(uid: str) -> ResponseReturnValue:
    """Return a job's report, 404 until there is one.

    The outcome is in the report, not in the HTTP status.
    """
    found = _sandbox().tasks.get(uid)
    if found is None:
        return jsonify(web_message(404, f"Summary for job {uid} does not exist")), 404
    return jsonify(found)


@blueprint.get("/events/<uid>")
def get_event(uid: str) -> ResponseReturnValue:
    """Return one event, 404 for an unknown or deleted one."""
    with _sandbox().held() as state:
        found = state.events.get(uid)
    if found is None or found.deleted:
        message = f"Event with id {uid} could not be found."
        return jsonify(web_message(404, message, code="E1005")), 404
    return jsonify(found.as_json())


@blueprint.get("/events")
def get_events() -> ResponseReturnValue:
    """Return the events of `program` at `orgUnit`, both optional in the stand-in."""
    program, unit = request.args.get("program"), request.args.get("orgUnit")
    with _sandbox().held() as state:
        found = [
            event.as_json()
            for event in state.events.values()
            if program in (None, event.program)
            and unit in (None, event.org_unit)
            and not event.deleted
        ]
    return jsonify({"events": found})


@blueprint.errorhandler(Unreadable)
@blueprint.errorhandler(BadParameter)
def bad_request(error: Exception) -> ResponseReturnValue:
    """Answer a parameter or body that cannot be read with 400."""
    return jsonify(web_message(400, str(error))), 400


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["dhis2"]
    return sandbox
