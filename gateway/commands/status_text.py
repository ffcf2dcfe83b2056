"""Say in a few words how a report stands: nothing yet, incomplete, waiting, in DHIS2, refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gateway.context import Context
from gateway.dhis2.reasons import NAME, in_words
from gateway.model.report import Report, Status, missing
from menus.model.catalogue import Form
from menus.model.period import Period
from menus.wording.replies import say

_STATES: Final[Mapping[Status, str]] = {
    Status.INCOMPLETE: "state_incomplete",
    Status.COMPLETE: "state_waiting",
    Status.FORWARDED: "state_forwarded",
    Status.REFUSED: "state_refused",
    Status.WITHDRAWN: "state_withdrawn",
}


def state_of(
    context: Context, language: str, form: Form, report: Report | None, now: datetime
) -> str:
    """Return how a form of a month stands; `report` is None when nothing was ever sent."""
    if report is None or not (report.version or report.pending):
        return say(context.catalogue, language, "state_nothing", form=form.keyword)
    lacking = " ".join(missing(form, report))
    text = say(
        context.catalogue,
        language,
        _STATES[report.status],
        form=form.keyword,
        codes=lacking or "-",
        server=NAME,
        when=_local(context, report.forwarded_at),
        why=_why(context, language, report, now),
    )
    if lacking and report.status is Status.FORWARDED:
        text = f"{text}, {say(context.catalogue, language, 'state_missing', codes=lacking)}"
    if report.late and report.complete:
        return f"{text} ({say(context.catalogue, language, 'state_late')})"
    return text


def _local(context: Context, moment: datetime | None) -> str:
    """Return day and time by the programme's clock, as `04/11 12h00`; `-` for None."""
    return f"{context.local(moment):%d/%m %Hh%M}" if moment else "-"


def _why(context: Context, language: str, report: Report, now: datetime) -> str:
    if not report.refusals:
        return "-"
    period, today = Period.parse(report.period), context.today(now)
    return in_words(context.catalogue, language, report.refusals, period, today)
