"""The figures that Prometheus reads, straight from SQL: the same from every process, and whole
after every restart."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.dhis2.breaker import State, state
from gateway.diagnostics.health_text import every_health
from gateway.storage import counters, inbox, outbox
from gateway.storage.engine import Connection, Engine, StorageFault, reading

COUNTERS: Final = {
    "understood": "Messages read without anything to mend",
    "refused": "Messages answered with something to mend",
    "strangers": "Messages of numbers that stand in no roster",
    "ussd_groups": "Groups of numbers confirmed by USSD, each counted as a message too",
    "failed": "Messages that could not be read for a fault of ours",
    "unanswered": "Messages beyond what one number is answered in a day",
    "replied": "Replies that the operator accepted",
    "replies_refused": "Replies that the operator refused for good",
    "replies_unknown": "Replies of which nobody knows whether they went out",
    "notified": "Notices that the operator accepted",
    "notices_refused": "Notices that the operator refused for good",
    "notices_unknown": "Notices of which nobody knows whether they went out",
    "parts_sent": "SMS parts that went out",
    "forwarded": "Reports whose values DHIS2 took",
    "forwards_refused": "Reports of which DHIS2 refused a value",
    "referrals": "Referrals that were registered",
    "referrals_unanswered": "Referrals that were closed because nobody answered",
    "events": "Events of referrals that DHIS2 took",
    "events_refused": "Events of referrals that DHIS2 refused",
}


class Figures(Collector):
    """One look at the database, as Prometheus metrics."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self._engine = engine
        self._now = now

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("kibaru_database_up", "1 when the database answers")
        try:
            with reading(self._engine) as connection:
                found = list(self._look(connection))
        except StorageFault:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found

    def _look(self, connection: Connection) -> Iterator[Metric]:
        counted = counters.read(connection)
        unread, oldest_unread = inbox.waiting(connection)
        received = counted.get("read", 0) + unread
        yield _counter("received", "Messages that were stored", received)
        for name, help_text in COUNTERS.items():
            yield _counter(name, help_text, counted.get(name, 0))
        waiting = GaugeMetricFamily("kibaru_waiting", "Rows that wait", labels=["what"])
        oldest = GaugeMetricFamily(
            "kibaru_oldest_waiting_seconds", "Age of the oldest row that waits", labels=["what"]
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
        yield from self._far_sides(connection)

    def _far_sides(self, connection: Connection) -> Iterator[Metric]:
        label = ["destination"]
        failures = GaugeMetricFamily(
            "kibaru_destination_failures", "Failures in a row of a far side", labels=label
        )
        opened = GaugeMetricFamily(
            "kibaru_destination_open", "1 while a far side is left alone", labels=label
        )
        for name, health in every_health(connection).items():
            failures.add_metric([name], health.failures)
            opened.add_metric([name], state(health, self._now) is State.OPEN)
        refused = GaugeMetricFamily(
            "kibaru_rows_refused", "Rows that a far side refused for good", labels=["reason"]
        )
        for reason, count in outbox.refused_reasons(connection).items():
            refused.add_metric([reason], count)
        yield failures
        yield opened
        yield refused


def _counter(name: str, help_text: str, value: int) -> CounterMetricFamily:
    return CounterMetricFamily(f"kibaru_{name}", help_text, value=value)
