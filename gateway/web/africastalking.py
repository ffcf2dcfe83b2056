"""The blueprint for Africa's Talking's SMS webhooks: inbound SMS, delivery reports, opt-outs."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response

from gateway.inbound.accept import accept
from gateway.outbound import delivery_reports
from gateway.storage.engine import StorageFault
from gateway.transports import africastalking_posts
from gateway.transports.africastalking_posts import InboundSms, MissingField
from gateway.web.context import WebServices, services
from gateway.web.posts import plain_text, posted_fields

log = structlog.get_logger()

blueprint = Blueprint("operator", __name__, url_prefix="/at/<token>")


@blueprint.post("/sms")
def sms(token: str) -> Response:
    """Store an inbound SMS; answer 200 once it is committed, also if it was before."""
    try:
        message = africastalking_posts.read_inbound(posted_fields())
    except MissingField as missing:
        return plain_text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    web = services()
    try:
        new = _accept(web, message)
    except StorageFault as fault:
        log.warning("sms_not_stored", error=type(fault).__name__)
        return plain_text("not stored, send it again", HTTPStatus.SERVICE_UNAVAILABLE)
    if new:
        web.work_signal.notify("read")
    return plain_text("OK")


def _accept(web: WebServices, message: InboundSms) -> bool:
    days = web.catalogue.programme.date_believed_days
    return accept(web.engine, web.hash_key, message, web.clock(), date_believed_days=days)


@blueprint.post("/delivery")
def delivery(token: str) -> Response:
    """Note a delivery report; reports may come in any order and about unknown messages."""
    report = africastalking_posts.read_delivery(posted_fields())
    if not report.message_id:
        return plain_text("OK")
    web = services()
    delivery_reports.note(web.engine, report, web.clock())
    return plain_text("OK")


@blueprint.post("/optout")
def opt_out(token: str) -> Response:
    """Note that a phone number opted out of messages that it did not ask for."""
    try:
        request = africastalking_posts.read_opt_out(posted_fields())
    except MissingField as missing:
        return plain_text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    web = services()
    delivery_reports.opt_out(web.engine, request, web.clock())
    return plain_text("OK")
