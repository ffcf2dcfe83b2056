"""Look up what is stored of a site besides the report at hand, for the rules that compare."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gateway.context import Context
from gateway.model.report import Key, Report, Stamp
from gateway.reports import referral_counts
from gateway.reports.forward_routing import stock_forms
from gateway.storage import reports, stock, stock_counts
from gateway.storage.engine import Connection
from gateway.storage.stock import Receipt
from menus.model.period import Period

MONTHS_OF_HISTORY: Final = 6
_LAST: Final = "999912"  # later months too: only the newest stock count tells what is out now


@dataclass(slots=True)
class SiteHistory:
    """The reports of one site and the stock that it received, from the month `since` on.

    `values` are those of its reports, `counted` the stamps of its stock counts, both by (form,
    month as YYYYMM); `received` are the receipts of stock, in order of time.
    """

    since: Period
    values: dict[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    counted: dict[tuple[str, str], Mapping[str, Stamp]] = field(default_factory=dict)
    received: list[Receipt] = field(default_factory=list)


class History:
    """The histories of sites, with what this unit of work has changed in them.

    A site is looked up when it is first asked for, six months back (MONTHS_OF_HISTORY) from the
    month asked about, and again when an earlier month is asked about.
    """

    def __init__(self, connection: Connection, context: Context, now: datetime) -> None:
        self._connection, self._context, self._now = connection, context, now
        self._sites: dict[int, SiteHistory] = {}
        self._referred: dict[tuple[int, str], Mapping[str, int]] = {}
        self._filed: dict[Key, Report] = {}

    def prefetch(self, keys: Collection[Key]) -> None:
        """Look up what the rules of these reports may compare, in a handful of statements."""
        if not keys:
            return
        first = min(Period.parse(key[2]) for key in keys).plus(-MONTHS_OF_HISTORY)
        self._look_up({key[0] for key in keys}, first)
        pairs = {(key[0], key[2]) for key in keys} - self._referred.keys()
        for month in {month for _, month in pairs}:
            self._count_referrals({site for site, other in pairs if other == month}, month)

    def of(self, site_id: int, month: Period | None = None) -> SiteHistory:
        """Return the history of a site for the rules of a month; None means the current month."""
        month = month or self._context.period(self._now)
        self._look_up({site_id}, month.plus(-MONTHS_OF_HISTORY))
        return self._sites[site_id]

    def referred(self, site_id: int, period: str) -> Mapping[str, int]:
        """Return the referrals of a site and month (YYYYMM) by the code that reports them."""
        if (site_id, period) not in self._referred:
            self._count_referrals({site_id}, period)
        return self._referred[site_id, period]

    def note_report(self, report: Report) -> None:
        """Take a changed report into its site's history."""
        self._filed[report.key] = report
        if report.site_id in self._sites:
            self._lay_over(report)

    def note_receipts(self, site_id: int, receipts: Collection[Receipt]) -> None:
        """Add receipts of stock, stored in this transaction, to the history of their site."""
        self.of(site_id).received.extend(receipts)

    def forget_receipts(self, site_id: int, message_id: int) -> None:
        """Take the receipts of a message, removed in this transaction, out of the history."""
        history = self.of(site_id)
        history.received = [
            receipt for receipt in history.received if receipt.inbox_id != message_id
        ]

    def _look_up(self, site_ids: set[int], first: Period) -> None:
        sites = {
            site_id
            for site_id in site_ids
            if site_id not in self._sites or self._sites[site_id].since > first
        }
        if not sites:
            return
        forms = stock_forms(self._context.catalogue)
        start = datetime(first.year, first.month, 1, tzinfo=self._context.timezone)
        values = reports.values_between(self._connection, sites, first.code, _LAST)
        stamps = stock_counts.stamps_between(self._connection, sites, forms, first.code, _LAST)
        received = stock.receipts_of(self._connection, sites, start)
        for site_id in sites:
            self._sites[site_id] = SiteHistory(
                first,
                dict(values.get(site_id, {})),
                dict(stamps.get(site_id, {})),
                list(received.get(site_id, ())),
            )
        for report in self._filed.values():
            if report.site_id in sites:
                self._lay_over(report)

    def _lay_over(self, report: Report) -> None:
        history, key = self._sites[report.site_id], (report.form, report.period)
        history.values[key] = report.values
        if report.form in stock_forms(self._context.catalogue):
            history.counted[key] = report.stamps

    def _count_referrals(self, site_ids: set[int], period: str) -> None:
        found = referral_counts.of_month(self._connection, self._context, site_ids, period)
        self._referred |= {(site_id, period): found.get(site_id, {}) for site_id in site_ids}
