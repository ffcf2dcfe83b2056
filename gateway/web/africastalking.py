"""Africa's Talking's doors for SMS: inbound, delivery reports, opt-outs."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response

from gateway.inbound.accept import accept
from gateway.outbound import delivery_reports
from gateway.storage.engine import StorageFault
from gateway.transports import africastalking_posts
from gateway.transports.africastalking_posts import MissingField
from gateway.web.context import services
from gateway.web.posts import posted, text

log = structlog.get_logger()

blueprint = Blueprint("operator", __name__, url_prefix="/at/<token>")


@blueprint.post("/sms")
def sms(token: str) -> Response:
    """An inbound SMS: 200 once it is committed, or was before."""
    try:
        message = africastalking_posts.read_inbound(posted())
    except MissingField as missing:
        return text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    here = services()
    try:
        new = accept(here.engine, here.hash_key, message, here.clock())
    except StorageFault as fault:
        log.warning("sms_not_stored", error=type(fault).__name__)
        return text("not stored, send it again", HTTPStatus.SERVICE_UNAVAILABLE)
    if new:
        here.work_signal.notify("read")
    return text("OK")


@blueprint.post("/delivery")
def delivery(token: str) -> Response:
    """A delivery report, in whatever order and of whatever message."""
    report = africastalking_posts.read_delivery(posted())
    if not report.message_id:
        return text("OK")
    here = services()
    delivery_reports.note(here.engine, report, here.clock())
    return text("OK")


@blueprint.post("/optout")
def opt_out(token: str) -> Response:
    """Somebody wants no messages that nobody asked for."""
    try:
        request = africastalking_posts.read_opt_out(posted())
    except MissingField as missing:
        return text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    here = services()
    delivery_reports.opt_out(here.engine, request, here.clock())
    return text("OK")
