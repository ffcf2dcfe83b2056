"""Accept a message: one row, one COMMIT, then the provider may be answered 200."""

from datetime import datetime, timedelta
from typing import Final

from gateway.model.phone import BadPhone, normalise
from gateway.storage import inbox
from gateway.storage.engine import Engine, one_statement
from gateway.transports.africastalking_posts import InboundSms

AHEAD: Final = timedelta(hours=1)  # that the operator's clock may be ahead of ours
PROVIDER: Final = "africastalking"


def accept(
    engine: Engine, key: bytes, sms: InboundSms, now: datetime, *, date_believed_days: int
) -> bool:
    """Store a message and commit; return whether it was new.

    The operator's date counts, unless it is absent, unreadable, more than an hour ahead or more
    than `date_believed_days` old: software writes a zero for "no date" (year 1, or 1970), and a
    modem without battery begins in 2000 or 2004.
    Raises one of `StorageFault` when the database cannot take it.
    """
    usable = sms.sent_at is not None and _is_believed(sms.sent_at, now, date_believed_days)
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


def _is_believed(sent_at: datetime, now: datetime, days: int) -> bool:
    return now - timedelta(days=days) <= sent_at <= now + AHEAD


def _sender(phone: str) -> str:
    """Return the sender in E.164, or as the operator wrote it: short codes and names send too."""
    try:
        return normalise(phone)
    except BadPhone:
        return phone[:40]
