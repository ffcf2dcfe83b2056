"""Africa's Talking's doors: inbound SMS, USSD, delivery reports, opt-outs."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

import structlog
from flask import Blueprint, Response, request

from gateway import intake
from gateway.storage import deliveries
from gateway.storage.engine import StorageFault
from gateway.transports import africastalking
from gateway.transports.africastalking import MissingField
from gateway.web.app import house
from menus import wording

log = structlog.get_logger()

doors = Blueprint("operator", __name__, url_prefix="/at/<token>")


@doors.post("/sms")
def sms(token: str) -> Response:
    """An inbound SMS: 200 once it is committed, or was before."""
    try:
        message = africastalking.read_inbound(_form())
    except MissingField as missing:
        return _text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    here = house()
    try:
        new = intake.accept(here.engine, here.hash_key, message, here.clock())
    except StorageFault as fault:
        log.warning("sms_not_stored", error=type(fault).__name__)
        return _text("not stored, send it again", HTTPStatus.SERVICE_UNAVAILABLE)
    if new:
        here.bell.nudge("read")
    return _text("OK")


@doors.post("/ussd")
def ussd(token: str) -> Response:
    """A USSD hop. There are no menus yet: a polite end that tells how to report."""
    return _text("END " + wording.say(house().catalogue, "fr", "ussd_later"))


@doors.post("/ussd-events")
def ussd_events(token: str) -> Response:
    """The end of a dialogue. Nothing hangs on it: it may be late, repeated or missing."""
    return _text("OK")


@doors.post("/delivery")
def delivery(token: str) -> Response:
    """A delivery report, in whatever order and of whatever message."""
    report = africastalking.read_delivery(_form())
    if not report.message_id:
        return _text("OK")
    here = house()

    def note() -> None:
        with here.engine.begin() as connection:
            deliveries.note(
                connection,
                message_id=report.message_id,
                status=report.status,
                reason=report.reason,
                final=report.final,
                now=here.clock(),
            )

    _twice(note)
    return _text("OK")


@doors.post("/optout")
def opt_out(token: str) -> Response:
    """Somebody wants no messages that nobody asked for."""
    try:
        wish = africastalking.read_opt_out(_form())
    except MissingField as missing:
        return _text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    here = house()
    with here.engine.begin() as connection:
        deliveries.opt_out(connection, phone=wish.phone, sender_id=wish.sender_id, now=here.clock())
    return _text("OK")


def _twice(work: Callable[[], None]) -> None:
    """Does it, once more when the database was busy: nobody documents that the operator posts a
    delivery report again. Both tries together stay below the operator's patience."""
    try:
        work()
    except StorageFault:
        work()


def _form() -> dict[str, str]:
    """The fields of a post, the first of each name.

    Decoded here, since Flask takes a whole form for empty when one byte of it is no UTF-8, and
    the operator would bring such a message back every minute for twelve hours.
    """
    body = request.get_data().decode("utf-8", "replace")
    return dict(reversed(parse_qsl(body, keep_blank_values=True, errors="replace")))


def _text(words: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(words, status, content_type="text/plain; charset=utf-8")
