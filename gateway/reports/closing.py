"""Tell a report that its agent may change from one that only a supervisor changes."""

from datetime import datetime

from gateway.context import Context
from gateway.model.report import Report
from menus.model.period import Period
from menus.rules.calendar import change_closes


def is_closed(context: Context, report: Report, sent_at: datetime) -> bool:
    """Return whether an agent may no longer change what is stored, by a message of `sent_at`.

    A validated report is closed at once, a forwarded one after `change_closes` of the programme.
    """
    last_day = change_closes(Period.parse(report.period), context.catalogue.programme)
    over = context.today(sent_at) > last_day
    return report.validated_at is not None or (over and report.forwarded_version is not None)
