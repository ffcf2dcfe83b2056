"""The blueprint for Africa's Talking's USSD webhooks: a hop of a dialogue, and its end."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response

from gateway.storage.engine import StorageFault
from gateway.transports import africastalking_posts
from gateway.transports.africastalking_posts import MissingField, UssdHop
from gateway.ussd import dialogue_end
from gateway.ussd import hop as dialogue
from gateway.web.context import services
from gateway.web.posts import plain_text, posted_fields
from menus.ussd.state import Screen

log = structlog.get_logger()

blueprint = Blueprint("ussd", __name__, url_prefix="/at/<token>")

# The operator returns this header with the next hop and shows it on its dashboard: it holds the
# name of a screen, no data.
LABEL = "at-ussd-hop-metadata"


@blueprint.post("/ussd")
def ussd(token: str) -> Response:
    """Answer a hop: 200 and a body that begins with `CON ` or `END `, whatever is down."""
    try:
        hop = africastalking_posts.read_hop(posted_fields())
    except MissingField as missing:
        return plain_text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    screen = _answer(hop)
    answer = plain_text(f"{'END' if screen.ends else 'CON'} {screen.text}")
    answer.headers[LABEL] = screen.name
    return answer


def _answer(hop: UssdHop) -> Screen:
    web = services()
    try:
        return dialogue.answer(web.services, hop, web.clock())
    except Exception:
        # An error of ours. Any body but CON or END would end the dialogue without a screen.
        log.exception("hop_broke")
        return dialogue.broke(web.services, hop)


@blueprint.post("/ussd-events")
def ussd_events(token: str) -> Response:
    """Note the end of a dialogue, which may be told late, twice or never: nothing depends on it."""
    web = services()
    try:
        new = dialogue_end.remind(
            web.services, africastalking_posts.read_end(posted_fields()), web.clock()
        )
    except StorageFault as fault:
        log.warning("end_not_noted", error=type(fault).__name__)
        new = 0
    if new:
        web.work_signal.notify("reply")
    return plain_text("OK")
