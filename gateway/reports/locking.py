"""Whether an agent may still change a report."""

from datetime import datetime

from gateway.model.report import Report
from gateway.reports.unit_of_work import UnitOfWork
from menus.model.period import Period
from menus.rules.calendar import change_closes


def is_locked(uow: UnitOfWork, report: Report, sent_at: datetime) -> bool:
    """Whether what is stored may no longer be changed by an agent at this moment."""
    today = sent_at.astimezone(uow.context.timezone).date()
    over = today > change_closes(Period.parse(report.period), uow.context.catalogue.programme)
    return report.validated_at is not None or (over and report.forwarded_version is not None)
