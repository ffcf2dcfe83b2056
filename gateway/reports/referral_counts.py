"""How many referrals a site made in a month, by the code of the report that counts them."""

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
    """By site, the number for each code that the catalogue counts referrals in (`counts_in`).

    A site without any referral in the month is left out: whether it refers by SMS at all is not
    known, and its report cannot differ. The month is that of the programme's calendar.
    """
    reasons = context.catalogue.referrals.reasons
    codes = {one.counts_in for one in reasons.values() if one.counts_in}
    period = Period.parse(month)
    since, until = (
        datetime.combine(one.first_day, time(0), context.timezone)
        for one in (period, period.plus(1))
    )
    counts = referrals.count_by_reason(connection, site_ids, since, until)
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(codes, 0))
    for (site, reason), count in counts.items():
        numbers = found[site]
        known = reasons.get(reason)
        if known is not None and known.counts_in:
            numbers[known.counts_in] += count
    return dict(found)
