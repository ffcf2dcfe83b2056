"""What RQ runs. A job carries no data: it says "there is work", and SQL says which.

Each takes down its flag before it looks, works for at most BUDGET seconds, and rings whoever
comes next in the chain.
"""

from datetime import timedelta

from gateway import forwarding, intake, replies
from gateway.transports.queue import BUDGET
from workers.house import far_side, now, operator, workplace


def read() -> None:
    """Reads the inbox; what it brings about is for the other two."""
    with workplace() as place:
        place.bell.answered("read")
        until = now() + timedelta(seconds=BUDGET)
        if intake.read_inbox(place.engine, place.house, now, until):
            place.bell.nudge("reply")
            place.bell.nudge("forward")
        if now() >= until:
            place.bell.nudge("read")


def reply() -> None:
    """Sends the replies that are due."""
    with workplace() as place:
        place.bell.answered("reply")
        client = operator(place.settings)
        if client is None:
            return
        until = now() + timedelta(seconds=BUDGET)
        replies.send_due(place.engine, client, now, until)
        if now() >= until:
            place.bell.nudge("reply")


def forward() -> None:
    """Brings DHIS2 up to date."""
    with workplace() as place, far_side(place) as far:
        place.bell.answered("forward")
        if far is None:
            return
        until = now() + timedelta(seconds=BUDGET)
        forwarding.send_due(place.engine, far, now, until)
        if now() >= until:
            place.bell.nudge("forward")
