"""Use cases for what a provider reports: the fate of an SMS, and numbers that opt out."""

from datetime import datetime

from gateway.storage import delivery_reports
from gateway.storage.engine import Engine, StorageFault
from gateway.transports.africastalking_posts import DeliveryReport, OptOut


def note(engine: Engine, report: DeliveryReport, now: datetime) -> None:
    """Store a delivery report, trying twice.

    Africa's Talking documents no second delivery of a report that was refused, so a busy
    database is asked again at once; both tries together take less than the provider waits.
    Raises StorageFault when the second try fails too.
    """
    try:
        _note(engine, report, now)
    except StorageFault:
        _note(engine, report, now)


def _note(engine: Engine, report: DeliveryReport, now: datetime) -> None:
    with engine.begin() as connection:
        delivery_reports.note(
            connection,
            message_id=report.message_id,
            status=report.status,
            reason=report.reason,
            final=report.final,
            now=now,
        )


def opt_out(engine: Engine, request: OptOut, now: datetime) -> None:
    """Store that a number wants no SMS that it did not ask for. Raises StorageFault."""
    with engine.begin() as connection:
        delivery_reports.opt_out(
            connection, phone=request.phone, sender_id=request.sender_id, now=now
        )
