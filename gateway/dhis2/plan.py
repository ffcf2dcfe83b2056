"""What DHIS2 should hold for one receiving unit, form and month, and from when. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from gateway.dhis2.cells import CellKey, cells_of
from gateway.dhis2.metadata import days_out_target, field_target
from gateway.model.report import Report
from menus.model.catalogue import Form
from menus.model.period import Period
from menus.model.programme import ON_VALIDATION, Programme
from menus.rules.calendar import closing_date, ends


@dataclass(frozen=True, slots=True)
class Plan:
    """What should stand in DHIS2: `cells` are the values.

    `included` are the (report id, version) behind them. `completed_at` is when the last number
    of a complete set was sent. `again_on` is the day on which more will be due; None when
    nothing more can come without a new message.
    """

    cells: Mapping[CellKey, str] = field(default_factory=dict)
    included: tuple[tuple[int, int], ...] = ()
    complete: bool = False
    completed_at: datetime | None = None
    again_on: date | None = None


def plan(
    form: Form,
    period: Period,
    reports: Sequence[Report],
    *,
    active_sites: Collection[int],
    programme: Programme,
    today: date,
) -> Plan:
    """Return what should be in DHIS2 today.

    A form of which nothing is sent needs no DHIS2. A month that has not ended holds nothing back
    but time: all of it waits for its end. A complete report leaves at once, an incomplete one at
    the closing date or, when it comes later than that, at once. Where the programme waits for
    validation, a report that is not validated counts for nothing. Values of several sites add
    up, days out take the largest. The set is complete when every active site has a complete
    form; where several sites share the unit, also at the closing date, as far as there is a
    complete form at all.
    """
    if not cells_of(form):
        return Plan()
    if today < ends(period):
        return Plan(again_on=ends(period))
    closing = closing_date(period, programme)
    closed = today >= closing
    filled = [report for report in reports if report.values]
    released = [report for report in filled if _is_released(report, programme)]
    ready = [report for report in released if report.complete or closed]
    whole = {report.site_id for report in ready if report.complete}
    expected = set(active_sites) | {report.site_id for report in filled}
    complete = bool(whole) and (whole >= expected or (closed and len(expected) > 1))
    more = not closed and bool(filled) and (len(ready) < len(filled) or whole < expected)
    return Plan(
        cells=_cells(form, ready),
        included=tuple(sorted((report.id, report.version) for report in ready)),
        complete=complete,
        completed_at=_newest(ready) if complete else None,
        again_on=closing if more else None,
    )


def _is_released(report: Report, programme: Programme) -> bool:
    """Return whether the report may leave.

    What left before the programme began to wait for validation stays in DHIS2, and is kept up
    to date there.
    """
    if programme.forward != ON_VALIDATION:
        return True
    return report.validated_at is not None or report.forwarded_version is not None


def _newest(reports: Sequence[Report]) -> datetime | None:
    """Return when the last number of these reports was sent."""
    sent = [stamp[0] for report in reports for stamp in report.stamps.values()]
    return datetime.fromtimestamp(max(sent) / 1000, UTC) if sent else None


def _cells(form: Form, reports: Sequence[Report]) -> dict[CellKey, str]:
    cells: dict[CellKey, str] = {}
    for blank in form.fields:
        code = blank.code
        numbers = [report.values[code] for report in reports if code in report.values]
        days = [report.days_out[code] for report in reports if code in report.days_out]
        for target, found, total in (
            (field_target(form, code), numbers, sum(numbers)),
            (days_out_target(form, code), days, max(days, default=0)),
        ):
            # A server that keeps no zeros takes one without a word and leaves what stood there.
            # Where there is none, it means the same.
            kept = total or blank.zero_is_significant
            if target is not None and found and kept:
                cells[".".join(target)] = str(total)
    return cells
