"""Probes and metrics: whether the process lives, whether it can work, and what it has done."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway.diagnostics.metrics import DatabaseCollector
from gateway.diagnostics.readiness import check_readiness
from gateway.web.context import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 while the process lives. Traffic is routed by this: an SMS needs no Redis."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, HTTPStatus]:
    """Answer 200, or 503 with the parts that are missing."""
    web = services()
    found = check_readiness(web.engine, web.work_signal, web.clock())
    status = HTTPStatus.SERVICE_UNAVAILABLE if found.missing else HTTPStatus.OK
    answer = {
        "status": "missing " + ", ".join(found.missing) if found.missing else "ready",
        "missing": list(found.missing),
        "destinations": found.destinations,
    }
    return jsonify(answer), status


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer with the metrics in Prometheus' text format."""
    web = services()
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(web.engine, web.clock()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
