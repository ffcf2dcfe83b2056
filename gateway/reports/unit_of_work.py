"""The unit of work: what a batch of messages reads and changes in one transaction."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from gateway.context import Context
from gateway.model.report import Key, Report
from gateway.reports.conversation_store import ConversationStore
from gateway.reports.forward_routing import cells_fed_by
from gateway.reports.report_store import ReportStore
from gateway.reports.site_history import History
from gateway.storage import counters, forwards, outbox_sms
from gateway.storage.engine import Connection
from gateway.storage.outbox_sms import NewReply
from gateway.storage.versions import Version


@dataclass(slots=True)
class Outgoing:
    """The replies that this unit of work has composed and not written yet."""

    replies: list[NewReply] = field(default_factory=list)

    def add_reply(self, reply: NewReply) -> None:
        """Take a reply that is to go out once the unit of work is committed."""
        self.replies.append(reply)


class UnitOfWork:
    """The reports, histories and conversations of a batch, and what is to be sent and counted.

    The caller has locked the sites in `locked`, and commits after `finish`. Changes to reports
    are held back and written together; `connection` writes them before it is handed out, so
    that every statement sees what this unit of work has changed.
    """

    def __init__(
        self,
        connection: Connection,
        context: Context,
        now: datetime,
        locked: Collection[int] = (),
    ) -> None:
        self._connection = connection
        self.context = context
        self.now = now
        self.reports = ReportStore(connection, context, now, locked)
        self.history = History(connection, context, now)
        self.conversations = ConversationStore(connection)
        self.outgoing = Outgoing()
        self.counters: Counter[str] = Counter()

    @property
    def connection(self) -> Connection:
        """Return the transaction's connection, with all changed reports written."""
        self.reports.write()
        return self._connection

    def prefetch(self, keys: Collection[Key], hashes: Collection[str] = ()) -> None:
        """Look up reports and what their rules compare, in a handful of statements."""
        self.reports.prefetch(keys, hashes)
        self.history.prefetch(keys)

    def put(self, report: Report, version: Version | None = None, text_hash: str = "") -> None:
        """Take a changed report, with its new version and the text that brought it, if any.

        Raises what `ReportStore.put` raises.
        """
        self.reports.put(report, version, text_hash)
        self.history.note_report(report)

    def finish(self) -> None:
        """Write everything that is held back; the caller commits.

        Counters come last: their rows are shared by all workers and held until the COMMIT.
        """
        connection = self.connection
        self.conversations.write()
        outbox_sms.add_replies(connection, self.outgoing.replies, self.now)
        forwards.request(
            connection, cells_fed_by(connection, self.reports.take_forwards()), self.now
        )
        counters.add(connection, self.counters)
        self.outgoing, self.counters = Outgoing(), Counter()
