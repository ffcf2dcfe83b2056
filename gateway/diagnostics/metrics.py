"""The metrics that Prometheus reads, straight from SQL.

Every process gives the same figures, and none is lost with a restart.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.dhis2.breaker import State, state
from gateway.diagnostics.health_text import health_by_destination
from gateway.storage import counters, inbox, outbox
from gateway.storage.engine import Connection, Engine, StorageFault, reading

COUNTERS: Final = {
    "understood": "Inbound messages processed without a problem for the sender to mend",
    "refused": "Inbound messages answered with a problem for the sender to mend",
    "strangers": "Inbound messages from phone numbers that are not in the roster",
    "ussd_groups": "Groups of values confirmed by USSD, each also counted as a message",
    "failed": "Inbound messages set aside because of an error in the gateway",
    "unanswered": "Inbound messages beyond the daily limit of replies to one phone number",
    "replied": "Replies that the operator accepted",
    "replies_refused": "Replies that the operator refused permanently",
    "replies_unknown": "Replies whose delivery outcome is unknown",
    "notified": "Notifications that the operator accepted",
    "notices_refused": "Notifications that the operator refused permanently",
    "notices_unknown": "Notifications whose delivery outcome is unknown",
    "parts_sent": "SMS parts sent",
    "forwarded": "Reports whose values DHIS2 accepted",
    "forwards_refused": "Reports of which DHIS2 refused at least one value",
    "referrals": "Referrals registered",
    "referrals_unanswered": "Referrals closed without an answer",
    "events": "Referral events that DHIS2 accepted",
    "events_refused": "Referral events that DHIS2 refused",
}


class DatabaseCollector(Collector):
    """A Prometheus collector that reads every metric from the database when it is scraped."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self._engine = engine
        self._now = now

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("kibaru_database_up", "1 if the database answers, else 0")
        try:
            with reading(self._engine) as connection:
                found = list(self._metrics(connection))
        except StorageFault:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found

    def _metrics(self, connection: Connection) -> Iterator[Metric]:
        counted = counters.read(connection)
        unread, oldest_unread = inbox.waiting(connection)
        received = counted.get("read", 0) + unread
        yield _counter("received", "Inbound messages stored", received)
        for name, help_text in COUNTERS.items():
            yield _counter(name, help_text, counted.get(name, 0))
        waiting = GaugeMetricFamily(
            "kibaru_waiting", "Inbox and outbox rows not yet processed", labels=["what"]
        )
        oldest = GaugeMetricFamily(
            "kibaru_oldest_waiting_seconds",
            "Age in seconds of the oldest inbox or outbox row not yet processed",
            labels=["what"],
        )
        rows = {"messages": (unread, oldest_unread)}
        rows["replies"] = outbox.waiting(connection, outbox.REPLY)
        rows["notices"] = outbox.waiting(connection, outbox.NOTICE)
        rows["forwards"] = outbox.waiting(connection, outbox.DHIS2)
        rows["events"] = outbox.waiting(connection, outbox.REFERRAL)
        for what, (count, since) in rows.items():
            waiting.add_metric([what], count)
            age = (self._now - since).total_seconds() if since else 0.0
            oldest.add_metric([what], max(0.0, age))
        yield waiting
        yield oldest
        yield from self._destinations(connection)

    def _destinations(self, connection: Connection) -> Iterator[Metric]:
        label = ["destination"]
        failures = GaugeMetricFamily(
            "kibaru_destination_failures", "Consecutive failed calls to a destination", labels=label
        )
        opened = GaugeMetricFamily(
            "kibaru_destination_open",
            "1 while the circuit breaker of a destination is open, else 0",
            labels=label,
        )
        for name, health in health_by_destination(connection).items():
            failures.add_metric([name], health.failures)
            opened.add_metric([name], state(health, self._now) is State.OPEN)
        refused = GaugeMetricFamily(
            "kibaru_rows_refused",
            "Outbox rows that a destination refused permanently, by reason",
            labels=["reason"],
        )
        for reason, count in outbox.refused_reasons(connection).items():
            refused.add_metric([reason], count)
        yield failures
        yield opened
        yield refused


def _counter(name: str, help_text: str, value: int) -> CounterMetricFamily:
    return CounterMetricFamily(f"kibaru_{name}", help_text, value=value)
