"""Count the referrals of a site and month by the report's code that counts them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, time

from gateway.context import Context
from gateway.storage import referrals
from gateway.storage.engine import Connection
from menus.model.period import Period


def of_month(
    connection: Connection, context: Context, site_ids: Collection[int], month: str
) -> dict[int, Mapping[str, int]]:
    """Return by site the number for each code that the catalogue counts referrals in (`counts_in`).

    A site without any referral in the month is left out: it may not refer by SMS at all, and its
    report cannot differ. `month` (YYYYMM) is one of the programme's calendar.
    """
    reasons = context.catalogue.referrals.reasons
    codes = {reason.counts_in for reason in reasons.values() if reason.counts_in}
    period = Period.parse(month)
    since, until = (
        datetime.combine(month_at.first_day, time(0), context.timezone)
        for month_at in (period, period.plus(1))
    )
    counts = referrals.count_by_reason(connection, site_ids, since, until)
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(codes, 0))
    for (site, reason), count in counts.items():
        numbers = found[site]
        known = reasons.get(reason)
        if known is not None and known.counts_in:
            numbers[known.counts_in] += count
    return dict(found)
