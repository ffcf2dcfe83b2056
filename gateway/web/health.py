"""Probes and figures: is the process alive, can it work, and what has it done."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway.diagnostics import readiness
from gateway.diagnostics.metrics import Figures
from gateway.web.context import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process lives. Traffic is routed by this: an SMS needs no Redis."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, HTTPStatus]:
    """200, or 503 naming what is missing."""
    here = services()
    state = readiness.look(here.engine, here.work_signal, here.clock())
    status = HTTPStatus.SERVICE_UNAVAILABLE if state.missing else HTTPStatus.OK
    answer = {
        "status": "missing " + ", ".join(state.missing) if state.missing else "ready",
        "missing": list(state.missing),
        "destinations": state.destinations,
    }
    return jsonify(answer), status


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures in Prometheus' text format."""
    here = services()
    registry = CollectorRegistry()
    registry.register(Figures(here.engine, here.clock()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
