"""Forwards of referrals in the outbox: one row stands for the DHIS2 event of one referral."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.storage import forward_rows
from gateway.storage.outbox import REFERRAL, is_claimable


@dataclass(frozen=True, slots=True)
class EventRow:
    """A claimed event. `sent_revision` is None while DHIS2 has never surely had it."""

    id: int
    referral_id: int
    revision: int
    attempts: int
    sent_revision: int | None


def request(
    connection: Connection, referrals: Mapping[int, int], period: str, now: datetime
) -> None:
    """Ask for the events of these referrals to be brought up to date, due at once.

    `referrals` gives for each id its site.
    """
    wanted = {
        f"referral:{referral_id}": {
            "unit_id": site_id,
            "period": period,
            "referral_id": referral_id,
        }
        for referral_id, site_id in referrals.items()
    }
    forward_rows.request(connection, REFERRAL, wanted, now)


def claim(
    connection: Connection, most: int, lease: int, now: datetime
) -> tuple[str, list[EventRow]]:
    """Take due events, the oldest first, for `lease` seconds.

    One whose sender died is due again when its lease has run out: an event has the same UID
    each time, so sending it twice is harmless.
    """
    token, rows = forward_rows.claim(connection, is_claimable(REFERRAL, now), most, lease)
    return token, [
        EventRow(row.id, row.referral_id, row.revision, row.attempts, row.sent_revision)
        for row in rows
    ]
