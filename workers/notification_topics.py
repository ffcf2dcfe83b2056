"""What composes the text of each topic of notification, when it is sent."""

from collections.abc import Mapping
from typing import Final

from gateway.notifications import handover, missing_reports, reminder_text, reminders
from gateway.outbound.notifications import Compose
from gateway.stock import alerts as stock_alerts
from gateway.stock import treatment_stock as stock_need
from gateway.storage import referrals
from gateway.ussd import session_end as dialogue_end

COMPOSERS: Final[Mapping[str, Compose]] = {
    reminders.TOPIC: reminder_text.compose,
    missing_reports.TOPIC: missing_reports.reminder,
    stock_alerts.TOPIC: stock_alerts.compose,
    stock_need.TOPIC: stock_need.compose,
    handover.TOPIC: handover.compose,
    dialogue_end.TOPIC: dialogue_end.compose,
}
"""By topic. A topic without an entry has its words from the beginning."""

OPTIONAL: Final = frozenset(
    {reminders.TOPIC, missing_reports.TOPIC, referrals.REMINDER, dialogue_end.TOPIC}
)
"""The topics that somebody who opted out is not sent."""
