"""What composes the text of each topic of notification when it is sent."""

from collections.abc import Mapping
from typing import Final

from gateway.notifications import handover, missing_reports, reminder_text, reminders
from gateway.outbound.notifications import Compose
from gateway.stock import alerts, treatment_stock
from gateway.storage import referrals
from gateway.ussd import dialogue_end

COMPOSERS: Final[Mapping[str, Compose]] = {
    reminders.TOPIC: reminder_text.compose,
    missing_reports.TOPIC: missing_reports.reminder,
    alerts.TOPIC: alerts.compose,
    treatment_stock.TOPIC: treatment_stock.compose,
    handover.TOPIC: handover.compose,
    dialogue_end.TOPIC: dialogue_end.compose,
}
"""By topic. A topic without an entry gets its text when it is queued."""

OPTIONAL: Final = frozenset(
    {reminders.TOPIC, missing_reports.TOPIC, referrals.REMINDER, dialogue_end.TOPIC}
)
"""The topics that are not sent to a phone number that opted out."""
