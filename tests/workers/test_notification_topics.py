"""Tests of the topics of notification: what composes each, and which an opt-out stops."""

from gateway.notifications import handover, reminders
from gateway.stock import alerts
from gateway.storage import referrals
from workers.notification_topics import COMPOSERS, OPTIONAL


def test_every_topic_is_composed_by_one_function() -> None:
    assert all(callable(compose) for compose in COMPOSERS.values())
    assert len(set(COMPOSERS.values())) == len(COMPOSERS)


def test_an_opt_out_stops_reminders_and_no_alert() -> None:
    assert {reminders.TOPIC, referrals.REMINDER} <= OPTIONAL
    assert OPTIONAL.isdisjoint({alerts.TOPIC, handover.TOPIC})
