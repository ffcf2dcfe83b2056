"""The reports that a unit of work reads and changes, each loaded before it can be filed."""

from collections.abc import Collection, Iterable
from datetime import datetime

from gateway.context import Context
from gateway.model.receipt_numbers import receipts
from gateway.model.report import Key, Report
from gateway.storage import reports, roster, versions
from gateway.storage.engine import Connection
from gateway.storage.versions import Version

# Receipt numbers that are looked up at once: enough that one of them is free at the site.
CANDIDATES = 4


class SiteNotLocked(LookupError):
    """Raised when a report is put whose site the unit of work has not locked."""


class ReportStore:
    """The reports by (site, form, month), as they stand with what this unit of work has changed.

    A report is looked up when it is first asked for; `prefetch` looks many up in a handful of
    statements. `put` takes only a report of a locked site that was looked up before, so a report
    cannot be filed over a stored one that was not read.
    """

    def __init__(
        self, connection: Connection, context: Context, now: datetime, locked: Collection[int]
    ) -> None:
        self._connection, self._context, self._now = connection, context, now
        self._locked = frozenset(locked)
        self._found: dict[Key, Report] = {}
        self._looked_up: set[Key] = set()
        self._texts: set[tuple[Key, str]] = set()
        self._texts_looked_up: set[tuple[Key, str]] = set()
        self._complete: dict[tuple[int, str], set[str]] = {}
        self._codes: dict[int, str] = {}
        self._taken: set[tuple[int, str]] = set()
        self._blanks: dict[Key, Report] = {}
        self._changed: set[Key] = set()
        self._versions: list[Version] = []
        self._to_forward: set[Key] = set()

    def prefetch(self, keys: Collection[Key], hashes: Collection[str] = ()) -> None:
        """Look up reports, and which of these texts (by hash) brought a version of them."""
        missing = {*keys} - self._looked_up
        if missing:
            self._look_up(missing)
        self._look_up_texts({(key, text_hash) for key in keys for text_hash in hashes})

    def get(self, key: Key) -> Report | None:
        """Return a report as it stands now; None when nothing was ever stored of it."""
        if key not in self._looked_up:
            self._look_up({key})
        return self._found.get(key)

    def get_or_blank(self, key: Key, received_at: datetime) -> Report:
        """Return a report as it stands now, or a blank one with a receipt free at its site."""
        found = self.get(key) or self._blanks.get(key)
        if found is None:
            found = self._blanks[key] = self._blank(key, received_at)
        return found

    def put(self, report: Report, version: Version | None = None, text_hash: str = "") -> None:
        """Take a changed report, with its new version and the text that brought it, if any.

        Raises SiteNotLocked when this unit of work has not locked the report's site, LookupError
        when the report was not looked up.
        """
        key = report.key
        if report.site_id not in self._locked:
            raise SiteNotLocked(f"site {report.site_id} is not locked")
        if key not in self._looked_up:
            raise LookupError(f"report {key} was not looked up")
        self._found[key] = report
        self._changed.add(key)
        complete = self._complete[report.site_id, report.period]
        (complete.add if report.complete else complete.discard)(report.form)
        if version is not None:
            self._versions.append(version)
            self._texts.add((key, text_hash))
            self._to_forward.add(key)

    def has_text(self, key: Key, text_hash: str) -> bool:
        """Return whether this text already brought a version of the report."""
        self.prefetch([key], [text_hash])
        return (key, text_hash) in self._texts

    def complete_forms(self, site_id: int, period: str) -> frozenset[str]:
        """Return the keywords of the forms that are complete for a site and month (YYYYMM)."""
        pair = (site_id, period)
        if pair not in self._complete:
            self._complete |= reports.forms_complete(self._connection, [pair])
        return frozenset(self._complete[pair])

    def forward_again(self, keys: Iterable[Key]) -> None:
        """Ask for the DHIS2 cells of reports whose numbers stand and whose days out changed."""
        self._to_forward |= {key for key in keys if (found := self.get(key)) and found.values}

    def refresh(self, keys: Collection[Key]) -> None:
        """Look up again what a statement of this transaction changed in these reports.

        Raises ValueError when one of them has changes that were not written yet.
        """
        if self._changed & {*keys}:
            raise ValueError("a report with unwritten changes cannot be looked up again")
        self._found |= reports.load(self._connection, {*keys} & self._looked_up)

    def write(self) -> None:
        """Write the reports and versions that have changed since the last time."""
        if not self._changed:
            return
        changed = [self._found[key] for key in sorted(self._changed)]
        ids = reports.save(self._connection, changed, self._versions)
        for key, report_id in ids.items():
            self._found[key] = self._found[key].with_id(report_id)
        self._changed, self._versions = set(), []

    def take_forwards(self) -> set[Key]:
        """Return the reports whose DHIS2 cells must be worked out anew, and forget them."""
        taken, self._to_forward = self._to_forward, set()
        return taken

    def _look_up(self, keys: set[Key]) -> None:
        self._looked_up |= keys
        self._found |= reports.load(self._connection, keys)
        pairs = {(site, month) for site, _, month in keys} - self._complete.keys()
        self._complete |= reports.forms_complete(self._connection, pairs)
        fresh = [key for key in keys if key not in self._found]
        if fresh:
            self._name_sites({key[0] for key in fresh})
            wanted = {(key[0], number) for key in fresh for number in self._candidates(key)}
            self._taken |= reports.receipts_taken(self._connection, wanted)

    def _look_up_texts(self, wanted: set[tuple[Key, str]]) -> None:
        new = wanted - self._texts_looked_up
        self._texts_looked_up |= new
        ids = {self._found[key].id: key for key, _ in new if key in self._found}
        ids.pop(0, None)
        if ids:
            hashes = {text_hash for _, text_hash in new}
            filed = versions.texts_filed(self._connection, list(ids), hashes)
            self._texts |= {(ids[report_id], text_hash) for report_id, text_hash in filed}

    def _blank(self, key: Key, received_at: datetime) -> Report:
        site, form, period = key
        numbers = self._candidates(key)
        receipt = next(number for number in numbers if (site, number) not in self._taken)
        self._taken.add((site, receipt))
        return Report(
            site_id=site,
            form=form,
            period=period,
            receipt=receipt,
            received_at=received_at,
            changed_at=self._now,
        )

    def _candidates(self, key: Key) -> list[str]:
        found = receipts(f"{self._codes[key[0]]}/{key[1]}/{key[2]}")
        return [next(found) for _ in range(CANDIDATES)]

    def _name_sites(self, site_ids: Collection[int]) -> None:
        unnamed = {site_id for site_id in site_ids if site_id not in self._codes}
        if unnamed:
            month = self._context.month(self._now)
            units = roster.units_by_id(self._connection, unnamed, month)
            self._codes |= {unit.id: unit.code for unit in units.values()}
