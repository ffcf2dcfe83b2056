"""The desk: what a batch of messages touches, held in memory while it is worked on.

`open_unit_of_work` loads it with a handful of statements, `store` writes it with another
handful. The caller holds the locks of the sites that are named.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.context import Context
from gateway.conversation.message import Understood
from gateway.model.receipt_numbers import receipts
from gateway.model.report import Key, Report, Stamp
from gateway.reports import referral_counts
from gateway.reports.forward_routing import cells_fed_by, stock_forms
from gateway.storage import (
    conversations,
    counters,
    forwards,
    outbox_sms,
    reports,
    roster,
    stock,
    stock_counts,
    versions,
)
from gateway.storage.conversations import Conversation
from gateway.storage.engine import Connection
from gateway.storage.outbox_sms import NewReply
from gateway.storage.stock import Receipt
from gateway.storage.versions import Version
from menus.model.period import Period
from menus.rules.calendar import period_of

MONTHS_OF_HISTORY = 6


@dataclass(slots=True)
class UnitOfWork:
    """Reports, conversations and what is to be written, as they change under our hands.

    `texts` are the texts (by hash) that brought a version of a report, `complete` the forms
    that are whole for a (site, month), `history` the values of a site's other reports. `counted`
    tells when each stock count of a site was sent, `received` what it got since the first,
    `referred` the referrals of a (site, month) by the code that reports them. `recount` are the
    reports whose days out have changed, though their values have not.
    """

    connection: Connection
    context: Context
    now: datetime
    site_codes: dict[int, str]
    reports: dict[Key, Report] = field(default_factory=dict)
    texts: set[tuple[Key, str]] = field(default_factory=set)
    complete: dict[tuple[int, str], set[str]] = field(default_factory=dict)
    history: dict[int, dict[tuple[str, str], Mapping[str, int]]] = field(default_factory=dict)
    counted: dict[int, dict[tuple[str, str], Mapping[str, Stamp]]] = field(default_factory=dict)
    received: dict[int, list[Receipt]] = field(default_factory=dict)
    referred: dict[tuple[int, str], Mapping[str, int]] = field(default_factory=dict)
    recount: set[Key] = field(default_factory=set)
    taken: set[tuple[int, str]] = field(default_factory=set)
    conversations: dict[int, Conversation] = field(default_factory=dict)
    touched: set[Key] = field(default_factory=set)
    talked: set[int] = field(default_factory=set)
    versions: list[Version] = field(default_factory=list)
    replies: list[NewReply] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    joined: set[str] = field(default_factory=set)

    def report(self, key: Key) -> Report | None:
        return self.reports.get(key)

    def talk(self, conversation: Conversation) -> None:
        """Notes where the conversation with a person stands now."""
        self.conversations[conversation.post_id] = conversation
        self.talked.add(conversation.post_id)


def open_unit_of_work(
    connection: Connection,
    context: Context,
    batch: Collection[Understood],
    talks: Mapping[int, Conversation],
    now: datetime,
) -> UnitOfWork:
    """Loads what these messages touch, and what their senders were asked before."""
    codes = {one.site.id: one.site.code for one in batch if one.site is not None}
    uow = UnitOfWork(connection, context, now, codes, conversations=dict(talks))
    keys = {key for one in batch for key in one.keys}
    keys |= {asked.key for talk in talks.values() for asked in talk.asked}
    fetch(uow, keys, {one.message.text_hash for one in batch})
    return uow


def fetch(uow: UnitOfWork, keys: Collection[Key], hashes: Collection[str] = ()) -> None:
    """Brings these reports to the desk, with what stands around them."""
    missing = {key for key in keys if key not in uow.reports}
    uow.reports |= reports.load(uow.connection, missing)
    ids = {uow.reports[key].id: key for key in keys if key in uow.reports}
    if ids and hashes:
        filed = versions.texts_filed(uow.connection, list(ids), hashes)
        uow.texts |= {(ids[report_id], text_hash) for report_id, text_hash in filed}
    pairs = {(site, month) for site, _, month in missing} - uow.complete.keys()
    uow.complete |= reports.forms_complete(uow.connection, pairs)
    _name_sites(uow, {key[0] for key in missing})
    _fetch_history(uow, missing)
    _count_referrals(uow, missing)
    fresh = [key for key in missing if key not in uow.reports]
    wanted = {(key[0], one) for key in fresh for one in _candidates(uow, key)}
    uow.taken |= reports.receipts_taken(uow.connection, wanted)


def blank(uow: UnitOfWork, key: Key, received_at: datetime) -> Report:
    """A report that nothing was ever typed into, with a receipt that is free at its site."""
    site, form, period = key
    receipt = next(one for one in _candidates(uow, key) if (site, one) not in uow.taken)
    uow.taken.add((site, receipt))
    return Report(
        site_id=site,
        form=form,
        period=period,
        receipt=receipt,
        received_at=received_at,
        changed_at=uow.now,
    )


def store(uow: UnitOfWork) -> None:
    """Writes the reports, versions, conversations, replies, and what must go to DHIS2.

    What was written is taken off the desk's lists, so that it can be worked on and stored
    again in the same transaction.
    """
    changed = [uow.reports[key] for key in sorted(uow.touched)]
    ids = reports.save(uow.connection, changed, uow.versions)
    for key, report_id in ids.items():
        uow.reports[key] = _with_id(uow.reports[key], report_id)
    conversations.save(uow.connection, [uow.conversations[one] for one in sorted(uow.talked)])
    outbox_sms.add_replies(uow.connection, uow.replies, uow.now)
    fed = {one.key for one in uow.versions} | uow.recount
    forwards.want(uow.connection, cells_fed_by(uow.connection, fed), uow.now)
    counters.add(uow.connection, uow.counts)
    uow.touched, uow.talked, uow.counts = set(), set(), Counter()
    uow.versions, uow.replies, uow.recount = [], [], set()


def _with_id(report: Report, report_id: int) -> Report:
    return report if report.id else replace(report, id=report_id)


def _candidates(uow: UnitOfWork, key: Key) -> list[str]:
    """The first receipts that a report would take: enough that one is free."""
    found = receipts(f"{uow.site_codes[key[0]]}/{key[1]}/{key[2]}")
    return [next(found) for _ in range(4)]


def _name_sites(uow: UnitOfWork, site_ids: Collection[int]) -> None:
    unnamed = {one for one in site_ids if one not in uow.site_codes}
    if unnamed:
        month = uow.now.astimezone(uow.context.timezone).strftime("%Y%m")
        units = roster.units_by_id(uow.connection, unnamed, month)
        uow.site_codes |= {unit.id: unit.code for unit in units.values()}


def _fetch_history(uow: UnitOfWork, keys: Collection[Key]) -> None:
    """The other reports of these sites that a rule may look at, earlier months' included.

    Later ones as well: only the newest stock count says what is out now.
    """
    if not keys:
        return
    first = min(Period.parse(key[2]) for key in keys).plus(-MONTHS_OF_HISTORY)
    this_month = period_of(uow.now.astimezone(uow.context.timezone).date())
    last = max(this_month, *(Period.parse(key[2]) for key in keys))
    sites = {key[0] for key in keys} - uow.history.keys()
    found = reports.values_between(uow.connection, sites, first.code, last.code)
    uow.history |= {site: found.get(site, {}) for site in sites}
    forms = stock_forms(uow.context.catalogue)
    counted = stock_counts.stamps_between(uow.connection, sites, forms, first.code, last.code)
    uow.counted |= {site: counted.get(site, {}) for site in sites}
    since = datetime(first.year, first.month, 1, tzinfo=uow.context.timezone)
    received = stock.receipts_of(uow.connection, sites, since)
    uow.received |= {site: received.get(site, []) for site in sites}


def _count_referrals(uow: UnitOfWork, keys: Collection[Key]) -> None:
    """What was referred by SMS in these months; nothing for a site and month without any."""
    pairs = {(key[0], key[2]) for key in keys} - uow.referred.keys()
    for month in {one[1] for one in pairs}:
        sites = {site for site, of in pairs if of == month}
        found = referral_counts.of_month(uow.connection, uow.context, sites, month)
        uow.referred |= {(site, month): found.get(site, {}) for site in sites}
