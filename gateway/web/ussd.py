"""Africa's Talking's doors for USSD: one hop of a dialogue, and the end of one."""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response

from gateway.storage.engine import StorageFault
from gateway.transports import africastalking_posts
from gateway.transports.africastalking_posts import MissingField, UssdHop
from gateway.ussd import hop as dialogue
from gateway.ussd import session_end as dialogue_end
from gateway.web.context import services
from gateway.web.posts import posted, text
from menus.ussd.state import Screen

log = structlog.get_logger()

blueprint = Blueprint("ussd", __name__, url_prefix="/at/<token>")

# Comes back with the next hop and stands on the operator's dashboard: a screen's name, no data.
LABEL = "at-ussd-hop-metadata"


@blueprint.post("/ussd")
def ussd(token: str) -> Response:
    """A hop: 200, and a body that begins with `CON ` or `END `, whatever is down."""
    try:
        hop = africastalking_posts.read_hop(posted())
    except MissingField as missing:
        return text(f"missing field: {missing.name}", HTTPStatus.BAD_REQUEST)
    screen = _answer(hop)
    answer = text(f"{'END' if screen.ends else 'CON'} {screen.text}")
    answer.headers[LABEL] = screen.name
    return answer


def _answer(hop: UssdHop) -> Screen:
    here = services()
    try:
        return dialogue.answer(here.services, hop, here.clock())
    except Exception:
        # Our own failure. Anything but CON or END would end the dialogue without a word.
        log.exception("hop_broke")
        return dialogue.broke(here.services, hop)


@blueprint.post("/ussd-events")
def ussd_events(token: str) -> Response:
    """The end of a dialogue. Nothing else hangs on it: it may be late, repeated or missing."""
    here = services()
    try:
        new = dialogue_end.remind(
            here.services, africastalking_posts.read_end(posted()), here.clock()
        )
    except StorageFault as fault:
        log.warning("end_not_noted", error=type(fault).__name__)
        new = 0
    if new:
        here.work_signal.notify("reply")
    return text("OK")
