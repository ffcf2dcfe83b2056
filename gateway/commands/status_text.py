"""Where one report is, in a few words: nothing yet, incomplete, waiting, in DHIS2, refused."""

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
    """One form of the month; `report` is None when nothing was ever sent."""
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
    """Day and time by the programme's clock, as people write them."""
    return moment.astimezone(context.timezone).strftime("%d/%m %Hh%M") if moment else "-"


def _why(context: Context, language: str, report: Report, now: datetime) -> str:
    if not report.refusals:
        return "-"
    today = now.astimezone(context.timezone).date()
    period = Period.parse(report.period)
    return in_words(context.catalogue, language, report.refusals, period, today)
