"""Accept a message: one row, one COMMIT, then the provider may be answered 200."""

from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.model.phone import BadPhone, normalise
from gateway.storage import inbox
from gateway.storage.engine import Engine, one_statement
from gateway.transports.africastalking_posts import InboundSms

AHEAD: Final = timedelta(hours=1)  # that the operator's clock may be ahead of ours
# An earlier date is a zero that software writes for "no date" (year 1, or 1970).
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
PROVIDER: Final = "africastalking"


def accept(engine: Engine, key: bytes, sms: InboundSms, now: datetime) -> bool:
    """Store a message and commit; return whether it was new.

    The operator's date counts, unless it is absent, unreadable or more than an hour ahead.
    Raises one of `StorageFault` when the database cannot take it.
    """
    usable = sms.sent_at is not None and EARLIEST <= sms.sent_at <= now + AHEAD
    arrival = inbox.Arrival(
        provider=PROVIDER,
        provider_id=sms.provider_id,
        phone=_sender(sms.phone),
        text=sms.text,
        network=sms.network,
        sent_at=sms.sent_at if usable and sms.sent_at else now,
        received_at=now,
    )
    with one_statement(engine) as connection:
        return inbox.add(connection, arrival, key)


def _sender(phone: str) -> str:
    """Return the sender in E.164, or as the operator wrote it: short codes and names send too."""
    try:
        return normalise(phone)
    except BadPhone:
        return phone[:40]
