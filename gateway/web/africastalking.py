"""Africa's Talking's doors for SMS: inbound, delivery reports, opt-outs."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from flask import Blueprint, Response

from gateway.inbound import reader
from gateway.storage import delivery_reports
from gateway.storage.engine import StorageFault
from gateway.transports import africastalking_posts
from gateway.transports.africastalking_posts import MissingField
from gateway.web.app import house
from gateway.web.posts import posted, text

log = structlog.get_logger()

doors = Blueprint("operator", __name__, url_prefix="/at/<token>")


@doors.post("/sms")
def sms(token: str) -> Response:
    """An inbound SMS: 200 once it is committed, or was before."""
    try:
        message = africastalking_posts.read_inbound(posted())
    except MissingField as missing:
        return text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    here = house()
    try:
        new = reader.accept(here.engine, here.hash_key, message, here.clock())
    except StorageFault as fault:
        log.warning("sms_not_stored", error=type(fault).__name__)
        return text("not stored, send it again", HTTPStatus.SERVICE_UNAVAILABLE)
    if new:
        here.bell.nudge("read")
    return text("OK")


@doors.post("/delivery")
def delivery(token: str) -> Response:
    """A delivery report, in whatever order and of whatever message."""
    report = africastalking_posts.read_delivery(posted())
    if not report.message_id:
        return text("OK")
    here = house()

    def note() -> None:
        with here.engine.begin() as connection:
            delivery_reports.note(
                connection,
                message_id=report.message_id,
                status=report.status,
                reason=report.reason,
                final=report.final,
                now=here.clock(),
            )

    _twice(note)
    return text("OK")


@doors.post("/optout")
def opt_out(token: str) -> Response:
    """Somebody wants no messages that nobody asked for."""
    try:
        wish = africastalking_posts.read_opt_out(posted())
    except MissingField as missing:
        return text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    here = house()
    with here.engine.begin() as connection:
        delivery_reports.opt_out(
            connection, phone=wish.phone, sender_id=wish.sender_id, now=here.clock()
        )
    return text("OK")


def _twice(work: Callable[[], None]) -> None:
    """Does it, once more when the database was busy: nobody documents that the operator posts a
    delivery report again. Both tries together stay below the operator's patience."""
    try:
        work()
    except StorageFault:
        work()
